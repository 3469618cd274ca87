"""The status machines of the audit loop; `docs/` draws its diagrams from these tables."""

from collections.abc import Callable
from typing import Any

from audits.enums import (
    BEFORE_SUBMISSION,
    RUNNING,
    AssessmentStatus,
    AuditStatus,
    ChoiceStatus,
    CorrectionStatus,
    CycleStatus,
    ExclusionStatus,
    ExtraStatus,
    ProgrammeStatus,
    QuestionStatus,
    SampleStatus,
)
from audits.events import AuditClosed, AuditEvent, AuditFinal, AuditWithdrawn, GradesRevealed, OutcomeReached
from audits.followup.selectors import holding
from audits.frameworks.selectors import framework_of
from qaf.lib import clock
from qaf.tenants.permissions import may
from qaf.tenants.selectors import acting_for
from qaf.tenants.transitions import Transition, Workflow


def _qa_lead(instance: Any, person: Any) -> bool:
    return may(person, "audits.open_cycle")


def _plans_themes(instance: Any, person: Any) -> bool:
    return may(person, "audits.plan_themes")


def _approver(instance: Any, person: Any) -> bool:
    return may(person, "audits.decide_exclusion")


def _assessor(assessment: Any, person: Any) -> bool:
    return assessment.assessor_id == person.pk


def _takes_part(assessment: Any, person: Any) -> bool:
    return _an_assessor(assessment.audit, person) or may(person, "audits.see_all")


def _qa_lead_or_assessor(assessment: Any, person: Any) -> bool:
    return _qa_lead(assessment, person) or _assessor(assessment, person)


def _an_assessor(audit: Any, person: Any) -> bool:
    return audit.assessments.filter(assessor=person).exclude(status=AssessmentStatus.REASSIGNED).exists()


def _answers_corrections(correction: Any, person: Any) -> bool:
    audit = correction.audit
    return person.pk != audit.worker_id and (_an_assessor(audit, person) or _qa_lead(audit, person))


def _whose_choice(choice: Any, person: Any) -> bool:
    """Nobody else's, not a deputy's, who would not audit the case."""
    return choice.auditor_id == person.pk or acting_for(choice.auditor, on=clock.today()).pk == person.pk


def _settles_lists(choice: Any, person: Any) -> bool:
    framework = framework_of(choice.cycle.framework_version)
    return person in holding(framework.sampling.owner, framework=framework, on=clock.today())


def _nobody(instance: Any, person: Any) -> bool:
    return False


def _corrections_answered(audit: Any) -> list[str]:
    if audit.corrections.filter(status=CorrectionStatus.ASKED).exists():
        return ["A correction that the worker asked for has not been answered."]
    return []


def _tells(event: type[AuditEvent]) -> Callable[[Any, Any], AuditEvent]:
    return event


assessment_workflow = Workflow(
    "status",
    Transition("start", "Start", (AssessmentStatus.ALLOCATED,), AssessmentStatus.IN_PROGRESS, _assessor),
    Transition("lock", "Lock grades", (AssessmentStatus.IN_PROGRESS,), AssessmentStatus.LOCKED, _assessor),
    Transition("submit", "Submit", (AssessmentStatus.LOCKED,), AssessmentStatus.SUBMITTED, _assessor),
    # A part whose grades the audit does not wait for: the worker's self-assessment, a paired colleague's notes.
    Transition("hand_in", "Hand in", (AssessmentStatus.IN_PROGRESS,), AssessmentStatus.SUBMITTED, _assessor),
    Transition(
        "excuse",
        "Leave out, with a reason",
        (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS),
        AssessmentStatus.EXCUSED,
        _takes_part,
    ),
    Transition(
        "reassign",
        "Give to somebody else",
        (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS, AssessmentStatus.LOCKED),
        AssessmentStatus.REASSIGNED,
        _qa_lead_or_assessor,
    ),
)

