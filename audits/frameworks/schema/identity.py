"""Who the council is: its names, calendar, roles and services."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from audits.frameworks.base import Key, RoleKey, Sourced, Text
from audits.frameworks.enums import Capability, CaseStatus, Level, NonWorkingDay, Strand


class RecordSystem(Sourced):
    """The system that holds the child's record, which audits are placed on."""

    name: Text


class Review(Sourced):
    """When the framework itself was approved and comes up for review."""

    approved_on: date | None = None
    every_months: Annotated[int, Field(ge=1, le=60)]
    next_on: date | None = None


class Authority(Sourced):
    """The council and its framework, in its own words."""

    code: Key
    name: Text
    directorate: Text
    framework_title: Text
    partnership: Text | None = None
    practice_model: Text | None = None
    practice_prompt: Text | None = None
    "A line of the practice model that stands in the audit form's guidance"
    record_system: RecordSystem
    owner: RoleKey
    review: Review
    strands: tuple[Strand, ...] = ()


class CalendarSettings(Sourced):
    """How the council's dates are counted."""

    timezone: Literal["Europe/London"] = "Europe/London"
    bank_holidays: Literal["england"] = "england"
    due_on_non_working_day: NonWorkingDay
    "For dates that people must keep"
    issue_on_non_working_day: NonWorkingDay
    "For dates on which the product itself sends something"
    financial_year_starts: Annotated[int, Field(ge=1, le=12)] = 4


class Role(Sourced):
    """A post in the framework's own words. `members` makes it a group of other roles."""

    key: Key
    label: Text
    level: Level
    line_rank: Annotated[int, Field(ge=0, le=9)] = 0
    "Place in the line of a case: the team's manager 1, the manager above 2, and so on; 0 outside the line"
    capabilities: tuple[Capability, ...] = ()
    members: tuple[RoleKey, ...] = ()
    aliases: tuple[Text, ...] = ()
    planned: bool = False
    duties: tuple[Text, ...] = ()
    "What the framework asks of the post, in plain words"

    @property
    def external(self) -> bool:
        """Whether holders are outside the council and have no sign-in by right."""
        return self.level is Level.EXTERNAL


class Service(Sourced):
    """A service. `statuses` says which children's statuses fall to it where the case list does not tell."""

    key: Key
    name: Text
    in_audit: bool
    statuses: tuple[CaseStatus, ...] = ()
    planned: bool = False


class Document(Sourced):
    """A document that says what good looks like, opened from the audit form."""

    key: Key
    title: Text
    address: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=500)] | None = None
    "Where the council keeps it, beginning with https:// or http://; None until the council has said"
