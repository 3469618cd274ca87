"""When and how audits are moderated, and what happens when people disagree."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import ConversationKey, Key, Kind, PartyKey, RoleKey, Sourced, Text
from audits.frameworks.vocabulary import Due, Eligibility, Selection
from audits.frameworks.vocabulary.selection import EvaluatedAt
from audits.frameworks.vocabulary.wording import Names, join


class Selector(Sourced):
    """One reason for moderating, and when it is looked at."""

    key: Key
    label: Text
    "The reason in a few words, as it stands beside a moderated audit"
    rule: Selection
    evaluated: EvaluatedAt
    mandatory: bool = True
    adds: tuple[RoleKey, ...] = ()
    "Roles that join the decision when an audit is selected for this reason"


class SingleDecider(Kind):
    """One moderator decides, and their decision binds."""

    title: ClassVar[str] = "one moderator who decides"
    kind: Literal["single_decider"]

    def in_words(self, names: Names) -> str:
        """How it is decided."""
        return "one moderator decides and their decision binds"


class ConsensusElseDispute(Kind):
    """Moderator and auditor agree, or a dispute opens."""

    title: ClassVar[str] = "a facilitated discussion that ends in agreement or a dispute"
    implemented: ClassVar[bool] = False
    kind: Literal["consensus_else_dispute"]
    participants: Annotated[tuple[PartyKey, ...], Field(min_length=2)]

    def in_words(self, names: Names) -> str:
        """How it is decided."""
        people = join(names.party(party) for party in self.participants)
        return f"{people} discuss the audit; the moderator and the auditor agree, or a dispute opens"


class Panel(Kind):
    """A panel decides; its members depend on why the audit is moderated."""

    title: ClassVar[str] = "a panel"
    implemented: ClassVar[bool] = False
    kind: Literal["panel"]
    standing: Annotated[tuple[RoleKey, ...], Field(min_length=1)]
    invited: tuple[RoleKey, ...] = ()
    quorum: Annotated[int, Field(ge=1, le=20)]
    tie_decided_by: RoleKey

    def in_words(self, names: Names) -> str:
        """How it is decided."""
        members = join(names.role(role) for role in self.standing)
        return f"a panel of {members} decides; where they are divided, the {names.role(self.tie_decided_by)} does"


class ConsistencySession(Kind):
    """A session compares finished audits; disagreement climbs a ladder."""

    title: ClassVar[str] = "a consistency session"
    implemented: ClassVar[bool] = False
    kind: Literal["consistency_session"]
    led_by: RoleKey
    feedback_due: Due
    settled_by: tuple[RoleKey, ...]

    def in_words(self, names: Names) -> str:
        """How it is decided."""
        ladder = join((names.role(role) for role in self.settled_by), "then")
        return (
            f"a session led by the {names.role(self.led_by)} looks at how consistently audits are graded and gives "
            f"feedback {self.feedback_due.in_words(names)}; disagreement is settled by the {ladder}"
        )


DecisionMode = Annotated[
    SingleDecider | ConsensusElseDispute | Panel | ConsistencySession, Field(discriminator="kind")
]


class Moderation(Sourced):
    """Moderation of the month's audits."""

    selectors: Annotated[tuple[Selector, ...], Field(min_length=1)]
    moderators: Eligibility
    decision: DecisionMode
    allocate: Due
    due: Due
    conversation: ConversationKey | None = None
    decides: tuple[Literal["overall", "disputed_domains", "all_domains", "action_plan", "standards_met"], ...]
    returns_to: RoleKey
    effort_hours: Annotated[float, Field(gt=0, le=40)]
    "Expected hours of work for one moderation, for the forecast"
    expected_share: Annotated[float, Field(ge=0, le=1)]
    "Share of audits expected to be moderated until the council has a history of its own"


class LadderStep(Sourced):
    """One step of a dispute: who settles it, within what time."""

    name: Text
    decided_by: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    due: Due | None = None
    final: bool = False
    "Whether the step settles the matter; the last step must"


class Dispute(Sourced):
    """A kind of disagreement, and the ladder it climbs. `allowed: false` says that there is none."""

    implemented: ClassVar[bool] = False
    blocks_cycle: ClassVar[bool] = False

    key: Key
    label: Text
    about: Literal["grade", "conduct", "practice"]
    allowed: bool = True
    raised_by: tuple[PartyKey, ...] = ()
    grounds: tuple[Text, ...] = ()
    steps: tuple[LadderStep, ...] = ()
    meanwhile: Literal["grade_stands", "grade_marked_disputed", "not_about_a_grade", "moderation_decides"]
    polarity: tuple[Literal["challenge", "acknowledgement"], ...] = ("challenge",)
