"""Reports, forums, the calendar of activities, who may see what, and how long records are kept."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import ForumKey, Key, Model, RoleKey, Sourced, Text
from audits.frameworks.enums import Frequency

ReportKind = Literal["monthly", "quarterly", "case", "dashboard", "later"]


class Forum(Sourced):
    """A meeting, board or outside body that receives reports."""

    key: Key
    label: Text
    frequency: Frequency | None = None
    external: bool = False


class Report(Sourced):
    """A report of the framework. Kind `later` marks one that this release does not make."""

    key: Key
    label: Text
    kind: ReportKind
    frequency: Frequency
    by: tuple[RoleKey, ...] = ()
    to: tuple[ForumKey, ...] = ()
    sections: tuple[Text, ...] = ()
    breakdown: tuple[Literal["service", "team", "domain", "locality"], ...] = ()


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
