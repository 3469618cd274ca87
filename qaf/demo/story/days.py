"""Living the days of one council: the working days of a month up to today, each at its hour."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from qaf.demo.story.timeline import Timeline, at
from qaf.lib import calendar, clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope

WHY = "Demonstration data"
TODAY_BEGAN = timedelta(hours=3)


class Days:
    """The days of one council; what happens on each is told by ``live_day``."""

    def __init__(self, authority: Authority, timeline: Timeline) -> None:
        """Know whose days they are, and when today is."""
        self.authority = authority
        self.timeline = timeline

    def live(self, cohort: date) -> None:
        """Live the month of ``cohort``, to its end or to today."""
        for day in self._days(cohort):
            with clock.travel(self.moment(day)), authority_scope(self.authority, why=WHY):
                self.live_day(day, cohort)

    def live_day(self, day: date, cohort: date) -> None:
        """Do what is done on ``day``. Raises ``NotImplementedError`` where nobody says what."""
        raise NotImplementedError

    def moment(self, day: date, minutes: int = 0) -> datetime:
        """Return a moment of the working day; today's lie before the real time, though never before midnight."""
        if day < self.timeline.today:
            return at(day, 9) + timedelta(minutes=minutes)
        return max(at(day, 0, 1), clock.now() - TODAY_BEGAN) if not clock.is_moved() else clock.now()

    def _days(self, cohort: date) -> Iterator[date]:
        last = min(calendar.month_end(cohort), self.timeline.today)
        day = cohort
        while day <= last:
            if day in (cohort, self.timeline.today) or calendar.is_working_day(day):
                yield day
            day += timedelta(days=1)
