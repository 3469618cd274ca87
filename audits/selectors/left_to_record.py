"""What an auditor has still to record after submitting: conversations before the outcome is final, and the family.

A fixed number of queries whatever there is to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import QuerySet

from audits.enums import BEFORE_SUBMISSION, RUNNING, AuditStatus
from audits.followup.due import DueThing
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit
from audits.selectors.conversations import has_others, slots_needed
from audits.selectors.facts import around_audit
from audits.selectors.family import asks_family, family_is_open
from audits.selectors.links import audit_href
from audits.selectors.outcome import last_day_for_corrections
from audits.selectors.todo import current_by_slot
from qaf.lib import calendar
from qaf.tenants.models import Person
from qaf.tenants.registry import ToDo

AROUND = ("case", "worker", "manager", "chair", "team", "service")
"""Whom reminders may turn to."""


@dataclass(frozen=True)
class Left:
    """One thing still to be recorded: by whom, where, by when."""

    assessment: Assessment
    text: str
    href: str
    due_on: date


def left_to_record(audit: Audit, framework: Framework) -> list[Left]:
    """Return what the auditors of a submitted audit have still to record; ``audit`` has its relations prefetched."""
    if audit.status in BEFORE_SUBMISSION:
        return []
    return [*_conversations(audit, framework), *_family(audit, framework)]


def _conversations(audit: Audit, framework: Framework) -> Iterable[Left]:
    if audit.status not in RUNNING:
        return
    current = current_by_slot(audit)
    recorded = {one.kind for one in audit.conversations.all()}
    for asked in framework.process.conversations:
        holder = current.get(asked.holder)
        wanted = asked.precedes == "finalise" and asked.required != "discretion"
        if not wanted or holder is None or asked.key in recorded:
            continue
        if current.keys() >= set(slots_needed(asked, framework)) and has_others(audit, asked, framework):
            label = f"{asked.label[:1].lower()}{asked.label[1:]}"
            yield Left(
                holder,
                f"Record the {label}",
                audit_href(audit, "conversation", asked.key),
                last_day_for_corrections(audit) or audit.due_on,
            )


def _family(audit: Audit, framework: Framework) -> Iterable[Left]:
    feedback = framework.process.family_feedback
    if feedback is None or feedback.precedes == "submit" or not family_is_open(audit, framework):
        return
    settled = {one.target for one in audit.family_contacts.all()}
    caller = next((one for one in current_by_slot(audit).values() if asks_family(one, framework)), None)
    for target in feedback.targets:
        asked = not target.statuses or audit.case_status in target.statuses
        if caller and asked and target.key not in settled:
            yield Left(
                caller,
                f"Record what the family said ({target.label.lower()})",
                audit_href(audit, "family_contact", target.key),
                _family_due(audit, framework),
            )


def _family_due(audit: Audit, framework: Framework) -> date:
    feedback = framework.process.family_feedback
    if feedback is None or feedback.due is None or audit.submitted_at is None:
        return last_day_for_corrections(audit) or audit.due_on
    month = audit.cycle.period if audit.cycle else audit.allocated_on
    moments = {"audit_submitted": audit.submitted_at, "audit_completed": audit.submitted_at}
    if audit.final_at:
        moments["audit_finalised"] = audit.final_at
    return framework.due_on(feedback.due, month=month, allocation=audit.allocated_on, **moments)


def submitted_audits() -> QuerySet[Audit]:
    """Return the audits in which something may be left, with what is asked of them."""
    running = Audit.objects.exclude(
        status__in=(*BEFORE_SUBMISSION, AuditStatus.CLOSED, AuditStatus.WITHDRAWN)
    )
    return running.select_related("cycle").prefetch_related(
        "assessments__assessor", "conversations", "family_contacts"
    )


def todo_after_submission(person: Person) -> Iterable[ToDo]:
    """Return what ``person`` has still to record in audits they have submitted."""
    own = Assessment.objects.filter(assessor=person)
    for audit in submitted_audits().filter(pk__in=own.values("audit")):
        for one in left_to_record(audit, framework_of(audit.framework_version)):
            if one.assessment.assessor_id == person.pk:
                yield ToDo(f"{one.text}: {audit.reference}", one.href, one.due_on)


def due_after_submission(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield, for each auditor who has submitted, what they have still to record; several things are one."""
    found = submitted_audits().select_related(*AROUND)
    if ids is not None:
        found = found.filter(pk__in=Assessment.objects.filter(pk__in=list(ids)).values("audit"))
    for audit in found:
        framework = framework_of(audit.framework_version)
        by_auditor: dict[int, list[Left]] = {}
        for one in left_to_record(audit, framework):
            by_auditor.setdefault(one.assessment.pk, []).append(one)
        for pk, things in by_auditor.items():
            assessor = things[0].assessment.assessor
            yield DueThing(
                kind="left_to_record",
                pk=pk,
                about=audit.reference,
                text="what is left to record",
                what="what is left to record",
                href=things[0].href,
                due_on=min(one.due_on for one in things),
                asked_on=calendar.local_date(audit.submitted_at)
                if audit.submitted_at
                else audit.allocated_on,
                people=(assessor,) if assessor else (),
                framework=framework,
                around=partial(around_audit, audit),
                trigger="audit_overdue",
            )
