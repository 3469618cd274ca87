"""From submitted grades to the grade of record: agreement, or moderation with its reasons."""

from collections.abc import Mapping

from audits.enums import (
    BEFORE_SUBMISSION,
    NOT_APPLICABLE,
    OVERALL,
    AssessmentStatus,
    GradeSource,
    GradeStage,
    Origin,
)
from audits.events import ModerationNeeded, ModerationReasonFound
from audits.frameworks.schema import Framework
from audits.frameworks.vocabulary import Grades
from audits.models import Audit, GradeOfRecord, RecordedGrade
from audits.selectors.comparison import comparison_of
from audits.selectors.dated_action import PROPOSE_ONE, lacks_dated_action
from audits.selectors.facts import (
    framework_for,
    grades_of_record,
    grading_assessments,
    submitted_grades,
    tool_of,
)
from audits.services.selecting import moderation_reasons
from audits.workflow import audit_workflow
from qaf.lib import clock
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.transitions import TransitionRefused


def settle(*, audit: Audit) -> None:
    """Compare what every grading slot submitted and take the audit on; does nothing while a slot is missing.

    Called after each submission, inside its transaction; a second call changes nothing. Every reason that the
    framework knows sends the audit to moderation (HER-34, HER-35); agreement makes the agreed grades the outcome.
    """
    audit = Audit.objects.select_for_update(no_key=True, of=("self",)).get(pk=audit.pk)
    framework = framework_for(audit)
    assessments = grading_assessments(audit, framework)
    if audit.status not in BEFORE_SUBMISSION or not assessments:
        return
    if any(row.status != AssessmentStatus.SUBMITTED for row in assessments):
        return
    if audit.submitted_at is None:
        audit.submitted_at = max(row.submitted_at or clock.now() for row in assessments)
        audit.save(update_fields=["submitted_at"])
    reasons = moderation_reasons(audit=audit, framework=framework) or _always(audit, framework)
    if reasons:
        send_to_moderation(audit=audit, reasons=reasons)
    else:
        _reach_agreed_outcome(audit, framework)


def _always(audit: Audit, framework: Framework) -> tuple[ModerationReasonFound, ...]:
    """The reason that stands where only a moderated grade counts; a re-audit has nobody to moderate it."""
    if framework.process.grade_of_record != "moderated" or audit.origin == Origin.RE_AUDIT:
        return ()
    text = "Only a moderated grade counts in this framework"
    return (ModerationReasonFound("grade_of_record", "rule", OVERALL, text),)


def send_to_moderation(
    *, audit: Audit, reasons: tuple[ModerationReasonFound, ...], person: Person | None = None
) -> None:
    """Send the audit to moderation with all its reasons; the moderation is opened in the same transaction."""
    why = "; ".join(reason.text for reason in reasons)
    audit_workflow.apply(audit, "send_to_moderation", person=None, why=why)
    publish(ModerationNeeded(audit, reasons, person))


def _reach_agreed_outcome(audit: Audit, framework: Framework) -> None:
    submitted = submitted_grades(audit)
    assessments = grading_assessments(audit, framework)
    source = GradeSource.AGREED if len(assessments) > 1 else GradeSource.SINGLE
    if audit.origin == Origin.RE_AUDIT:
        source = GradeSource.RE_AUDIT
    only = assessments[0].assessor if len(assessments) == 1 else None
    if not tool_of(audit, framework).is_checklist:
        _write_outcome(audit, by_domain(submitted[assessments[0].slot]), source, only)
    audit_workflow.apply(
        audit, "reach_outcome", person=None, why=source.label, also={"outcome_at": clock.now()}
    )


def by_domain(grades: Grades) -> dict[str, str]:
    """Return the grades as they are stored: by domain, the overall one under the empty key."""
    return {
        key: grade or NOT_APPLICABLE for key, grade in {**grades.domains, OVERALL: grades.overall}.items()
    }


def _write_outcome(
    audit: Audit, grades: Mapping[str, str], source: GradeSource, person: Person | None
) -> None:
    now = clock.now()
    for domain, grade in grades.items():
        GradeOfRecord.objects.update_or_create(
            audit=audit,
            domain=domain,
            defaults={"grade": grade, "source": source, "decided_by": person, "decided_at": now},
        )


def record_decision(*, audit: Audit, decided: Mapping[str, tuple[str, str]], moderator: Person) -> None:
    """Make a moderator's grades the outcome: ``decided`` gives grade and reason by domain (HER-39).

    What was not decided keeps the grade on which the auditors agreed. Raises ``ValueError`` where a domain in
    dispute was left undecided: nobody else may decide it; ``TransitionRefused`` where these grades call for an action
    with a date and none stands (WSX-13): nothing may be kept then.
    """
    framework = framework_for(audit)
    comparison = comparison_of(audit)
    undecided = [row.label for row in comparison.disputed if row.domain not in decided]
    if undecided:
        raise ValueError(f"The auditors differ on {', '.join(undecided)}, and no grade was decided.")
    agreed = {
        row.domain: row.cells[0].grade or NOT_APPLICABLE
        for row in comparison.rows
        if row.domain not in decided and row.cells and row.cells[0].grade is not None
    }
    source = GradeSource.AGREED if len(grading_assessments(audit, framework)) > 1 else GradeSource.SINGLE
    _write_outcome(audit, agreed, source, None)
    _write_outcome(
        audit, {key: grade for key, (grade, _) in decided.items()}, GradeSource.MODERATED, moderator
    )
    if lacks_dated_action(audit, grades_of_record(audit) or Grades()):
        raise TransitionRefused([PROPOSE_ONE])
    now = clock.now()
    RecordedGrade.objects.bulk_create(
        RecordedGrade(
            audit=audit,
            domain=domain,
            stage=GradeStage.MODERATED,
            grade=grade,
            reason=reason,
            given_by=moderator,
            given_at=now,
        )
        for domain, (grade, reason) in decided.items()
    )
    audit_workflow.apply(
        audit, "reach_outcome", person=None, why=f"Decided by {moderator.name}", also={"outcome_at": now}
    )
