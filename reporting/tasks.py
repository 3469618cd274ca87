"""The work this app does in the background; imported by ``apps.py``, so that a worker knows it."""

from audits.followup.services import remind as remind_of
from qaf.jobs.services import daily
from reporting.services import by_calendar, freezing  # noqa: F401 — register the making of reports


@daily
def remind() -> None:
    """Remind senior leaders of the chosen cases on which they have not commented (WSX-93)."""
    remind_of("leader_comment")
