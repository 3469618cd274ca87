"""Errors, designed like any other page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form went stale, and that going back keeps what was typed."""
    return render(request, "403_csrf.html", status=403)
