"""When a worker's next supervision comes: nobody's diary is known, the last one and how often are."""

from datetime import date, timedelta

from audits.cases.models import Case
from audits.frameworks.schema import Framework

EVERY_DAYS = 28
"""Days between two supervisions where the council does not say."""


def next_supervision(case: Case, *, framework: Framework, today: date) -> date:
    """Return the day by which the next supervision about the child should have been held.

    Counted on from the last one that the case list knows, else from today; never in the past.
    """
    every = timedelta(days=framework.actions.supervision.every_days or EVERY_DAYS)
    last = case.last_supervision_on
    if last is None or last > today:
        return today + every
    passed = (today - last) // every
    return last + every * (passed + 1)
