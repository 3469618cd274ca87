"""The months that a report or a dashboard covers. A month is the cohort of audits allocated for it."""

from dataclasses import dataclass
from datetime import date, datetime

from qaf.lib import calendar
from qaf.ui import words
from reporting.enums import ReportKind


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

    Raises ``ValueError`` in words for anything else.
    """
    if kind == ReportKind.QUARTERLY:
        year, quarter = calendar.parse_quarter(label)
        starts, ends = calendar.quarter_bounds(year, quarter)
        return Period(
            calendar.quarter_label(year, quarter), calendar.quarter_title(year, quarter), starts, ends
        )
    if kind == ReportKind.MONTHLY:
        try:
            starts = datetime.strptime(label, "%Y-%m").date()  # noqa: DTZ007 — a month has no time zone
        except ValueError as error:
            raise ValueError(f"'{label}' is not a month; write it as 2026-09") from error
        return Period(f"{starts:%Y-%m}", words.month(starts), starts, calendar.month_end(starts))
    raise ValueError(f"'{kind}' is not a report; choose {' or '.join(ReportKind.values)}")


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
