"""England's working calendar: working days, weeks of the month, quarters and clock hours.

Everything here is pure. Dates are calendar dates in Europe/London; date-times must be aware. A working day is a
Monday to Friday that is not a bank holiday in England (one-off bank holidays included).
"""

import calendar as _calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)

_QUARTER_MONTHS = {
    1: "January to March",
    2: "April to June",
    3: "July to September",
    4: "October to December",
}


# Working days -------------------------------------------------------------------------------------------------------


@cache
def _bank_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=[year]))


def bank_holiday(day: date) -> str | None:
    """The name of England's bank holiday on that day, or None."""
    return _bank_holidays(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Whether the day is a Monday to Friday and no bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def working_day_on_or_after(day: date) -> date:
    """The day itself where it is a working day, else the first working day after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def working_day_on_or_before(day: date) -> date:
    """The day itself where it is a working day, else the last working day before it."""
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def next_working_day(day: date) -> date:
    """The first working day strictly after the day."""
    return working_day_on_or_after(day + ONE_DAY)


def previous_working_day(day: date) -> date:
    """The last working day strictly before the day."""
    return working_day_on_or_before(day - ONE_DAY)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after the day; before it where `count` is negative; the day itself for 0.

    The day itself never counts, so "within five working days of Friday" ends on the Friday after.
    """
    step = next_working_day if count > 0 else previous_working_day
    for _ in range(abs(count)):
        day = step(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start` up to and including `end`; negative where `end` comes first."""
    if end < start:
        return -working_days_between(end, start)
    whole_weeks, rest = divmod((end - start).days, 7)
    weekdays = whole_weeks * 5 + sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))
    return weekdays - sum(1 for day in _holidays_on_weekdays(start, end))


def _holidays_on_weekdays(start: date, end: date) -> Iterator[date]:
    for year in range(start.year, end.year + 1):
        for day in _bank_holidays(year):
            if start < day <= end and day.weekday() < 5:
                yield day


def working_days_left(due: date, today: date) -> int:
    """Working days left until the due day: 0 on the day itself, negative once it has passed."""
    return working_days_between(today, due)


# Months -------------------------------------------------------------------------------------------------------------


def month_start(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=_calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day `months` later; in a shorter month its last day (31 January -> 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def week_of_month(year: int, month: int, n: int) -> tuple[date, date]:
    """First and last day of week `n` of the month: days 7(n-1)+1 to 7n, the fifth ending with the month.

    Raises ValueError for a week the month does not have (the fifth of a February with 28 days).
    """
    last = _calendar.monthrange(year, month)[1]
    first = 7 * (n - 1) + 1
    if not 1 <= n <= 5 or first > last:
        raise ValueError(f"{year}-{month:02d} has no week {n}")
    return date(year, month, first), date(year, month, min(7 * n, last))


def last_week_of_previous_month(day: date) -> tuple[date, date]:
    """The last seven days of the month before the day's month."""
    end = month_start(day) - ONE_DAY
    return end - timedelta(days=6), end


def day_of_month(year: int, month: int, day: int) -> date:
    """That day of the month, or the month's last day where it is shorter."""
    return date(year, month, min(day, _calendar.monthrange(year, month)[1]))


def whole_months_between(start: date, end: date) -> int:
    """How many whole months have passed from `start` to `end` (negative where `end` comes first)."""
    if end < start:
        return -whole_months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def age_on(year_of_birth: int, month_of_birth: int, day: date) -> int:
    """Age in whole years from year and month of birth; the birthday counts from the first of its month."""
    return day.year - year_of_birth - (day.month < month_of_birth)


# Quarters -----------------------------------------------------------------------------------------------------------


def quarter_of(day: date) -> tuple[int, int]:
    """Calendar year and quarter (1 to 4) of the day."""
    return day.year, (day.month - 1) // 3 + 1


def quarter_bounds(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a calendar quarter."""
    if not 1 <= quarter <= 4:
        raise ValueError(f"there is no quarter {quarter}")
    start = date(year, 3 * quarter - 2, 1)
    return start, month_end(add_months(start, 2))


def next_quarter(year: int, quarter: int) -> tuple[int, int]:
    """The quarter after this one."""
    return (year + 1, 1) if quarter == 4 else (year, quarter + 1)


def quarter_label(year: int, quarter: int) -> str:
    """The quarter's short name, as typed in commands and addresses: `2026-Q3`."""
    quarter_bounds(year, quarter)
    return f"{year}-Q{quarter}"


def quarter_title(year: int, quarter: int) -> str:
    """The quarter in words: "July to September 2026"."""
    return f"{_QUARTER_MONTHS[quarter]} {year}"


def parse_quarter(label: str) -> tuple[int, int]:
    """Year and quarter of a label such as `2026-Q3`. Raises ValueError in words for anything else."""
    year, sep, quarter = label.strip().upper().partition("-Q")
    if not (sep and year.isdecimal() and len(year) == 4 and quarter in {"1", "2", "3", "4"}):
        raise ValueError(f"'{label}' is not a quarter; write it as 2026-Q3")
    return int(year), int(quarter)


# Clocks -------------------------------------------------------------------------------------------------------------


def to_london(moment: datetime) -> datetime:
    """The moment on London's clock. Raises ValueError for a naive date-time."""
    if moment.tzinfo is None:
        raise ValueError("a date-time without a time zone has no place on the clock")
    return moment.astimezone(LONDON)


def local_date(moment: datetime) -> date:
    """The date in London at that moment."""
    return to_london(moment).date()


def local_midnight(day: date) -> datetime:
    """The moment the day begins in London."""
    return datetime.combine(day, time.min, tzinfo=LONDON)


def end_of_local_day(day: date) -> datetime:
    """The moment the day ends in London, which is the moment the next one begins."""
    return local_midnight(day + ONE_DAY)


def last_minute_of(day: date) -> datetime:
    """A minute before the day ends in London: said as a time, it is still that day."""
    return end_of_local_day(day) - timedelta(minutes=1)


def add_hours(moment: datetime, hours: float) -> datetime:
    """The moment that many clock hours later: time that truly passes, across a change of the clocks too."""
    return to_london(to_london(moment).astimezone(UTC) + timedelta(hours=hours))


def hours_between(start: datetime, end: datetime) -> float:
    """Clock hours that truly pass from `start` to `end`."""
    return (to_london(end).astimezone(UTC) - to_london(start).astimezone(UTC)).total_seconds() / 3600
