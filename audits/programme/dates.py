"""From a framework to the dates of a calendar. Pure: no table, no clock.

A month is named by its first day, its period is written ``2026-10``; a quarter's ``2026-Q4``. All dates are days in
England. A day that people must keep and a day on which the product does something move off weekends and bank
holidays as the framework says, each by its own rule.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary import DueRule
from audits.frameworks.vocabulary.dues import MissingAnchorError
from audits.programme.enums import OccurrenceKind
from qaf.lib import calendar

Moved = Mapping[tuple[str, str], date]
"""Days that somebody chose, by kind and period."""
FrameworkOn = Callable[[date], tuple[Framework, date] | None]
"""The framework in force on a day, with the day from which it is; ``None`` where none is."""


@dataclass(frozen=True, order=True)
class Planned:
    """One date as the framework gives it."""

    on: date
    kind: OccurrenceKind
    period: str


def month_label(month: date) -> str:
    """Return a month's period."""
    return f"{month:%Y-%m}"


def month_of(period: str) -> date:
    """Return the first day of a month's or a quarter's period."""
    if "Q" in period:
        return calendar.quarter_bounds(*calendar.parse_quarter(period))[0]
    return date.fromisoformat(f"{period}-01")


def period_in_words(period: str) -> str:
    """Return a month's or a quarter's period as people say it."""
    if "Q" in period:
        return calendar.quarter_title(*calendar.parse_quarter(period))
    return f"{month_of(period):%B %Y}"


def month_dates(framework: Framework, month: date, moved: Moved) -> Iterator[Planned]:
    """Yield the dates of one month; those that hang on a moved one follow it.

    A date that counts from what only an audit knows, and one that this release cannot work out, is left out.
    """
    month, period = calendar.month_start(month), month_label(month)
    moments: dict[str, date] = {}

    def plan(
        kind: OccurrenceKind, reckon: Callable[..., date], rule: DueRule, *names: str
    ) -> Iterator[Planned]:
        try:
            day = reckon(rule, month=month, **moments)
        except (MissingAnchorError, NotImplementedError):
            return
        moments.update(dict.fromkeys(names, moved.get((kind, period), day)))
        yield Planned(day, kind, period)

    listed = framework.list_on(month)
    if listed is not None:
        yield Planned(listed, OccurrenceKind.CASE_LIST, period)
    yield from plan(
        OccurrenceKind.ALLOCATION, framework.issued_on, framework.allocation.issued_on, "allocation"
    )
    last = _last_submission(framework, month, moments)
    if last is not None:
        day = moved.get((OccurrenceKind.SUBMISSION, period), last)
        moments |= {"audit_submitted": day, "audit_completed": day, "moderation_opened": day}
        yield Planned(last, OccurrenceKind.SUBMISSION, period)
    yield from plan(
        OccurrenceKind.MODERATION_OPENS,
        framework.issued_on,
        framework.moderation.allocate,
        "moderation_opened",
    )
    yield from plan(OccurrenceKind.MODERATION_ENDS, framework.due_on, framework.moderation.due)
    end = calendar.month_end(month)
    yield Planned(end, OccurrenceKind.MONTH_END, period)
    yield from _reports(framework, "monthly", OccurrenceKind.MONTHLY_BRIEFING, period, end)


def _last_submission(framework: Framework, month: date, moments: Mapping[str, date]) -> date | None:
    days = []
    for slot in framework.grading_slots:
        try:
            days.append(framework.due_on(slot.due, month=month, **moments))
        except (MissingAnchorError, NotImplementedError):
            continue
    return max(days, default=None)


def quarter_dates(framework: Framework, year: int, quarter: int) -> Iterator[Planned]:
    """Yield the dates of one calendar quarter."""
    period, (_, end) = calendar.quarter_label(year, quarter), calendar.quarter_bounds(year, quarter)
    yield Planned(end, OccurrenceKind.QUARTER_END, period)
    yield from _reports(framework, "quarterly", OccurrenceKind.QUARTERLY_REPORT, period, end)


def _reports(
    framework: Framework, kind: str, occurrence: OccurrenceKind, period: str, end: date
) -> Iterator[Planned]:
    """Yield the day on which the framework wants the report of a period that ends on ``end``."""
    days = [
        framework.due_on(report.due, month=end, period_end=end)
        for report in framework.reports
        if report.kind == kind and report.due
    ]
    if days:
        yield Planned(min(days), occurrence, period)


def review_dates(framework: Framework, in_force_from: date, starts: date, ends: date) -> Iterator[Planned]:
    """Yield the days between ``starts`` and ``ends`` on which the framework itself comes up for review.

    They repeat from the day that the framework prints, else from its approval, else from the day it came into force.
    """
    review = framework.authority.review
    first = review.next_on or calendar.add_months(review.approved_on or in_force_from, review.every_months)
    times = max(0, calendar.whole_months_between(first, starts) // review.every_months)
    while (day := calendar.add_months(first, times * review.every_months)) <= ends:
        times += 1
        if day >= starts:
            on = calendar.working_day_on_or_before(day)
            yield Planned(on, OccurrenceKind.FRAMEWORK_REVIEW, month_label(day))


def year_dates(
    framework_on: FrameworkOn, *, starts: date, ends: date, moved: Moved | None = None
) -> list[Planned]:
    """Return every date from ``starts`` to ``ends`` in order.

    A month follows the framework in force on its first day, or the one that begins within it.
    """
    moved = moved or {}
    found: list[Planned] = []
    month = calendar.add_months(calendar.month_start(starts), -1)
    while month <= ends:
        in_force = framework_on(month) or framework_on(calendar.month_end(month))
        if in_force is not None:
            framework, since = in_force
            found += [one for one in month_dates(framework, month, moved) if one.on >= since]
            year, quarter = calendar.quarter_of(month)
            if month.month % 3 == 0:
                found += [one for one in quarter_dates(framework, year, quarter) if one.on >= since]
        month = calendar.add_months(month, 1)
    if (newest := framework_on(ends)) is not None:
        found += review_dates(*newest, max(starts, newest[1]), ends)
    # The month before reaches into the first one: moderation may end and its report be due there.
    day_of = {(one.kind, one.period): moved.get((one.kind, one.period), one.on) for one in found}
    return sorted(one for one in found if starts <= day_of[one.kind, one.period] <= ends)
