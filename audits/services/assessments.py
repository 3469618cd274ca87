"""One auditor's own work on an audit: begun, saved as typed, locked unseen, changed after the reveal, submitted."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audits.enums import (
    BEFORE_SUBMISSION,
    CHECKLIST,
    NOT_APPLICABLE,
    OVERALL,
    AssessmentStatus,
    AuditStatus,
    GradeStage,
)
from audits.events import AssessmentSubmitted
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit, Judgement, RecordedGrade, SectionDraft
from audits.selectors import sections
from audits.selectors.asked import ANSWERS, EXTRA, answers_given, marks_in
from audits.selectors.audits import begins_later
from audits.selectors.links import OVERALL_SECTION
from audits.selectors.missing import missing_before_lock, missing_before_reveal, missing_before_submission
from audits.selectors.standing import gives_grades, grading
from audits.services import telling
from audits.services.outcome import settle
from audits.services.typed import write_words
from audits.workflow import assessment_workflow, audit_workflow
from qaf.lib import clock
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, StatusHasChanged, TransitionRefused
from qaf.ui.words import long_date

NOTES = "notes:"
WORKING = (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS)


def start_assessment(*, assessment: Assessment, person: Person) -> None:
    """Begin the assessment, and the audit with it; does nothing when it has begun.

    Raises ``StatusHasChanged`` when the audit has been withdrawn, and before the day on which it begins: whoever has
    notice of it knows the child, and looks at the record as it is then (SEF-48).
    """
    if assessment.status != AssessmentStatus.ALLOCATED:
        return
    if begins_later(assessment.audit):
        raise StatusHasChanged(f"This audit begins on {long_date(assessment.audit.allocated_on)}.")
    # Both auditors may begin in the same moment: the audit's row is taken first, as everywhere.
    audit = lock_audit(assessment.audit)
    if audit.status not in BEFORE_SUBMISSION:
        raise StatusHasChanged("This audit is no longer under way.")
    assessment_workflow.apply(assessment, "start", person=person, also={"started_at": clock.now()})
    if audit.status == AuditStatus.ALLOCATED:
        audit_workflow.apply(audit, "start", person=person)
    assessment.audit.status = audit.status


@transaction.atomic
def save_draft(
    *, assessment: Assessment, section: str, fields: dict[str, Any], version: int, person: Person
) -> SectionDraft:
    """Save one section's words if ``version`` is still the one they were typed over (0: nothing was there).

    Saving the same words again is no conflict. Raises ``DraftConflict``, and ``StatusHasChanged`` once
    the grades are locked; the caller keeps what was typed.
    """
    start_assessment(assessment=assessment, person=person)
    locked = _locked(assessment)
    if locked.assessor_id != person.pk:
        raise PermissionDenied("Only its auditor writes an assessment.")
    if locked.status not in WORKING or locked.audit.status not in BEFORE_SUBMISSION:
        raise StatusHasChanged("Your grades are locked, so this section can no longer be changed.")
    return _write_draft(assessment, section, fields, version)


@transaction.atomic
def save_notes(
    *,
    assessment: Assessment,
    part: str,
    fields: dict[str, Any],
    version: int,
    person: Person,
    after_submission: bool = False,
) -> SectionDraft:
    """Save what is typed into a conversation's or a contact's form, until it is recorded; as ``save_draft``.

    Possible until the auditor submits, also while their grades are locked; with ``after_submission`` for as long as
    the audit's loop is open.
    """
    start_assessment(assessment=assessment, person=person)
    locked = _locked(assessment)
    if locked.assessor_id != person.pk:
        raise PermissionDenied("Only its auditor writes an assessment.")
    submitted = locked.submitted_at or locked.audit.status not in BEFORE_SUBMISSION
    over = locked.audit.status in (AuditStatus.CLOSED, AuditStatus.WITHDRAWN)
    if over or (submitted and not after_submission):
        raise StatusHasChanged("You have submitted, so this can no longer be changed.")
    return _write_draft(assessment, NOTES + part, fields, version)


def notes_of(assessment: Assessment, part: str) -> SectionDraft | None:
    """Return what was typed into a form and not recorded yet."""
    return SectionDraft.objects.filter(assessment=assessment, section=NOTES + part).first()


def forget_notes(assessment: Assessment, part: str) -> None:
    """Drop what was typed into a form, now that it is recorded."""
    SectionDraft.objects.filter(assessment=assessment, section=NOTES + part).delete()


def _write_draft(assessment: Assessment, section: str, fields: dict[str, Any], version: int) -> SectionDraft:
    place = {"assessment": assessment, "section": section}
    return write_words(SectionDraft, place, fields=fields, version=version)


@transaction.atomic
def lock_grades(*, assessment: Assessment, person: Person) -> None:
    """Turn the drafts into judgements and provisional grades that nobody else sees yet (HER-20, HER-26).

    Raises ``TransitionRefused`` with everything missing, each with its link. When the last grading
    auditor locks, the audit is locked; where nothing has to be discussed first, grades are shown.
    """
    audit = lock_audit(assessment.audit)
    assessment = _locked(assessment, audit)
    framework = framework_of(audit.framework_version)
    if assessment.status == AssessmentStatus.LOCKED:
        return
    if not gives_grades(framework, assessment.slot):
        raise TransitionRefused(["This part has no grades to lock: hand it in."])
    if problems := missing_before_lock(assessment, framework):
        raise TransitionRefused(problems)
    now = clock.now()
    with because("Lock grades", person=person):
        judgements = _judgements(assessment, framework)
        Judgement.objects.bulk_create(judgements)
        record_grades(assessment, judgements, GradeStage.PROVISIONAL, person)
        assessment.drafts.exclude(section__startswith=NOTES).delete()
    assessment_workflow.apply(assessment, "lock", person=person, also={"locked_at": now})
    _lock_when_all_have(audit, framework, person)


def _lock_when_all_have(audit: Audit, framework: Framework, person: Person) -> None:
    waiting = [one for one in grading(framework, _current(audit)) if one.locked_at is None]
    if waiting:
        return
    audit_workflow.apply(audit, "lock", person=person)
    if not reveal_when_discussed(audit=audit, person=person):
        telling.all_locked(audit, framework)


def reveal_when_discussed(*, audit: Audit, person: Person) -> bool:
    """Show the grades once every conversation that must come first is recorded; say whether they are shown."""
    if audit.status != AuditStatus.LOCKED or missing_before_reveal(
        audit, framework_of(audit.framework_version)
    ):
        return False
    audit_workflow.apply(audit, "reveal", person=person)
    telling.grades_shown(audit, framework_of(audit.framework_version), by=person)
    return True


@transaction.atomic
def revise_grade(
    *,
    assessment: Assessment,
    domain: str,
    grade: str,
    reason: str,
    person: Person,
    not_applicable_reason: str = "",
) -> None:
    """Change one locked grade after the reveal, with a reason; the earlier one is kept (HER-23, HER-26).

    ``domain`` is empty for overall. Raises ``TransitionRefused`` before the reveal, after submission,
    without a reason, or for a grade that the framework does not have.
    """
    audit = lock_audit(assessment.audit)
    assessment = _locked(assessment, audit)
    framework = framework_of(audit.framework_version)
    if assessment.assessor_id != person.pk or problems_with_revising(assessment, framework):
        raise TransitionRefused(
            problems_with_revising(assessment, framework) or ["This is not your grade to change."]
        )
    _check_grade(framework, audit, domain, grade)
    if not reason.strip() and framework.process.reveal.change_reason_required:
        raise TransitionRefused(["Say why you change the grade."])
    judgement = Judgement.objects.select_for_update().get(assessment=assessment, domain=domain)
    if judgement.grade == grade:
        return
    with because(f"Grade changed after the discussion: {reason}", person=person):
        judgement.grade = grade
        judgement.not_applicable_reason = not_applicable_reason if grade == NOT_APPLICABLE else ""
        judgement.save(update_fields=["grade", "not_applicable_reason"])
        record_grades(assessment, [judgement], GradeStage.PROVISIONAL, person, reason=reason.strip())


def problems_with_revising(assessment: Assessment, framework: Framework) -> list[str]:
    """Say why the assessment's grades cannot be changed now; nothing where they can."""
    if not framework.process.reveal.changes_allowed:
        return ["This framework does not let a grade be changed once it is locked."]
    if assessment.audit.status != AuditStatus.REVEALED:
        return ["A grade can be changed once all auditors' grades are shown, and before you submit."]
    if assessment.status != AssessmentStatus.LOCKED:
        return ["You have submitted, so your grades can no longer be changed."]
    return []


