"""Due rules: a date from a named moment or from the audit month."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import ConversationKey, Key, Kind
from audits.frameworks.enums import Anchor
from audits.frameworks.vocabulary.wording import Names, count, ordinal
from qaf.lib import calendar

PositiveInt = Annotated[int, Field(ge=1, le=3660)]


class MissingAnchorError(LookupError):
    """A due rule counts from a moment that has not happened yet."""


@dataclass(frozen=True)
class DueFacts:
    """What a due rule may know: any day of the audit month, and when named moments happened (dates in London)."""

    month: date | None = None
    moments: Mapping[str, date | datetime] = field(default_factory=dict)

    def day(self, anchor: str) -> date:
        """The day of a moment. Raises MissingAnchorError where it has not happened."""
        moment = self._moment(anchor)
        return calendar.local_date(moment) if isinstance(moment, datetime) else moment

    def moment(self, anchor: str) -> datetime:
        """The moment itself; a bare date counts from its beginning in London."""
        moment = self._moment(anchor)
        return moment if isinstance(moment, datetime) else datetime.combine(moment, time.min, calendar.LONDON)

    def _moment(self, anchor: str) -> date | datetime:
        if anchor in self.moments:
            return self.moments[anchor]
        if anchor == Anchor.AUDIT_MONTH_END and self.month is not None:
            return calendar.month_end(self.month)
        raise MissingAnchorError(f"there is no date yet for '{anchor}'")

    def audit_month(self, offset: int = 0) -> date:
        """First day of the audit month, or of the one `offset` months from it."""
        if self.month is None:
            raise MissingAnchorError("the rule counts within the audit month, and no month was given")
        return calendar.add_months(calendar.month_start(self.month), offset)


class DueRule(Kind):
    """A rule that gives a day, and where it runs on the clock the moment itself."""

    moves_off_non_working_days: ClassVar[bool] = True
    clock: ClassVar[bool] = False

    def due_on(self, facts: DueFacts) -> date:
        """The last day on which the thing is in time. Raises MissingAnchorError where its moment has not come."""
        raise NotImplementedError(f"this release cannot work out {self.title}")

    def due_at(self, facts: DueFacts) -> datetime:
        """The moment after which the thing is late: the last minute of the due day, or the clock's own moment."""
        return calendar.last_minute_of(self.due_on(facts))

    def in_words(self, names: Names) -> str:
        """The rule as the end of a sentence: "within three weeks of …"."""
        raise NotImplementedError


def _from(anchor: Anchor) -> str:
    return f"the day {anchor.label}"


class After(DueRule):
    """A calendar period after a named moment: exactly one of weeks, months or days."""

    title: ClassVar[str] = "a calendar period after a named moment"
    kind: Literal["after"]
    event: Anchor
    weeks: PositiveInt | None = None
    months: PositiveInt | None = None
    days: PositiveInt | None = None

    def model_post_init(self, context: object, /) -> None:
        if sum(value is not None for value in (self.weeks, self.months, self.days)) != 1:
            raise ValueError("give exactly one of `weeks`, `months` or `days`")

    def due_on(self, facts: DueFacts) -> date:
        start = facts.day(self.event)
        if self.months:
            return calendar.add_months(start, self.months)
        return start + timedelta(days=self.days or 0, weeks=self.weeks or 0)

    def in_words(self, names: Names) -> str:
        period = (
            count(self.weeks, "week")
            if self.weeks
            else count(self.months, "month")
            if self.months
            else count(self.days or 0, "day")
        )
        return f"within {period} of {_from(self.event)}"


class WorkingDays(DueRule):
    """Working days after a named moment; the day of the moment does not count."""

    title: ClassVar[str] = "working days after a named moment"
    kind: Literal["working_days"]
    event: Anchor
    days: PositiveInt

    def due_on(self, facts: DueFacts) -> date:
        return calendar.add_working_days(facts.day(self.event), self.days)

    def in_words(self, names: Names) -> str:
        return f"within {count(self.days, 'working day')} of {_from(self.event)}"


class Hours(DueRule):
    """Clock hours after a named moment: they run through nights and weekends."""

    title: ClassVar[str] = "clock hours after a named moment"
    moves_off_non_working_days: ClassVar[bool] = False
    clock: ClassVar[bool] = True
    kind: Literal["hours"]
    event: Anchor
    hours: Annotated[int, Field(ge=1, le=24 * 31)]

    def due_on(self, facts: DueFacts) -> date:
        return calendar.local_date(self.due_at(facts))

    def due_at(self, facts: DueFacts) -> datetime:
        return calendar.add_hours(facts.moment(self.event), self.hours)

    def in_words(self, names: Names) -> str:
        return f"within {count(self.hours, 'hour')} of the moment {self.event.label}, day or night"


class SameDay(DueRule):
    """Before the day of a named moment ends."""

    title: ClassVar[str] = "the same day"
    moves_off_non_working_days: ClassVar[bool] = False
    kind: Literal["same_day"]
    event: Anchor

    def due_on(self, facts: DueFacts) -> date:
        return facts.day(self.event)

    def in_words(self, names: Names) -> str:
        return f"on the same day that {self.event.label}"


