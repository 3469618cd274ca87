"""Daily work; each piece asks what is due and not yet done."""

from audits.followup.services import chase, open_rounds, replace_leavers
from qaf.jobs.services import daily


@daily
def hand_over() -> None:
    """Give what leavers had to whoever holds the post now."""
    replace_leavers()


@daily
def open_caseload_rounds() -> None:
    """Open the rounds of the period that runs."""
    open_rounds()


@daily
def remind() -> None:
    """Remind everybody who has something late."""
    chase()
