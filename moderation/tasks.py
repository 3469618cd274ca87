"""Daily work; each piece asks what is due and not yet done."""

from moderation.services import (
    allocate_waiting,
    by_calendar,  # noqa: F401 — what is done when a date of the calendar comes
    remind_late,
)
from qaf.jobs.services import daily


@daily
def give_out() -> None:
    """Give moderators what their week has brought."""
    allocate_waiting()


@daily
def remind() -> None:
    """Remind of decisions that are late."""
    remind_late()
