"""Reports, forums, the calendar of activities, who may see what, and how long records are kept."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from audits.frameworks.base import ForumKey, Key, Model, PartyKey, RoleKey, Sourced, Text
from audits.frameworks.enums import Frequency
from audits.frameworks.vocabulary import Due

ReportKind = Literal[
    "monthly",
    "quarterly",
    "evaluation",
    "case_paper",
    "themes",
    "scorecard",
    "snapshot",
    "case",
    "dashboard",
    "later",
]
FROZEN_KINDS = ("monthly", "quarterly", "evaluation", "case_paper", "themes", "scorecard", "snapshot")
"""Kinds that are counted for a period and kept; each needs its day."""
PERIODS = ("monthly", "quarterly", "six_weekly")
"""The frequencies of a report that is kept."""
Shows = Literal[
    "glance",
    "programme",
    "grades",
    "movement",
    "consistency",
    "themes",
    "findings",
    "themed",
    "actions",
    "inadequate",
    "families",
    "meaning",
    "evaluation",
    "chosen_cases",
    "sessions",
    "plan",
    "audit_area",
    "supervision_area",
]
"""What the product can count or collect for a section of a report."""


class Forum(Sourced):
    """A meeting, board or outside body that receives reports, or the session in which a month is learned from."""

    key: Key
    label: Text
    frequency: Frequency | None = None
    external: bool = False
    members: tuple[RoleKey, ...] = ()
    "Roles that sit in it: reports for the forum are sent to those who hold them"
    purpose: Literal["learning", "figures"] | None = None
    "`learning`: a session about the month's audits; `figures`: audit figures discussed with managers"
    invites: tuple[PartyKey, ...] = ()
    "Who of each audit is invited to a learning session"


class ReportSection(Model):
    """One section of a report: figures or collected words that it shows, a text that somebody writes, or both."""

    title: Text
    key: Key | None = None
    "Needed where somebody writes the section: the text is kept under it"
    shows: tuple[Shows, ...] = ()
    written: bool = False
    required: bool = False
    "Whether the report can be made without the text"
    prompt: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        """A section may be its title alone: the document's word for something that is not made here."""
        return {"title": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if self.written and not self.key:
            raise ValueError("a section that is written needs a `key`")
        return self


class Report(Sourced):
    """A report of the framework. Kind `later` marks one that this release does not make."""

    key: Key
    label: Text
    kind: ReportKind
    frequency: Frequency
    per: Literal["authority", "service", "auditor", "theme"] = "authority"
    "Whose audits it is about: each service's, each auditor's own, or those of each themed programme"
    by: tuple[RoleKey, ...] = ()
    to: tuple[ForumKey, ...] = ()
    due: Due | None = None
    "By when it is made, counted from the end of its period"
    cases: Annotated[int, Field(ge=1, le=50)] | None = None
    "How many audits are chosen for a paper of cases"
    sections: tuple[ReportSection, ...] = ()
    breakdown: tuple[Literal["service", "team", "domain", "locality"], ...] = ()

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        if self.kind not in FROZEN_KINDS:
            return self
        if self.frequency not in PERIODS:
            raise ValueError(f"a report of this kind is made {' or '.join(PERIODS)}")
        if self.due is None:
            raise ValueError("needs `due`: by when it is made after its period has ended")
        if (self.per != "authority") != (self.kind == "themes"):
            raise ValueError("`per` belongs to a report of kind `themes`, which needs it")
        return self

    @property
    def written(self) -> tuple[ReportSection, ...]:
        """The sections that somebody writes."""
        return tuple(section for section in self.sections if section.written)

    @property
    def made(self) -> tuple[ReportSection, ...]:
        """The sections that stand in the report as it is made here."""
        return tuple(section for section in self.sections if section.written or section.shows)


class Activity(Sourced):
    """One line of the council's quality assurance calendar."""

    implemented: ClassVar[bool] = False
    blocks_cycle: ClassVar[bool] = False

    label: Text
    responsible: tuple[ForumKey, ...] = ()
    frequency: Frequency
    reports_to: tuple[ForumKey, ...] = ()
    about: Text | None = None


class Visibility(Model):
    """Who sees the figures of one level."""

    level: Literal["practitioner", "team", "service", "authority"]
    roles: tuple[RoleKey, ...]
    own: bool = False
    "Whether those concerned see their own"


class Tracking(Sourced):
    """Levels at which outcomes are followed, and who sees which."""

    measures: tuple[Literal["overall", "domain"], ...]
    visible: Annotated[tuple[Visibility, ...], Field(min_length=1)]

    def sees(self, level: str) -> Visibility | None:
        """Who sees the figures of a level; None where the council does not follow it."""
        return next((entry for entry in self.visible if entry.level == level), None)


class Retention(Sourced):
    """How long records are kept, in months from the last event."""

    never_sampled_months: Annotated[int, Field(ge=1, le=120)]
    "Children never sampled are deleted so long after they left the case list"
    audits_months: Annotated[int, Field(ge=12, le=1200)]
    uploads_days: Annotated[int, Field(ge=0, le=90)]


class NotUsed(Sourced):
    """A mechanism the council's document does not have, said so that nobody looks for it."""

    mechanism: Text
