"""The months of the story, counted back from today."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from qaf.lib import calendar, clock


@dataclass(frozen=True)
class Timeline:
    """So many monthly cohorts, the last of them the present month."""

    today: date
    months: int

    @property
    def cohorts(self) -> list[date]:
        """Return the first day of each month, oldest first."""
        this_month = calendar.month_start(self.today)
        return [calendar.add_months(this_month, back) for back in range(1 - self.months, 1)]

    @property
    def begins(self) -> date:
        """Return the day of the first case list: the end of the month before the first cohort."""
        return list_day(self.cohorts[0])


def list_day(cohort: date) -> date:
    """Return the day of the case list that a cohort is drawn from: the end of the month before."""
    return cohort - timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in England."""
    return datetime.combine(day, time(hour, minute), clock.LONDON)
