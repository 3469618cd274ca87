"""Daily work; each piece asks what is due and not yet done."""

from moderation.services import (
    allocate_waiting,
    by_calendar,  # noqa: F401 — what is done when a date of the calendar comes
    remind_late,
)
from moderation.services.disputes import take_on_overdue
from moderation.services.drawing import draw_ended_months, draw_ended_quarter
from moderation.services.naming import name_missing
from qaf.jobs.services import daily


@daily
def draw() -> None:
    """Name moderators of running months; choose what is moderated of the months and the quarter that have ended."""
    name_missing()
    draw_ended_months()
    draw_ended_quarter()


@daily
def give_out() -> None:
    """Give moderators what their week has brought."""
    allocate_waiting()


@daily
def take_on() -> None:
    """Take disagreements that nobody settled in time to the next step."""
    take_on_overdue()


@daily
def remind() -> None:
    """Remind of decisions that are late, and of disagreements to settle."""
    remind_late()
