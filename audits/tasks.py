"""Daily work; each piece asks what is due and not yet done."""

from audits.services import by_calendar  # noqa: F401 — what is done when a date of the calendar comes
from audits.services.after_final import close_all_done
from audits.services.finalise import finalise_due
from audits.services.random_check import draw_random_checks
from audits.services.reminding import remind_auditors
from qaf.jobs.services import daily


@daily
def settle_outcomes() -> None:
    """Draw the random check of finished months, then make final what nobody corrects, then close what is done."""
    draw_random_checks()
    finalise_due()
    close_all_done()


@daily
def remind() -> None:
    """Remind auditors of what they have not submitted, or not recorded since."""
    remind_auditors()