_MONTH_WORDS = {
    -1: "the month before the audit month",
    0: "the audit month",
    1: "the month after the audit month",
}


class DayOfMonth(DueRule):
    """A numbered day of the audit month, or of a month near it; a shorter month's last day stands in."""

    title: ClassVar[str] = "a day of the month"
    kind: Literal["day_of_month"]
    day: Annotated[int, Field(ge=1, le=31)]
    month: Annotated[int, Field(ge=-1, le=1)] = 0

    def due_on(self, facts: DueFacts) -> date:
        first = facts.audit_month(self.month)
        return calendar.day_of_month(first.year, first.month, self.day)

    def in_words(self, names: Names) -> str:
        return f"on the {ordinal(self.day)} of {_MONTH_WORDS[self.month]}"


class WeekOfMonth(DueRule):
    """The first or last day of a week of the month; week n is days 7(n-1)+1 to 7n."""

    title: ClassVar[str] = "a week of the month"
    kind: Literal["week_of_month"]
    week: Annotated[int, Field(ge=1, le=4)]
    edge: Literal["start", "end"]
    month: Annotated[int, Field(ge=-1, le=1)] = 0

    def due_on(self, facts: DueFacts) -> date:
        first = facts.audit_month(self.month)
        start, end = calendar.week_of_month(first.year, first.month, self.week)
        return start if self.edge == "start" else end

    def in_words(self, names: Names) -> str:
        edge = "from the first day" if self.edge == "start" else "by the last day"
        days = f"the {ordinal(7 * self.week - 6)} to the {ordinal(7 * self.week)}"
        return f"{edge} of the {_ORDINAL_WORDS[self.week]} week of {_MONTH_WORDS[self.month]} ({days})"


_ORDINAL_WORDS = {1: "first", 2: "second", 3: "third", 4: "fourth"}


class LastWeekOfPreviousMonth(DueRule):
    """The last seven days of the month before the audit month."""

    title: ClassVar[str] = "the last week of the month before"
    kind: Literal["last_week_of_previous_month"]
    edge: Literal["start", "end"]

    def due_on(self, facts: DueFacts) -> date:
        start, end = calendar.last_week_of_previous_month(facts.audit_month())
        return start if self.edge == "start" else end

    def in_words(self, names: Names) -> str:
        edge = "from the first day" if self.edge == "start" else "by the last day"
        return f"{edge} of the last week of the month before the audit month"


class MonthEnd(DueRule):
    """The last day of the audit month."""

    title: ClassVar[str] = "the end of the month"
    kind: Literal["month_end"]

    def due_on(self, facts: DueFacts) -> date:
        return calendar.month_end(facts.audit_month())

    def in_words(self, names: Names) -> str:
        return "by the end of the audit month"


class QuarterStart(DueRule):
    """Within some days of the start of the quarter after the audit month's."""

    title: ClassVar[str] = "the start of the next quarter"
    kind: Literal["quarter_start"]
    within_days: PositiveInt

    def due_on(self, facts: DueFacts) -> date:
        following = calendar.next_quarter(*calendar.quarter_of(facts.audit_month()))
        return calendar.quarter_bounds(*following)[0] + timedelta(days=self.within_days)

    def in_words(self, names: Names) -> str:
        return f"within {count(self.within_days, 'day')} of the start of the next quarter"


class BeforeStep(DueRule):
    """Before another part of the audit begins.

    The working day before the step, where a day is known for it (the moment `step_…`); else the audit month's end,
    by which every step of the month is over.
    """

    title: ClassVar[str] = "before another step of the audit"
    kind: Literal["before_step"]
    step: ConversationKey

    def due_on(self, facts: DueFacts) -> date:
        name = f"step_{self.step}"
        if name in facts.moments:
            return calendar.previous_working_day(facts.day(name))
        return calendar.month_end(facts.audit_month())

    def in_words(self, names: Names) -> str:
        return f"before {names.conversation(self.step)}"


class NextOccasion(DueRule):
    """At the next occasion of something that has no date of its own, such as supervision.

    Whoever works out the day knows when it comes next: the moment `next_…`.
    """

    title: ClassVar[str] = "the next occasion"
    kind: Literal["next_occasion"]
    occasion: Key

    def due_on(self, facts: DueFacts) -> date:
        return facts.day(f"next_{self.occasion}")

    def in_words(self, names: Names) -> str:
        return f"at the next {self.occasion.replace('_', ' ')}"


Due = Annotated[
    After
    | WorkingDays
    | Hours
    | SameDay
    | DayOfMonth
    | WeekOfMonth
    | LastWeekOfPreviousMonth
    | MonthEnd
    | QuarterStart
    | BeforeStep
    | NextOccasion,
    Field(discriminator="kind"),
]
"""Any due rule."""

__all__ = ["Due", "DueFacts", "DueRule", "MissingAnchorError"]
