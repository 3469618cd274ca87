"""When and how audits are moderated, and what happens when people disagree."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import (
    ConversationKey,
    ForumKey,
    Key,
    Kind,
    Model,
    PartyKey,
    RoleKey,
    Sourced,
    Text,
)
from audits.frameworks.vocabulary import Due, Eligibility, Selection
from audits.frameworks.vocabulary.selection import EvaluatedAt
from audits.frameworks.vocabulary.wording import Names, count, join


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
    kind: Literal["consensus_else_dispute"]
    participants: Annotated[tuple[PartyKey, ...], Field(min_length=2)]

    def in_words(self, names: Names) -> str:
        """How it is decided."""
        people = join(names.party(party) for party in self.participants)
        return f"{people} discuss the audit; the moderator and the auditor agree, or a dispute opens"


class Panel(Kind):
    """A panel decides; its members depend on why the audit is moderated."""

    title: ClassVar[str] = "a panel"
    kind: Literal["panel"]
    standing: Annotated[tuple[RoleKey, ...], Field(min_length=1)]
    invited: tuple[RoleKey, ...] = ()
    "Roles whose holders may be asked to join, for what they know or because the chair selects them"
    quorum: Annotated[int, Field(ge=1, le=20)]
    tie_decided_by: RoleKey

    def in_words(self, names: Names) -> str:
        """How it is decided."""
        members = join(names.role(role) for role in self.standing)
        text = f"a panel of {members} decides, at least {count(self.quorum, 'member')} giving their view"
        if self.invited:
            text += f"; {join((names.role(role) for role in self.invited), 'or')} may be asked to join"
        return f"{text}; where they are divided, the {names.role(self.tie_decided_by)} decides"


class FeedbackTo(Model):
    """One group or board that hears what a session found, and the people in the product who are told."""

    forum: ForumKey
    tell: tuple[PartyKey, ...] = ()


class ConsistencySession(Kind):
    """A session compares finished audits; disagreement climbs a ladder."""

    title: ClassVar[str] = "a consistency session"
    kind: Literal["consistency_session"]
    led_by: RoleKey
    feedback_due: Due
    feedback_to: tuple[FeedbackTo, ...] = ()
    "Who hears it: the group of auditors, a board"
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
    decision: DecisionMode | None = None
    "How audits selected for this reason alone are decided, where it differs"
    due: Due | None = None
    "By when audits selected for this reason alone are decided, where it differs"


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
    "Who receives the finished moderation, beside the auditor"
    tell: tuple[PartyKey, ...] = ()
    "Who else hears that audit and moderation are finished"
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
    chosen_by_raiser: bool = False
    "Whether whoever raises the matter chooses which of those who settle it to ask"


class Dispute(Sourced):
    """A kind of disagreement, and the ladder it climbs. `allowed: false` says that there is none."""

    key: Key
    label: Text
    about: Literal["grade", "conduct", "practice"]
    allowed: bool = True
    raised_by: tuple[PartyKey, ...] = ()
    grounds: tuple[Text, ...] = ()
    steps: tuple[LadderStep, ...] = ()
    meanwhile: Literal["grade_stands", "grade_marked_disputed", "not_about_a_grade", "moderation_decides"]
    polarity: tuple[Literal["challenge", "acknowledgement"], ...] = ("challenge",)

    @property
    def has_ladder(self) -> bool:
        """Whether it climbs steps of its own, rather than ending at once or being decided by moderation."""
        return self.allowed and bool(self.steps)
