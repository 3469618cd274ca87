"""Addresses of moderation's pages."""

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from moderation.models import Moderation


def moderation_href(moderation: "Moderation", name: str = "moderation") -> str:
    """Return the path of a page of one moderation."""
    return reverse(f"moderation:{name}", args=[moderation.audit.authority.slug, moderation.audit.reference])
