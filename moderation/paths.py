"""Addresses of moderation's pages."""

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from moderation.models import Dispute, Meeting, Moderation


def moderation_href(moderation: "Moderation", name: str = "moderation") -> str:
    """Return the path of a page of one moderation."""
    return reverse(f"moderation:{name}", args=[moderation.audit.authority.slug, moderation.audit.reference])


def meeting_href(meeting: "Meeting", name: str = "meeting") -> str:
    """Return the path of a page of one meeting."""
    return reverse(f"moderation:{name}", args=[meeting.authority.slug, meeting.pk])


def dispute_href(dispute: "Dispute") -> str:
    """Return the path of a disagreement's page."""
    return reverse("moderation:dispute", args=[dispute.authority.slug, dispute.pk])
