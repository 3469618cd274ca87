"""Daily work; each piece asks what is due and not yet done."""

from audits.followup.services import chase, replace_leavers
from qaf.jobs.services import daily


@daily
def hand_over() -> None:
    """Give what leavers had to whoever holds the post now."""
    replace_leavers()


@daily
def remind() -> None:
    """Remind everybody who has something late."""
    chase()
