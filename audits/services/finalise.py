"""From outcome to final: the worker confirms, or the days for correcting a matter of fact run out."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import AuditStatus, CorrectionStatus, GradeStage
from audits.models import Audit, FactCorrection, RecordedGrade
from audits.selectors.facts import around_audit, framework_for
from audits.selectors.links import audit_href
from audits.selectors.missing import missing_before_final
from audits.selectors.outcome import (
    CORRECTABLE,
    is_worker_of,
    last_day_for_corrections,
    may_answer_correction,
)
from audits.selectors.people import everyone_concerned, people_who_may
from audits.services.random_check import waits_for_random_check
from audits.workflow import audit_workflow, correction_workflow
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.ui.words import long_date


def ask_correction(*, audit: Audit, where: str, text: str, person: Person) -> FactCorrection:
    """Ask to have a matter of fact put right; its auditors and the quality assurance lead are told.

    ``where`` is a domain's key, or empty. Raises ``PermissionDenied`` for anybody but the worker,
    ``ValidationError`` by field, and ``TransitionRefused`` once the outcome is final.
    """
    if not is_worker_of(audit, person):
        raise PermissionDenied("Only the worker whose work was audited can ask for a correction.")
    if not framework_for(audit).process.fact_correction.allowed:
        raise TransitionRefused(["This framework has no correction of facts."])
    if audit.status not in CORRECTABLE:
        raise TransitionRefused(["The outcome is final, so nothing can be corrected any more."])
    if not text.strip():
        raise ValidationError({"text": "Say what is not right, and what is"})
    correction = FactCorrection.objects.create(
        audit=audit, where=where, text=text.strip(), asked_by=person, asked_at=clock.now()
    )
    tell(
        people=[*around_audit(audit).others["auditors"], *people_who_may("audits.open_cycle")],
        kind="correction_asked",
        key=f"correction-{correction.pk}",
        subject=f"{audit.reference}: the worker asks for a correction",
        body="The outcome cannot be final before somebody has answered.",
        href=audit_href(audit),
    )
    return correction


def answer_correction(*, correction: FactCorrection, accepted: bool, answer: str, person: Person) -> None:
    """Answer a correction once, and tell the worker. Raises ``PermissionDenied``, ``ValidationError`` or, when it
    has been answered already, ``TransitionRefused``.
    """
    audit = correction.audit
    if not may_answer_correction(audit, person):
        raise PermissionDenied("The audit’s auditors and the quality assurance lead answer corrections.")
    if not answer.strip():
        raise ValidationError({"answer": "Say what was put right, or why nothing was"})
    written = {"answer": answer.strip(), "answered_by": person, "answered_at": clock.now()}
    try:
        correction_workflow.apply(
            correction,
            "accept" if accepted else "decline",
            person=person,
            why="a correction of fact",
            also=written,
        )
    except StatusHasChanged:
        raise TransitionRefused(["Somebody has answered this correction already."]) from None
    tell(
        people=[correction.asked_by],
        kind="correction_answered",
        key=f"correction-{correction.pk}",
        subject=f"{audit.reference}: your correction has been answered",
        body=CorrectionStatus(correction.status).label,
        href=audit_href(audit),
    )


def confirm_outcome(*, audit: Audit, person: Person) -> None:
    """Make the outcome final because the worker confirms it. Raises ``PermissionDenied`` or ``TransitionRefused``."""
    if not is_worker_of(audit, person):
        raise PermissionDenied("Only the worker whose work was audited can confirm its facts.")
    finalise(audit=audit, why="the worker confirmed the facts")


def finalise(*, audit: Audit, why: str) -> None:
    """Record the final grades and publish ``AuditFinal`` (HER-26).

    Raises ``TransitionRefused`` while a correction is unanswered, a conversation or the family's view that must come
    first is not recorded (SEF-52), or the month's random check may still draw the audit; ``StatusHasChanged`` where
    it has no outcome or was final already: nothing is written then.
    """
    if waits_for_random_check(audit):
        raise TransitionRefused(["The month’s random check has not been drawn yet."])
    if problems := missing_before_final(audit, framework_for(audit)):
        raise TransitionRefused(problems)
    now = clock.now()
    # In one savepoint: the receivers of the event must find the final grades, a refusal must leave none behind.
    with transaction.atomic():
        RecordedGrade.objects.bulk_create(
            RecordedGrade(
                audit=audit,
                domain=row.domain,
                stage=GradeStage.FINAL,
                grade=row.grade,
                reason=why,
                given_by_id=row.decided_by_id,
                given_at=now,
            )
            for row in audit.grades.all()
        )
        audit_workflow.apply(audit, "finalise", person=None, why=why, also={"final_at": now})


def finalise_at_once(*, audit: Audit, why: str) -> bool:
    """Make the outcome final where nothing stands in the way, and say whether it is; what waits, waits for the day."""
    if waits_for_random_check(audit) or missing_before_final(audit, framework_for(audit)):
        return False
    finalise(audit=audit, why=why)
    return True


def finalise_due() -> int:
    """Make every outcome final whose days for corrections have passed; return how many. May run twice."""
    done = 0
    waiting = Audit.objects.filter(status=AuditStatus.OUTCOME, outcome_at__isnull=False)
    unanswered = FactCorrection.objects.filter(status=CorrectionStatus.ASKED).values("audit")
    for audit in waiting.exclude(pk__in=unanswered).select_related("cycle", "case"):
        last_day = last_day_for_corrections(audit)
        if last_day is not None and clock.today() > last_day:
            done += finalise_at_once(audit=audit, why=f"no correction was left by {long_date(last_day)}")
    return done


def tell_outcome_reached(*, audit: Audit) -> None:
    """Tell the worker, at the same time as their managers, that there is an outcome which is not final yet."""
    framework = framework_for(audit)
    last_day = last_day_for_corrections(audit)
    parties = ("allocated_worker", "case_managers")
    tell(
        people=everyone_concerned(audit, parties, framework=framework, on=clock.today()),
        kind="outcome_reached",
        key=audit.reference,
        subject=f"{audit.reference}: there is an outcome, not final yet",
        body=f"The worker may ask to correct a matter of fact until {long_date(last_day)}."
        if last_day
        else "",
        href=audit_href(audit),
    )


def tell_submitted(*, audit: Audit) -> None:
    """Tell the worker, at the same time as their managers, that grades were submitted and are not moderated yet."""
    framework = framework_for(audit)
    if not framework.process.reveal.worker_sees_provisional:
        return
    parties = ("allocated_worker", "case_managers")
    tell(
        people=everyone_concerned(audit, parties, framework=framework, on=clock.today()),
        kind="grades_submitted",
        key=audit.reference,
        subject=f"{audit.reference}: grades are submitted, not moderated yet",
        body="A moderator decides. You can read the audit meanwhile.",
        href=audit_href(audit),
    )
