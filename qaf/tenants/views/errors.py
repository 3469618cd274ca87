"""Errors, designed like any other page."""

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form went stale, and that going back keeps what was typed."""
    return render(request, "403_csrf.html", status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what the page asks for, in words."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it was our fault; where PostgreSQL does not answer, that it is being restarted (503)."""
    template, status = ("500.html", 500) if _database_answers() else ("503.html", 503)
    # Rendered without the request: its context processors would ask the database.
    return HttpResponse(render_to_string(template, {"request_id": getattr(request, "id", "")}), status=status)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    except Exception:  # noqa: BLE001 — a broken transaction is our fault, not the database's absence
        return True
    return True
