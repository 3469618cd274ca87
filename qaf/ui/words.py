"""How dates, counts and shares are worded everywhere: pages, e-mails, PDF and spreadsheets."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from qaf.lib import clock
from qaf.lib.calendar import working_days_left

TOO_FEW = 5


def _day(value: date) -> date:
    if isinstance(value, datetime):
        return value.astimezone(clock.LONDON).date() if value.tzinfo else value.date()
    return value


def long_date(value: date) -> str:
    """Return "Thursday 3 December 2026"; an instant is first taken to England."""
    day = _day(value)
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def short_date(value: date) -> str:
    """Return "3 Dec 2026", for tables only."""
    day = _day(value)
    return f"{day.day} {day:%b} {day.year}"


def month(value: date) -> str:
    """Return "December 2026"."""
    day = _day(value)
    return f"{day:%B} {day.year}"


def time_of_day(value: datetime) -> str:
    """Return "2:03pm", or "midday" and "midnight"."""
    local = value.astimezone(clock.LONDON) if value.tzinfo else value
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    return f"{local.hour % 12 or 12}:{local:%M}{'pm' if local.hour >= 12 else 'am'}"


def date_time(value: datetime) -> str:
    """Return "Thursday 3 December 2026 at 2:03pm", in England's time."""
    return f"{long_date(value)} at {time_of_day(value)}"


def plural(count: int, one: str, many: str = "") -> str:
    """Return the count with its noun: "1 case", "3 cases", "1,204 cases"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def days_left(due: date) -> int:
    """Return the working days from today until ``due``: 0 today, negative once it has passed."""
    due, today = _day(due), clock.today()
    left = working_days_left(due, today)
    # A due day at the weekend has passed on Sunday although no working day has gone by.
    return -1 if left == 0 and due < today else left


def due_text(due: date) -> str:
    """Return "due in 3 working days", "due today" or "2 working days late".

    Until a working day has gone by the days themselves are counted: on Saturday Friday's work is "1 day late".
    """
    left = days_left(due)
    if left < 0:
        working = -working_days_left(_day(due), clock.today())
        since = (clock.today() - _day(due)).days
        return f"{plural(working, 'working day') if working else plural(since, 'day')} late"
    if _day(due) == clock.today():
        return "due today"
    if left == 0:
        return "due before the next working day"
    return f"due in {plural(left, 'working day')}"


def percent(part: int, whole: int) -> int:
    """Return the share in whole per cent, halves rounded up; ``whole`` must be above zero."""
    return int((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1), ROUND_HALF_UP))


def percent_n(part: int, whole: int) -> str:
    """Return "62% (13 of 21)"; "3 of 4" where fewer than five were counted; "none" of nothing."""
    if not whole:
        return "none"
    if whole < TOO_FEW:
        return f"{part:,} of {whole:,}"
    return f"{percent(part, whole)}% ({part:,} of {whole:,})"
