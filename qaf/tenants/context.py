"""What every page of a council shows around its content."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from qaf.tenants.registry import menu_for


def council(request: HttpRequest) -> dict:
    """Return council, person, menu and session limits; nothing of a council outside its scope."""
    context: dict = {"session_idle_seconds": settings.SESSION_IDLE_SECONDS, "is_demo": settings.QAF_DEMO}
    authority, person = getattr(request, "authority", None), getattr(request, "person", None)
    if authority is None or person is None:
        return context
    menu = []
    for entry in menu_for(person):
        href = reverse(entry.url_name, args=[authority.slug])
        home = href.rstrip("/").endswith(authority.slug)
        active = request.path == href if home else request.path.startswith(href)
        menu.append({"text": entry.text, "href": href, "active": active})
    return {**context, "authority": authority, "person": person, "menu": menu}
