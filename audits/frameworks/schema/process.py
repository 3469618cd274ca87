"""One audit from allocation to the child's record: slots, conversations, family contact, lock, reveal, filing."""

from typing import Annotated, Literal

from pydantic import Field

from audits.frameworks.base import Choice, Key, Model, PartyKey, RoleKey, SlotKey, Sourced, Text
from audits.frameworks.enums import CaseStatus, Frequency
from audits.frameworks.vocabulary import Condition, Due, Eligibility

Grading = Literal["yes", "no", "optional", "may_revise"]


class Slot(Sourced):
    """One place in an audit: who fills it, whether they grade, by when."""

    key: Key
    label: Text
    eligible: Eligibility
    grades: Grading
    due: Due
    guidance: Text | None = None
    effort_hours: Annotated[float, Field(gt=0, le=40)]
    "Expected hours of work, for the forecast before a cycle is opened"
    required_when: tuple[Condition, ...] = ()
    "The slot exists only where these hold; always, where empty"

    @property
    def gives_grades(self) -> bool:
        """Whether an audit waits for this slot's grades."""
        return self.grades == "yes"

    @property
    def is_assessed(self) -> bool:
        """Whether somebody writes an assessment here; who may only revise grades is named by moderation."""
        return self.grades != "may_revise"


class Reveal(Sourced):
    """When auditors see each other's grades, and what may change afterwards."""

    rule: Literal["own_only_until_locked_and_discussed", "held_together", "single_auditor"]
    changes_allowed: bool
    change_reason_required: bool = True
    worker_sees_provisional: bool
    "Whether the worker sees a submitted grade, marked as not moderated yet, when their managers do"


class Question(Model):
    """One question of a conversation; its answer is kept under its key, so that it can be counted and compared."""

    key: Key
    label: Text
    required: bool = False


class Conversation(Sourced):
    """A conversation the audit asks for."""

    key: Key
    label: Text
    holder: PartyKey
    "Who arranges and records it"
    participants: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    required: Literal["always", "when_involved", "discretion"]
    excused_reasons: tuple[Choice, ...] = ()
    precedes: Literal["lock", "reveal", "submit", "finalise", "moderation_decision"]
    minutes_at_least: Annotated[int, Field(ge=1)] | None = None
    minutes_at_most: Annotated[int, Field(ge=1)] | None = None
    mode: Literal["in_person", "video", "telephone"] | None = None
    "How it is to be held; another way is recorded with its reason"
    booked: Literal["offered", "required"] = "offered"
    "Whether a day must be agreed beforehand; it may always be"
    prompts: tuple[Text, ...] = ()
    questions: tuple[Question, ...] = ()
    "Questions with answers of their own, beside the prompts"
    strengths_and_areas: bool = False
    "Whether strengths and areas that need attention are written down, each apart"
    covers_all_domains: bool = False
    "Whether every domain of the tool is talked over; one left out is recorded with its reason"
    asks_agreement_of: PartyKey | None = None
    "Whose agreement is recorded"
    agreement_about: Literal["overall_grade", "strengths_and_areas"] = "overall_grade"
    "With what they agree or do not"
    disagreement_reason_required: bool = True
    view_of: PartyKey | None = None
    "Whose own view of the work and of the audit stands beside the auditor's"
    learning_of_each: bool = False
    "Whether everybody who takes part records what they take from it"


class Consent(Sourced):
    """The family's agreement before anyone else contacts them."""

    required: bool
    sought_by: PartyKey
    asks: tuple[Choice, ...] = ()
    "What is recorded before contact, beside the answer"


class FeedbackTarget(Sourced):
    """One kind of person whose view is sought."""

    key: Key
    label: Text
    each: bool = False
    "Whether each such person is recorded apart"
    required: Literal["always", "if_appropriate"]
    statuses: tuple[CaseStatus, ...] = ()
    "Statuses of the child for which this target is asked; all, where empty"


class FamilyFeedback(Sourced):
    """How the family's view is sought within an audit."""

    sought_by: PartyKey
    consent: Consent
    targets: Annotated[tuple[FeedbackTarget, ...], Field(min_length=1)]
    no_contact_reasons: Annotated[tuple[Choice, ...], Field(min_length=1)]
    questions: tuple[Text, ...] = ()
    themes: tuple[Choice, ...] = ()
    "What the QA team may hear in the answers, to be counted; a general list, where empty"
    precedes: Literal["submit", "finalise", "none"] = "submit"
    due: Due | None = None
    "By when the family is asked, where no step of the audit waits for it"
    preference_asked: bool = False
    "Whether the worker is asked how the family prefers to communicate and what help they need"
    concern_raised_at_once: bool = True


class AuditCopy(Sourced):
    """Somebody who gets a copy of every audit that certain auditors carried out."""

    to: PartyKey
    audits_by: tuple[RoleKey, ...] = ()
    "Roles whose audits are copied; everybody's, where empty"


class Filing(Sourced):
    """Placing the audit on the child's record and telling those concerned."""

    by: PartyKey
    otherwise: PartyKey | None = None
    "Who does it where nobody stands behind `by`, such as the moderator of an audit that nobody moderated"
    due: Due
    reference_required: bool = True
    tell: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    acknowledged_by: tuple[PartyKey, ...] = ()
    "Who says that they have read the feedback"
    acknowledge_within: Due | None = None
    copies: tuple[AuditCopy, ...] = ()
    omit_sections: tuple[
        Literal["worker_performance", "disputes", "conversations", "individual_grades"], ...
    ] = ()
    "Parts left out of the copy for the child's record unless chosen"


class FactCorrection(Sourced):
    """The worker's right to correct a matter of fact before the outcome is final."""

    allowed: bool
    working_days: Annotated[int, Field(ge=1, le=60)]


class FinalisationCheck(Sourced):
    """A check by the QA team before an auditor finalises."""

    offered_to: Literal["all", "new_auditors"]
    by: RoleKey
    required_while_new: bool
    new_below: Annotated[int, Field(ge=1, le=24)] = 2
    "An auditor is new until they have submitted so many audits, and while somebody audits beside them"


class Process(Sourced):
    """The audit loop."""

    frequency: Frequency
    slots: Annotated[tuple[Slot, ...], Field(min_length=1)]
    reveal: Reveal
    conversations: tuple[Conversation, ...] = ()
    family_feedback: FamilyFeedback | None = None
    "None where the family's view is sought apart from the audit"
    fact_correction: FactCorrection
    finalisation_check: FinalisationCheck | None = None
    filing: Filing
    grade_of_record: Literal["agreed_by_all", "single_auditor", "moderated"]
    "Where the grade comes from when nothing is moderated"
    compared_slots: tuple[SlotKey, ...] = ()
    "Slots whose grades are compared side by side"
    monthly_theme: bool = False
    sources_considered_recorded: bool = False
    "Whether the sources looked at are recorded before the overall grade"
    sources: tuple[Choice, ...] = ()
    "The sources, each asked for apart with what it told; one box for all, where empty"