@transaction.atomic
def submit_assessment(*, assessment: Assessment, person: Person) -> None:
    """Submit the locked grades (HER-24, HER-25); the last to submit settles the audit.

    Raises ``TransitionRefused`` with everything missing, each with its link. Submitting twice is one.
    """
    audit = lock_audit(assessment.audit)
    assessment = _locked(assessment, audit)
    framework = framework_of(audit.framework_version)
    if assessment.status == AssessmentStatus.SUBMITTED and assessment.assessor_id == person.pk:
        return
    if problems := missing_before_submission(assessment, framework):
        raise TransitionRefused(problems)
    now = clock.now()
    assessment_workflow.apply(assessment, "submit", person=person, also={"submitted_at": now})
    assessment.drafts.exclude(section__in=_still_wanted(framework)).delete()
    with because("Submit", person=person):
        record_grades(assessment, list(assessment.judgements.all()), GradeStage.SUBMITTED, person)
    publish(AssessmentSubmitted(assessment, person))
    if all(one.submitted_at for one in grading(framework, _current(audit))):
        audit.submitted_at = now
        audit.save(update_fields=["submitted_at"])
        settle(audit=audit)


def _still_wanted(framework: Framework) -> set[str]:
    """Return where words may stand that are recorded after submission: late conversations, the family's view."""
    process = framework.process
    kept = {one.key for one in process.conversations if one.precedes == "finalise"}
    if process.family_feedback and process.family_feedback.precedes != "submit":
        kept |= {one.key for one in process.family_feedback.targets}
    return {NOTES + key for key in kept}


