"""Parts of an audit whose grades it does not wait for: a self-assessment, an experienced colleague's notes."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import RUNNING, AssessmentStatus, GradeStage
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Judgement
from audits.selectors.links import audit_href
from audits.selectors.sections import sections_of
from audits.selectors.standing import gives_grades, is_self_assessment, standing_of
from audits.services.assessments import NOTES, WORKING, judgement_from, lock_audit, record_grades
from audits.workflow import assessment_workflow
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused


@transaction.atomic
def hand_in(*, assessment: Assessment, person: Person) -> None:
    """Give a part that carries no grade of the audit: its words stand beside the auditor's from now on (WSX-46).

    Grades in it are optional, are kept apart from every other grade and never count. Handing in twice is one.
    Raises ``TransitionRefused`` where nothing is written or the part is one that the audit waits for,
    ``StatusHasChanged`` once the audit is final.
    """
    audit = lock_audit(assessment.audit)
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    assessment.audit = audit
    framework = framework_of(audit.framework_version)
    if gives_grades(framework, assessment.slot):
        raise TransitionRefused(["Lock and submit these grades: the audit waits for them."])
    if assessment.status == AssessmentStatus.SUBMITTED:
        return
    if audit.status not in RUNNING:
        raise StatusHasChanged("The audit is final, so nothing can be added any more.")
    begun = [section for section in sections_of(assessment, framework) if section.is_begun]
    if not begun:
        raise TransitionRefused(["Write something in at least one section first."])
    judgements = []
    for section in begun:
        judgement = judgement_from(assessment, section.stored_as, dict(section.fields))
        judgement.grade = section.grade
        judgements.append(judgement)
    with because("Hand in", person=person):
        Judgement.objects.bulk_create(judgements)
        graded = [one for one in judgements if one.grade]
        record_grades(assessment, graded, GradeStage.SELF, person)
        assessment.drafts.exclude(section__startswith=NOTES).delete()
    now = clock.now()
    assessment_workflow.apply(assessment, "hand_in", person=person, also={"submitted_at": now})


@transaction.atomic
def excuse_part(*, assessment: Assessment, reason: str, person: Person) -> None:
    """Record why a self-assessment is not given, so that nothing waits for it any longer.

    Its worker, the auditors and those who run the month may. Raises ``PermissionDenied``, ``ValidationError`` by
    field, ``StatusHasChanged`` where it has been given.
    """
    audit = lock_audit(assessment.audit)
    framework = framework_of(audit.framework_version)
    standing = standing_of(person, audit)
    if not is_self_assessment(framework, assessment.slot):
        raise PermissionDenied("Only a self-assessment can be left out.")
    if not (standing.is_auditor or standing.sees_all or assessment.assessor_id == person.pk):
        raise PermissionDenied("Only the worker and the auditors say why a self-assessment is not given.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is not given"})
    if assessment.status not in WORKING:
        raise StatusHasChanged("This self-assessment has been given or excused already.")
    also = {"excused_reason": reason.strip()}
    assessment_workflow.apply(assessment, "excuse", person=person, why=reason.strip(), also=also)
    if assessment.assessor and assessment.assessor_id != person.pk:
        tell(
            people=[assessment.assessor],
            kind="audits.part_excused",
            key=str(assessment.pk),
            subject=f"{audit.reference}: your self-assessment is not needed any more",
            body="You can still talk your work through with the auditor.",
            href=audit_href(audit),
        )
