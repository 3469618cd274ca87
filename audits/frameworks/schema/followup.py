"""What follows an audit: actions, consequences, patterns, escalation and urgent concerns."""

from typing import Annotated, Literal

from pydantic import Field

from audits.frameworks.base import Choice, Key, Model, PartyKey, Sourced, Text
from audits.frameworks.enums import CaseStatus, Frequency, Occurrence
from audits.frameworks.vocabulary import Condition, Due, Effect, History


class Flag(Sourced):
    """A mark that auditors and moderators can set on an audit, such as a safeguarding concern."""

    key: Key
    label: Text
    guidance: Text
    "What the page says about when to set it"


class SignOff(Sourced):
    """Who confirms that an action is done, and what they judge."""

    by: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    never_owner: bool = True
    judges: tuple[Literal["completed", "quality", "compliance", "impact"], ...] = ("completed",)


class SupervisionEntry(Sourced):
    """The record that findings were discussed in supervision."""

    required: bool
    by: PartyKey
    with_party: PartyKey
    due: Due | None = None
    every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    "How many days lie between two supervisions, where the council says; 28 where it does not"
    records: tuple[Choice, ...] = ()
    "What the entry says yes or no to, such as that the actions are complete"


class Confirmation(Choice):
    """Something that somebody confirms of every action soon after the audit."""

    by: PartyKey


class ActionReview(Sourced):
    """The form in which one person looks over all actions of an audit while they run."""

    label: Text
    by: PartyKey
    due: Due


class Actions(Sourced):
    """Actions of an audit."""

    default_due: Due
    maximum_due: Due
    owners: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    joint_owners: Annotated[tuple[PartyKey, ...], Field(min_length=2, max_length=2)] | None = None
    "Two who answer together for every action that one of them owns"
    sign_off: SignOff
    tracked_by: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    categories: tuple[Choice, ...] = ()
    evidence_required: bool
    impact_required: bool
    confirmations: tuple[Confirmation, ...] = ()
    "What must be confirmed soon after the audit, such as that the action is on file, and by whom"
    confirmed_within: Due | None = None
    review: ActionReview | None = None
    supervision: SupervisionEntry


class Consequence(Sourced):
    """A rule: when this happens and these conditions hold, do that."""

    key: Key
    label: Text
    when: Occurrence
    conditions: tuple[Condition, ...] = ()
    effects: Annotated[tuple[Effect, ...], Field(min_length=1)]
    stood_down_by_outcome: bool = False
    "Whether what a submission opened is closed again when the final outcome no longer meets the conditions"


class TrendRule(Sourced):
    """A rule over a history of audits."""

    key: Key
    label: Text
    condition: History
    effects: Annotated[tuple[Effect, ...], Field(min_length=1)]


class EscalationStep(Model):
    """Something late reaches the next person."""

    trigger: Literal[
        "audit_overdue", "moderation_overdue", "action_overdue", "concern_overdue", "confirmation_overdue"
    ]
    days: Annotated[int, Field(ge=0, le=365)]
    "Calendar days after the due day"
    to: PartyKey


class Escalation(Sourced):
    """Who hears of lateness, and when."""

    steps: Annotated[tuple[EscalationStep, ...], Field(min_length=1)]
    late_audit_line: Literal["case", "auditor"] = "case"
    "Whose managers the steps of a late audit mean: those around the child, or those of whoever audits"


class ConcernTrigger(Sourced):
    """A circumstance that calls for an urgent concern beside the auditor's own judgement."""

    key: Key
    condition: Condition
    due: Due


class UrgentConcern(Sourced):
    """Urgent concerns: open to every auditor of every council; a council adds its own rules."""

    label: Text
    due: Due
    answered_by: PartyKey
    conversation_first_with: tuple[PartyKey, ...] = ()
    triggers: tuple[ConcernTrigger, ...] = ()
    wider_view: tuple[Choice, ...] = ()
    "What the answer looks at beyond the case"
    discussed_in_supervision: bool = False
    escalates_to: PartyKey
    allegations_to: PartyKey | None = None
    "Who answers a concern about a member of staff, such as the designated officer; else whom it escalates to"
    guidance: Text
    "What the page says; it always adds that this does not replace a referral"


class CaseloadCheck(Sourced):
    """A round in which one manager of each team answers the same questions about every open child of the team."""

    label: Text
    items: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=8)]
    "What is asked of each child, to be answered with yes or no"
    by: PartyKey
    frequency: Literal[Frequency.MONTHLY, Frequency.QUARTERLY]
    due: Due
    statuses: tuple[CaseStatus, ...] = ()
    "Which children; empty: every open case"
    gap_due: Due
    "By when a gap is closed: it becomes an action of the child's worker"
