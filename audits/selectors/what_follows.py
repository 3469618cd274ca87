"""Panels of the audit page: the outcome in full, and what follows from it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from audits.enums import AuditStatus, CorrectionStatus
from audits.followup.enums import FollowUpKind
from audits.models import Audit
from audits.registry import Panel
from audits.selectors.links import audit_href
from audits.selectors.outcome import CORRECTABLE, is_worker_of, last_day_for_corrections, outcome_seen
from audits.selectors.standing import Standing

FOR_EVERYBODY = (FollowUpKind.FILING, FollowUpKind.ACKNOWLEDGE, FollowUpKind.REVIEW, FollowUpKind.RE_AUDIT)
"""Kinds that say nothing about a colleague's practice."""


def outcome_panel(standing: Standing) -> Iterable[Panel]:
    """Return the grades of record by domain with source and reason, and the way to check the facts."""
    audit = standing.audit
    if not standing.sees_grades or audit.status not in (*CORRECTABLE, AuditStatus.FINAL, AuditStatus.CLOSED):
        return
    outcome = outcome_seen(standing)
    context: dict[str, Any] = {
        # Where the auditors agreed their grades above are the outcome; a table would only repeat them.
        "rows": outcome.rows if outcome.is_moderated else (),
        "moderated_later": audit.status == AuditStatus.IN_MODERATION,
        "facts_url": audit_href(audit, "facts"),
        "is_worker": is_worker_of(audit, standing.person) and audit.status in CORRECTABLE,
        "waiting": audit.corrections.filter(status=CorrectionStatus.ASKED).count(),
        "asked": audit.corrections.count(),
        "last_day": last_day_for_corrections(audit) if audit.status == AuditStatus.OUTCOME else None,
        "final_at": audit.final_at,
        "good_practice": audit.good_practice,
    }
    yield Panel("Outcome", "audits/outcome/_outcome_panel.html", context, order=10)


def follow_up_panel(standing: Standing) -> Iterable[Panel]:
    """Return what the audit opened; what concerns a colleague's practice only for those who manage or track it."""
    audit = standing.audit
    links = audit.follow_up_links.select_related("follow_up__assignee").order_by("follow_up__due_on", "id")
    whole = standing.is_manager or standing.sees_all
    shown = [
        link.follow_up
        for link in links
        if whole
        or (standing.sees_grades and link.follow_up.kind in FOR_EVERYBODY)
        or standing.person.pk in (link.follow_up.assignee_id, link.follow_up.about_id)
    ]
    concerns = (
        list(
            audit.concern_links.exclude(concern__barred__contains=[standing.person.pk]).select_related(
                "concern"
            )
        )
        if standing.sees_all
        else []
    )
    relatives = [
        one for one in (audit.re_audit_of, *audit.re_audits.exclude(status=AuditStatus.WITHDRAWN)) if one
    ]
    if not (shown or concerns or relatives):
        return
    slug = audit.authority.slug
    context: dict[str, Any] = {
        "follow_ups": [(one, reverse("followup:follow_up", args=[slug, one.pk])) for one in shown],
        "concerns": [
            (one.concern, reverse("followup:concern", args=[slug, one.concern_id])) for one in concerns
        ],
        "relatives": [(one, _relation(audit, one), audit_href(one)) for one in relatives],
    }
    yield Panel("What follows", "audits/outcome/_follow_up_panel.html", context, order=60)


def _relation(audit: Audit, other: Audit) -> str:
    return "Looks again at" if audit.re_audit_of_id == other.pk else "Looked at again in"
