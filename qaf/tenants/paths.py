"""Addresses for notices and lists, which no request hands over."""

from django.urls import reverse

from qaf.tenants.scope import current_council


def council_slug() -> str:
    """Return the slug of the council whose scope is open."""
    return current_council().slug


def council_path(name: str, *args: object) -> str:
    """Return the path of a page of the open scope's council."""
    return reverse(name, args=[council_slug(), *args])