def state_no_action(*, assessment: Assessment, reason: str, person: Person) -> None:
    """Record why this auditor proposes no action; an empty reason takes the statement back."""
    if assessment.submitted_at or assessment.assessor_id != person.pk:
        raise TransitionRefused(["Only the auditor can say this, before they submit."])
    assessment.no_action_reason = reason.strip()
    assessment.save(update_fields=["no_action_reason"])


def _judgements(assessment: Assessment, framework: Framework) -> list[Judgement]:
    found = []
    for section in sections.sections_of(assessment, framework):
        if section.ungraded:
            found.append(judgement_from(assessment, section.stored_as, dict(section.fields), ungraded=True))
        elif section.applies or section.is_begun:
            found.append(judgement_from(assessment, section.stored_as, dict(section.fields)))
        else:
            applies = section.domain.applies if section.domain else None
            words = {"grade": NOT_APPLICABLE, "not_applicable_reason": applies.text if applies else ""}
            found.append(judgement_from(assessment, section.stored_as, words))
    return found


def judgement_from(
    assessment: Assessment, domain: str, fields: dict[str, Any], *, ungraded: bool = False
) -> Judgement:
    """Return what a section's fields say, unsaved; a grade left open does not apply, an ``ungraded`` part has none."""
    extra = {key.removeprefix(EXTRA): fields[key] for key in fields if key.startswith(EXTRA)}
    extra[ANSWERS] = answers_given(fields) if domain == CHECKLIST else None
    grade = "" if ungraded else fields.get("grade") or NOT_APPLICABLE
    return Judgement(
        assessment=assessment,
        domain=domain,
        grade=grade,
        not_applicable_reason=fields.get("not_applicable_reason", "") if grade == NOT_APPLICABLE else "",
        strengths=fields.get("strengths", ""),
        development=fields.get("development", ""),
        evidence=fields.get("evidence", ""),
        development_codes=fields.get("development_codes") or [],
        tags=fields.get("tags") or [],
        extra={key: value for key, value in extra.items() if value},
        marks=marks_in(fields),
    )


def record_grades(
    assessment: Assessment, judgements: list[Judgement], stage: str, person: Person, reason: str = ""
) -> None:
    """Keep the judgements' grades as they are given at ``stage``, for ever; a checklist's have none."""
    now = clock.now()
    RecordedGrade.objects.bulk_create(
        RecordedGrade(
            audit=assessment.audit,
            assessment=assessment,
            domain=one.domain,
            stage=stage,
            grade=one.grade,
            reason=reason or one.not_applicable_reason,
            given_by=person,
            given_at=now,
        )
        for one in judgements
        if one.grade
    )


def _check_grade(framework: Framework, audit: Audit, domain: str, grade: str) -> None:
    tool = framework.tool(audit.tool)
    grades = sections.grades_of(framework, tool)
    allowed = set() if domain == CHECKLIST or tool.is_checklist else set(grades.ranks)
    if allowed and domain != OVERALL and grades.not_applicable.allowed:
        allowed.add(NOT_APPLICABLE)
    if grade not in allowed:
        raise TransitionRefused([Problem(f"“{grade}” is not a grade of this framework.", OVERALL_SECTION)])


def lock_audit(audit: Audit) -> Audit:
    """Return the audit's row, locked: the last steps of several people come one after the other."""
    return (
        Audit.objects.select_for_update(of=("self",))
        .select_related("case", "worker", "manager")
        .get(pk=audit.pk)
    )


def _locked(assessment: Assessment, audit: Audit | None = None) -> Assessment:
    found = Assessment.objects.select_for_update().get(pk=assessment.pk)
    found.audit = audit or assessment.audit
    return found


def _current(audit: Audit) -> tuple[Assessment, ...]:
    return tuple(audit.assessments.exclude(status=AssessmentStatus.REASSIGNED))
