"""The months that a report or a dashboard covers. A month is the cohort of audits allocated for it.

A period is written ``2026-09``, ``2026-Q3``, or for six weeks by its first day, ``2026-08-31``.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qaf.lib import calendar
from qaf.ui import words
from reporting.enums import ReportKind

SIX_WEEKS = timedelta(weeks=6)
FIRST_MONDAY = date(2024, 1, 1)
"""From when periods of six weeks are counted: a Monday, the same for every council."""


@dataclass(frozen=True)
class Period:
    """Some whole months; ``label`` is as typed, ``title`` in words."""

    label: str
    title: str
    starts: date
    ends: date

    @property
    def before(self) -> tuple[date, date]:
        """The months of the same number before it."""
        months = calendar.whole_months_between(self.starts, self.ends + calendar.ONE_DAY)
        return calendar.add_months(self.starts, -months), self.starts - calendar.ONE_DAY

    @property
    def year(self) -> date:
        """The first day of the twelve months that end with it."""
        return calendar.add_months(calendar.month_start(self.ends), -11)


def parse(kind: str, label: str) -> Period:
    """Return the period of a report: ``2026-Q3`` for a quarterly one, ``2026-09`` for a monthly one.

    Kinds whose frequency is the framework's take whichever it is written as. Raises ``ValueError`` in words for
    anything else.
    """
    if kind not in ReportKind.values:
        raise ValueError(f"'{kind}' is not a report; choose {' or '.join(ReportKind.values)}")
    shape = kind if kind in (ReportKind.MONTHLY, ReportKind.QUARTERLY) else _shape(label)
    if shape == "six_weekly":
        return six_weeks(label)
    if shape == ReportKind.QUARTERLY:
        year, quarter = calendar.parse_quarter(label)
        starts, ends = calendar.quarter_bounds(year, quarter)
        return Period(
            calendar.quarter_label(year, quarter), calendar.quarter_title(year, quarter), starts, ends
        )
    try:
        starts = datetime.strptime(label, "%Y-%m").date()  # noqa: DTZ007 — a month has no time zone
    except ValueError as error:
        raise ValueError(f"'{label}' is not a month; write it as 2026-09") from error
    return Period(f"{starts:%Y-%m}", words.month(starts), starts, calendar.month_end(starts))


def _shape(label: str) -> str:
    if "q" in label.lower():
        return ReportKind.QUARTERLY
    return "six_weekly" if label.count("-") == 2 else ReportKind.MONTHLY


def six_weeks(label: str) -> Period:
    """Return six weeks by their first day. Raises ``ValueError`` where none begin then."""
    try:
        starts = date.fromisoformat(label)
    except ValueError as error:
        raise ValueError(f"'{label}' is not a day; write it as 2026-08-31") from error
    if (starts - FIRST_MONDAY).days % SIX_WEEKS.days:
        nearest = six_weeks_of(starts).starts
        raise ValueError(f"No six weeks begin on {label}; the nearest begin on {nearest}")
    ends = starts + SIX_WEEKS - calendar.ONE_DAY
    title = f"{words.short_date(starts)} to {words.short_date(ends)}"
    return Period(starts.isoformat(), title, starts, ends)


def six_weeks_of(day: date) -> Period:
    """Return the six weeks that hold a day."""
    starts = day - timedelta(days=(day - FIRST_MONDAY).days % SIX_WEEKS.days)
    return six_weeks(starts.isoformat())


def last_ended(frequency: str, today: date) -> Period:
    """Return the newest period of a frequency that is over."""
    if frequency == "six_weekly":
        return six_weeks_of(six_weeks_of(today).starts - calendar.ONE_DAY)
    before = calendar.month_start(today) - calendar.ONE_DAY
    if frequency == "monthly":
        return parse(ReportKind.MONTHLY, f"{before:%Y-%m}")
    year, quarter = calendar.quarter_of(today)
    year, quarter = (year - 1, 4) if quarter == 1 else (year, quarter - 1)
    return parse(ReportKind.QUARTERLY, calendar.quarter_label(year, quarter))


def present(frequency: str, today: date) -> Period:
    """Return the period of a frequency that is still running."""
    if frequency == "six_weekly":
        return six_weeks_of(today)
    if frequency == "monthly":
        return parse(ReportKind.MONTHLY, f"{today:%Y-%m}")
    return parse(ReportKind.QUARTERLY, calendar.quarter_label(*calendar.quarter_of(today)))


def last_months(count: int, today: date) -> Period:
    """Return so many months, the present one last."""
    starts = calendar.add_months(calendar.month_start(today), 1 - count)
    title = words.month(starts) if count == 1 else f"{words.month(starts)} to {words.month(today)}"
    return Period(f"m{count}", title, starts, calendar.month_end(today))


def choices(kind: str, today: date) -> list[tuple[str, str]]:
    """Return the periods that a report can be made for, the newest first."""
    if kind == ReportKind.MONTHLY:
        months = [calendar.add_months(calendar.month_start(today), -back) for back in range(13)]
        return [(f"{month:%Y-%m}", words.month(month)) for month in months]
    found, (year, quarter) = [], calendar.quarter_of(today)
    for _ in range(6):
        found.append((calendar.quarter_label(year, quarter), calendar.quarter_title(year, quarter)))
        year, quarter = (year - 1, 4) if quarter == 1 else (year, quarter - 1)
    return found
