"""The addresses of an audit's pages."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

if TYPE_CHECKING:
    from audits.models import Assessment, Audit, FinalisationCheck, FoundPattern

OVERALL_SECTION = "overall"


def audit_href(audit: "Audit", name: str = "audit", *args: object) -> str:
    """Return the path of the audit's page ``name``."""
    return reverse(f"audits:{name}", args=[audit.authority.slug, audit.reference, *args])


def assessment_href(assessment: "Assessment", name: str = "assessment", *args: object) -> str:
    """Return the path of a page of one auditor's own assessment."""
    return audit_href(assessment.audit, name, assessment.slot, *args)


def check_href(check: "FinalisationCheck") -> str:
    """Return the path on which a check before finalising is given."""
    return reverse("audits:check", args=[check.assessment.audit.authority.slug, check.pk])


def pattern_href(pattern: "FoundPattern") -> str:
    """Return the path on which a pattern is read."""
    return reverse("audits:pattern", args=[pattern.authority.slug, pattern.pk])


def concern_href(audit: "Audit") -> str:
    """Return where an urgent concern about the audit's child is raised."""
    path = reverse("followup:raise_concern", args=[audit.authority.slug, audit.case_id])
    return f"{path}?{urlencode({'audit': audit.reference})}"
