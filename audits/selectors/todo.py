"""What the loop asks of somebody: auditors and workers. A fixed number of queries whatever there is to do."""

from collections.abc import Iterable

from audits.enums import BEFORE_SUBMISSION, RUNNING, AssessmentStatus, AuditStatus
from audits.followup.selectors import answering_for
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit
from audits.selectors.audits import OPEN_ASSESSMENT
from audits.selectors.family import family_is_open
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.standing import gives_grades
from qaf.tenants.models import Person
from qaf.tenants.registry import ToDo
from qaf.ui.words import long_date


def todo_of_auditor(person: Person) -> Iterable[ToDo]:
    """Return one item for each assessment that ``person`` has not submitted."""
    open_ones = (
        Assessment.objects.filter(
            assessor=person, status__in=OPEN_ASSESSMENT, audit__status__in=BEFORE_SUBMISSION
        )
        .select_related("audit__service")
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
    framework = framework_of(assessment.audit.framework_version)
    if not gives_grades(framework, assessment.slot):
        begun = assessment.status != AssessmentStatus.ALLOCATED
        return f"{'Carry on with' if begun else 'Begin'} your part, {framework.names.slot(assessment.slot).lower()}"
    if assessment.status == AssessmentStatus.ALLOCATED:
        return "Begin your audit"
    if assessment.status == AssessmentStatus.IN_PROGRESS:
        return "Carry on with your audit"
    if assessment.audit.status == AuditStatus.LOCKED:
        return "Talk with the other auditor and record it"
    if assessment.audit.status == AuditStatus.REVEALED:
        alone = len(framework.grading_slots) == 1
        return "Submit your audit" if alone else "Look at the grades and submit your audit"
    return "Your grades are locked: see what is left to do"


def todo_of_worker(person: Person) -> Iterable[ToDo]:
    """Return the family's answers to record and the discussions to attend, for those ``person`` answers for."""
    audits = (
        Audit.objects.filter(worker__in=answering_for(person))
        .exclude(status__in=(AuditStatus.CLOSED, AuditStatus.WITHDRAWN))
        .prefetch_related(
            "assessments__assessor", "consents", "family_contacts", "conversations", "appointments"
        )
    )
    for audit in audits:
        framework = framework_of(audit.framework_version)
        current = current_by_slot(audit)
        if lacks_preference(audit, framework, current):
            yield ToDo(
                text=f"Say how the family prefers to be reached: {audit.reference}",
                href=audit_href(audit, "family"),
                due_on=audit.due_on,
                about="Before the auditor rings them",
            )
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
    return bool(feedback and feedback.consent.required) and _unanswered(audit, framework, current)


def lacks_preference(audit: Audit, framework: Framework, current: dict[str, Assessment]) -> bool:
    """Say whether the worker has still to say how the family is best reached, where no consent is asked (SEF-88)."""
    feedback = framework.process.family_feedback
    if feedback is None or feedback.consent.required or not feedback.preference_asked:
        return False
    return _unanswered(audit, framework, current)


def current_by_slot(audit: Audit) -> dict[str, Assessment]:
    """Return the audit's current assessments by slot, from what was prefetched."""
    return {one.slot: one for one in audit.assessments.all() if one.status != AssessmentStatus.REASSIGNED}


def _unanswered(audit: Audit, framework: Framework, current: dict[str, Assessment]) -> bool:
    feedback = framework.process.family_feedback
    caller = current.get(feedback.sought_by) if feedback else None
    if feedback is None or caller is None:
        return False
    if not family_is_open(audit, framework, bool(caller.submitted_at)):
        return False
    settled = {one.target for one in audit.consents.all()} | {
        one.target for one in audit.family_contacts.all()
    }
    wanted = (one for one in feedback.targets if not one.statuses or audit.case_status in one.statuses)
    return any(one.key not in settled for one in wanted)


def _discussions(audit: Audit, framework: Framework, current: dict[str, Assessment]) -> Iterable[ToDo]:
    recorded = {one.kind for one in audit.conversations.all()}
    booked = {one.kind: one.booked_for for one in audit.appointments.all()}
    for asked in framework.process.conversations:
        holder = current.get(asked.holder)
        joins = Relation.ALLOCATED_WORKER in asked.participants
        if audit.status not in (RUNNING if asked.precedes == "finalise" else BEFORE_SUBMISSION):
            continue
        if joins and holder and holder.assessor and asked.key not in recorded:
            day = booked.get(asked.key)
            yield ToDo(
                text=f"Talk your work through with {holder.assessor.name}: {audit.reference}",
                href=audit_href(audit),
                due_on=day or audit.due_on,
                about=f"Booked for {long_date(day)}" if day else "They will arrange a time with you",
            )
