"""What follows an audit: actions, consequences, patterns, escalation and urgent concerns."""

from typing import Annotated, Literal

from pydantic import Field

from audits.frameworks.base import Choice, Key, Model, PartyKey, Sourced, Text
from audits.frameworks.enums import Occurrence
from audits.frameworks.vocabulary import Condition, Due, Effect, History


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
    records: tuple[Choice, ...] = ()


class Actions(Sourced):
    """Actions of an audit."""

    default_due: Due
    maximum_due: Due
    owners: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    sign_off: SignOff
    tracked_by: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    categories: tuple[Choice, ...] = ()
    evidence_required: bool
    impact_required: bool
    confirmations: tuple[Choice, ...] = ()
    "What must be confirmed soon after the audit, such as that the action is on file"
    confirmed_within: Due | None = None
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
    guidance: Text
    "What the page says; it always adds that this does not replace a referral"
