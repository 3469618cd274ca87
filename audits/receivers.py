"""What the audit loop does when something happens, in the same transaction."""

from django.db.models import QuerySet

from audits.enums import GradeStage
from audits.events import (
    AssessmentSubmitted,
    AuditClosed,
    AuditFinal,
    AuditWithdrawn,
    ModerationNeeded,
    OutcomeReached,
)
from audits.followup.enums import FollowUpStatus
from audits.followup.events import (
    ActionConfirmed,
    ActionNotAgreed,
    ActionSignedOff,
    ConcernEnded,
    ConcernRaised,
    FollowUpEnded,
)
from audits.followup.services import drop_action, stand_down_follow_up
from audits.frameworks.enums import Occurrence
from audits.models import Audit, AuditConcern, SectionDraft
from audits.selectors.facts import framework_for
from audits.services import after_final, filing
from audits.services.concerns import raise_what_is_called_for
from audits.services.consequences import apply_consequences, stand_down
from audits.services.finalise import finalise_at_once, tell_outcome_reached, tell_submitted
from audits.services.observing import ask_for_observation
from audits.services.opening import ask_for_supervision
from audits.services.trends import look_for_patterns
from qaf.tenants.events import on


@on(AssessmentSubmitted)
def heed_a_submission(event: AssessmentSubmitted) -> None:
    """A submitted grade may have consequences before the other auditor has submitted (HER-43)."""
    raise_what_is_called_for(assessment=event.assessment)
    apply_consequences(
        audit=event.assessment.audit,
        occurrence=Occurrence.AUDIT_SUBMITTED,
        submitter=event.assessment.slot,
    )
    after_final.open_submitted_actions(assessment=event.assessment)


@on(ModerationNeeded)
def tell_of_moderation(event: ModerationNeeded) -> None:
    """Worker and managers learn together that grades are submitted and not moderated yet."""
    tell_submitted(audit=event.audit)


@on(OutcomeReached)
def open_to_corrections(event: OutcomeReached) -> None:
    """Worker and managers learn of the outcome; without a right to corrections it is final at once."""
    if event.audit.recorded_grades.filter(stage=GradeStage.MODERATED).exists():
        apply_consequences(audit=event.audit, occurrence=Occurrence.AUDIT_MODERATED)
    if framework_for(event.audit).process.fact_correction.allowed:
        tell_outcome_reached(audit=event.audit)
    else:
        finalise_at_once(audit=event.audit, why="the framework has no correction of facts")


@on(AuditFinal)
def open_what_follows(event: AuditFinal) -> None:
    """A final outcome opens everything that closes the loop."""
    audit = event.audit
    after_final.open_actions(audit=audit)
    filing.ask_for_filing(audit=audit)
    filing.ask_for_acknowledgement(audit=audit)
    filing.send_copies(audit=audit)
    ask_for_supervision(audit=audit)
    after_final.ask_for_action_review(audit=audit)
    ask_for_observation(audit=audit)
    after_final.tell_those_concerned(audit=audit)
    stand_down(audit=audit)
    apply_consequences(audit=audit, occurrence=Occurrence.AUDIT_FINALISED)
    look_for_patterns(audit=audit)


@on(AuditClosed)
def forget_what_was_typed(event: AuditClosed) -> None:
    """Words that were typed and never recorded are not kept beyond the audit's loop."""
    SectionDraft.objects.filter(assessment__audit=event.audit).delete()


@on(AuditWithdrawn)
def end_what_was_open(event: AuditWithdrawn) -> None:
    """A withdrawn audit asks nothing of anybody any more."""
    why = f"{event.audit.reference} was withdrawn."
    links = event.audit.follow_up_links.filter(follow_up__status=FollowUpStatus.OPEN)
    for link in links.select_related("follow_up__assignee"):
        stand_down_follow_up(follow_up=link.follow_up, why=why)
    for proposed in event.audit.action_links.filter(action__status="proposed").select_related("action"):
        drop_action(action=proposed.action, reason=why, person=None)


@on(FollowUpEnded)
def close_after_follow_up(event: FollowUpEnded) -> None:
    """The last thing done closes the loop; actions that a supervision found unfinished go to the next one."""
    audits = Audit.objects.filter(follow_up_links__follow_up=event.follow_up)
    for audit in audits:
        after_final.ask_for_next_supervision(audit=audit, follow_up=event.follow_up)
    _close(audits)


@on(ActionSignedOff)
def close_after_sign_off(event: ActionSignedOff) -> None:
    """The last action signed off closes the loop."""
    _close(Audit.objects.filter(action_links__action=event.action))


@on(ActionConfirmed)
def close_after_confirmation(event: ActionConfirmed) -> None:
    """The last confirmation closes the loop."""
    _close(Audit.objects.filter(action_links__action=event.action))


@on(ActionNotAgreed)
def close_after_leaving_out(event: ActionNotAgreed) -> None:
    """An action that is not taken forward holds no loop open."""
    _close(Audit.objects.filter(action_links__action=event.action))


@on(ConcernEnded)
def close_after_concern(event: ConcernEnded) -> None:
    """The last concern answered closes the loop."""
    _close(Audit.objects.filter(concern_links__concern=event.concern))


def _close(audits: QuerySet[Audit]) -> None:
    for audit in audits:
        after_final.close_when_done(audit=audit)


@on(ConcernRaised)
def link_concern(event: ConcernRaised) -> None:
    """A concern raised from an audit stands beside it; an audit of another child is not linked."""
    audit = Audit.objects.filter(reference=event.about, case=event.concern.case_id).first()
    if event.about and audit:
        AuditConcern.objects.create(audit=audit, concern=event.concern)
