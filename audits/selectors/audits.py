"""Audits: one by its reference, somebody's own, and where one stands."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from audits.enums import AssessmentStatus, AuditStatus, Origin
from audits.models import Assessment, Audit
from audits.selectors.standing import Standing
from qaf.lib import clock
from qaf.tenants.models import Person

OPEN_ASSESSMENT = (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS, AssessmentStatus.LOCKED)


def audits() -> QuerySet[Audit]:
    """Return audits with everything their pages name."""
    return Audit.objects.select_related(
        "cycle",
        "case__team",
        "worker",
        "team",
        "service",
        "manager",
        "chair",
    )


def audit_by_reference(reference: str) -> Audit:
    """Return the audit. Raises ``Audit.DoesNotExist``."""
    return audits().get(reference=reference)


def assessments_of(person: Person) -> QuerySet[Assessment]:
    """Return what ``person`` audits or audited, the open ones first, then by due day."""
    return (
        Assessment.objects.filter(assessor=person)
        .exclude(status=AssessmentStatus.REASSIGNED)
        .exclude(audit__status=AuditStatus.WITHDRAWN)
        .select_related("audit__service", "audit__team")
        .order_by("-audit__allocated_on", "due_on", "id")
    )


def audits_of_work(person: Person) -> QuerySet[Audit]:
    """Return the audits of ``person``'s own work, newest first."""
    return (
        audits()
        .filter(worker=person)
        .exclude(status=AuditStatus.WITHDRAWN)
        .prefetch_related(
            Prefetch("assessments", Assessment.objects.exclude(status=AssessmentStatus.REASSIGNED))
        )
    )


@dataclass(frozen=True)
class Moment:
    """One step in an audit's course, done or still to come."""

    title: str
    at: date | datetime
    by: str = ""
    text: str = ""


def course(standing: Standing) -> list[Moment]:
    """Return what has happened to the audit, newest first. Tells that somebody locked, never what they gave."""
    audit, names = standing.audit, standing.framework.names
    moments: list[tuple[datetime | None, Moment]] = []
    title = "Asked for as a re-audit" if audit.origin == Origin.RE_AUDIT else "Drawn and allocated"
    moments.append((None, Moment(title, audit.allocated_on)))
    for one in standing.assessments:
        who, by = names.slot(one.slot), one.assessor.name if one.assessor else ""
        steps = (
            (one.started_at, f"{who} began"),
            (one.locked_at, f"{who} locked their grades"),
            (one.submitted_at, f"{who} submitted"),
        )
        moments += [(at, Moment(text, at, by)) for at, text in steps if at]
    for conversation in audit.conversations.select_related("recorded_by"):
        label = names.conversation(conversation.kind)
        text = f"{label[:1].upper()}{label[1:]}: {conversation.get_status_display().lower()}"
        moments.append(
            (conversation.recorded_at, Moment(text, conversation.recorded_at, conversation.recorded_by.name))
        )
    if audit.final_at:
        moments.append((audit.final_at, Moment("Outcome final", audit.final_at)))
    if audit.closed_at:
        moments.append((audit.closed_at, Moment("Loop closed", audit.closed_at)))
    dated = sorted((pair for pair in moments if pair[0]), key=lambda pair: pair[0] or 0, reverse=True)
    return [moment for _, moment in dated] + [moment for at, moment in moments if at is None]


def begins_later(audit: Audit) -> bool:
    """Whether the audit is only announced: those concerned have notice of it before its month begins (SEF-48)."""
    return audit.status == AuditStatus.ALLOCATED and audit.allocated_on > clock.today()