# The system takes an audit on as its assessments move: nobody presses a button for these.
audit_workflow = Workflow(
    "status",
    Transition(
        "start", "Begin", (AuditStatus.ALLOCATED,), AuditStatus.IN_PROGRESS, _an_assessor, by_system=True
    ),
    Transition(
        "lock",
        "All grades locked",
        (AuditStatus.IN_PROGRESS,),
        AuditStatus.LOCKED,
        _an_assessor,
        by_system=True,
    ),
    Transition(
        "unlock",
        "Back to work, after a reassignment",
        (AuditStatus.LOCKED,),
        AuditStatus.IN_PROGRESS,
        _qa_lead,
        by_system=True,
    ),
    Transition(
        "reveal",
        "Show grades",
        (AuditStatus.LOCKED,),
        AuditStatus.REVEALED,
        _an_assessor,
        event=_tells(GradesRevealed),
        by_system=True,
    ),
    Transition(
        "send_to_moderation",
        "Send to moderation",
        (AuditStatus.IN_PROGRESS, AuditStatus.LOCKED, AuditStatus.REVEALED, AuditStatus.OUTCOME),
        AuditStatus.IN_MODERATION,
        _nobody,
        by_system=True,
    ),
    Transition(
        "reach_outcome",
        "Outcome reached",
        (AuditStatus.IN_PROGRESS, AuditStatus.LOCKED, AuditStatus.REVEALED, AuditStatus.IN_MODERATION),
        AuditStatus.OUTCOME,
        _nobody,
        event=_tells(OutcomeReached),
        by_system=True,
    ),
    Transition(
        "finalise",
        "Make final",
        (AuditStatus.OUTCOME,),
        AuditStatus.FINAL,
        _qa_lead,
        guard=_corrections_answered,
        event=_tells(AuditFinal),
        by_system=True,
    ),
    Transition(
        "close",
        "Close the loop",
        (AuditStatus.FINAL,),
        AuditStatus.CLOSED,
        _qa_lead,
        event=_tells(AuditClosed),
        by_system=True,
    ),
    Transition(
        "withdraw",
        "Withdraw",
        tuple(RUNNING),
        AuditStatus.WITHDRAWN,
        _qa_lead,
        event=_tells(AuditWithdrawn),
    ),
)

cycle_workflow = Workflow(
    "status",
    Transition("open", "Open the month", (CycleStatus.DRAFT,), CycleStatus.OPEN, _qa_lead, by_system=True),
    Transition("close", "Close the month", (CycleStatus.OPEN,), CycleStatus.CLOSED, _qa_lead, by_system=True),
)

sample_workflow = Workflow(
    "status",
    Transition("replace", "Replace the case", (SampleStatus.DRAWN,), SampleStatus.REPLACED, _qa_lead),
)

exclusion_workflow = Workflow(
    "status",
    Transition("approve", "Approve", (ExclusionStatus.ASKED,), ExclusionStatus.APPROVED, _approver),
    Transition("refuse", "Do not approve", (ExclusionStatus.ASKED,), ExclusionStatus.REFUSED, _approver),
)

programme_workflow = Workflow(
    "status",
    Transition("open", "Begin", (ProgrammeStatus.PLANNED,), ProgrammeStatus.RUNNING, _plans_themes),
    Transition("end", "End", (ProgrammeStatus.RUNNING,), ProgrammeStatus.ENDED, _plans_themes),
    Transition("drop", "Drop", (ProgrammeStatus.PLANNED,), ProgrammeStatus.DROPPED, _plans_themes),
)

question_workflow = Workflow(
    "status",
    Transition("audit", "Begin audits", (QuestionStatus.OPEN,), QuestionStatus.AUDITED, _plans_themes),
    Transition(
        "answer",
        "Answer",
        (QuestionStatus.OPEN, QuestionStatus.AUDITED),
        QuestionStatus.ANSWERED,
        _plans_themes,
    ),
)

choice_workflow = Workflow(
    "status",
    Transition("choose", "Choose", (ChoiceStatus.WAITING,), ChoiceStatus.CHOSEN, _whose_choice),
    Transition(
        "draw",
        "Drawn, as nobody chose in time",
        (ChoiceStatus.WAITING,),
        ChoiceStatus.DRAWN,
        _nobody,
        by_system=True,
    ),
    Transition(
        "lapse",
        "Nothing could be drawn",
        (ChoiceStatus.WAITING,),
        ChoiceStatus.LAPSED,
        _nobody,
        by_system=True,
    ),
    Transition(
        "exchange",
        "Put another case in its place",
        (ChoiceStatus.WAITING, ChoiceStatus.LAPSED),
        ChoiceStatus.WAITING,
        _settles_lists,
    ),
    Transition(
        "confirm", "Confirm the month’s list", (ChoiceStatus.WAITING,), ChoiceStatus.CHOSEN, _settles_lists
    ),
)

extra_workflow = Workflow(
    "status",
    Transition("take", "Take up", (ExtraStatus.ASKED,), ExtraStatus.TAKEN, _qa_lead),
    Transition("decline", "Do not take up", (ExtraStatus.ASKED,), ExtraStatus.DECLINED, _qa_lead),
)

correction_workflow = Workflow(
    "status",
    Transition(
        "accept", "Put right", (CorrectionStatus.ASKED,), CorrectionStatus.ACCEPTED, _answers_corrections
    ),
    Transition(
        "decline",
        "Leave as it is",
        (CorrectionStatus.ASKED,),
        CorrectionStatus.DECLINED,
        _answers_corrections,
    ),
)

__all__ = [
    "BEFORE_SUBMISSION",
    "assessment_workflow",
    "audit_workflow",
    "choice_workflow",
    "correction_workflow",
    "cycle_workflow",
    "exclusion_workflow",
    "extra_workflow",
    "programme_workflow",
    "question_workflow",
    "sample_workflow",
]
