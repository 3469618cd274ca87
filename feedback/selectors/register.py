"""The register of what families said, as far as somebody may read it."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from audits.enums import AuditStatus
from audits.models import FamilyContact
from feedback.models import CodedWords, Quotation
from qaf.tenants.models import Person
from qaf.tenants.permissions import may


def conversations() -> QuerySet[Any]:
    """Return the conversations with family members in submitted audits, newest first, with their themes.

    Before every auditor has submitted, what one of them heard is theirs.
    """
    return (
        FamilyContact.objects.filter(spoken_on__isnull=False, audit__submitted_at__isnull=False)
        .exclude(audit__status=AuditStatus.WITHDRAWN)
        .select_related("audit__service", "audit__cycle", "audit__case")
        .prefetch_related(Prefetch("coded", CodedWords.objects.order_by("id")), "quotations")
        .annotate(
            is_coded=Exists(CodedWords.objects.filter(contact=OuterRef("pk"))),
            is_quoted=Exists(Quotation.objects.filter(contact=OuterRef("pk"))),
        )
        .order_by("-spoken_on", "-pk")
    )


def readable(person: Person) -> QuerySet[Any]:
    """Return the conversations that ``person`` may read: those of restricted records only when cleared for them."""
    found = conversations()
    if person.cleared_for_restricted or may(person, "cases.see_restricted"):
        return found
    return found.filter(audit__case__restricted=False)
