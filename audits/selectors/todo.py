"""What the loop asks of somebody: auditors and workers. A fixed number of queries whatever there is to do."""

from collections.abc import Iterable

from audits.enums import BEFORE_SUBMISSION, AssessmentStatus, AuditStatus
from audits.followup.selectors import answering_for
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit
from audits.selectors.audits import OPEN_ASSESSMENT
from audits.selectors.links import assessment_href, audit_href
from qaf.tenants.models import Person
from qaf.tenants.registry import ToDo


def todo_of_auditor(person: Person) -> Iterable[ToDo]:
    """Return one item for each assessment that ``person`` has not submitted."""
    open_ones = (
        Assessment.objects.filter(
            assessor=person, status__in=OPEN_ASSESSMENT, audit__status__in=BEFORE_SUBMISSION
        )
        .select_related("audit__authority", "audit__service")
        .order_by("due_on", "id")
    )
    for one in open_ones:
        yield ToDo(
            text=f"{_step(one)}: {one.audit.reference}",
            href=assessment_href(one),
            due_on=one.due_on,
            about=one.audit.service.name if one.audit.service else "",
        )


def _step(assessment: Assessment) -> str:
    if assessment.status == AssessmentStatus.ALLOCATED:
        return "Begin your audit"
    if assessment.status == AssessmentStatus.IN_PROGRESS:
        return "Carry on with your audit"
    if assessment.audit.status == AuditStatus.LOCKED:
        return "Talk with the other auditor and record it"
    if assessment.audit.status == AuditStatus.REVEALED:
        return "Look at the grades and submit your audit"
    return "Your grades are locked: see what is left to do"


def todo_of_worker(person: Person) -> Iterable[ToDo]:
    """Return the family's answers to record and the discussions to attend, for those ``person`` answers for."""
    audits = (
        Audit.objects.filter(worker__in=answering_for(person), status__in=BEFORE_SUBMISSION)
        .select_related("authority", "framework_version")
        .prefetch_related("assessments__assessor", "consents", "family_contacts", "conversations")
    )
    for audit in audits:
        framework = framework_of(audit.framework_version)
        current = {
            one.slot: one for one in audit.assessments.all() if one.status != AssessmentStatus.REASSIGNED
        }
        if lacks_consent(audit, framework, current):
            yield ToDo(
                text=f"Ask the family whether they agree to be contacted: {audit.reference}",
                href=audit_href(audit, "family"),
                due_on=audit.due_on,
                about="Before the auditor can ring them",
            )
        yield from _discussions(audit, framework, current)


def lacks_consent(audit: Audit, framework: Framework, current: dict[str, Assessment]) -> bool:
    """Say whether the worker has still to ask the family; ``current`` holds the assessments by slot."""
    feedback = framework.process.family_feedback
    if feedback is None:
        return False
    caller = current.get(feedback.sought_by)
    if caller is None or caller.submitted_at or not feedback.consent.required:
        return False
    settled = {one.target for one in audit.consents.all()} | {
        one.target for one in audit.family_contacts.all()
    }
    wanted = (one for one in feedback.targets if not one.statuses or audit.case_status in one.statuses)
    return any(one.key not in settled for one in wanted)


def _discussions(audit: Audit, framework: Framework, current: dict[str, Assessment]) -> Iterable[ToDo]:
    recorded = {one.kind for one in audit.conversations.all()}
    for asked in framework.process.conversations:
        holder = current.get(asked.holder)
        joins = Relation.ALLOCATED_WORKER in asked.participants
        if joins and holder and holder.assessor and asked.key not in recorded:
            yield ToDo(
                text=f"Talk your work through with {holder.assessor.name}: {audit.reference}",
                href=audit_href(audit),
                due_on=audit.due_on,
                about="They will arrange a time with you",
            )
