"""A council's months of audits, lived day by day: whatever is ripe on a day is done on that day."""

from collections.abc import Iterator
from datetime import date, timedelta

from audits.frameworks.selectors import framework_in_force
from qaf.demo.story.again import ReAuditDesk
from qaf.demo.story.auditing import Auditing
from qaf.demo.story.casting import Script
from qaf.demo.story.closing import ClosingDesk
from qaf.demo.story.moderating import ModeratorsDesk
from qaf.demo.story.months import Months
from qaf.demo.story.people import Register
from qaf.demo.story.present import set_the_scene
from qaf.demo.story.timeline import Timeline, at
from qaf.demo.world.grades import Practice
from qaf.jobs.services import daily_work
from qaf.lib import calendar, clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope

WHY = "Demonstration data"


class History:
    """Lives the days of one council; the case list is brought in by somebody else."""

    def __init__(self, authority: Authority, register: Register, timeline: Timeline) -> None:
        """Gather the people and the desks."""
        self.authority = authority
        self.register = register
        self.timeline = timeline
        lead = register[register.staff.officer("qa_lead")]
        with clock.travel(at(timeline.begins, 9)), authority_scope(authority, why=WHY):
            framework = framework_in_force()
        practice = Practice(register.staff.plan.framework, [team.name for team in register.staff.plan.teams])
        self.months = Months(lead, framework, practice, timeline.cohorts[0])
        self.framework = framework
        self.closing = ClosingDesk(self.months.scripts, framework)
        self.moderators = ModeratorsDesk(self.months.scripts)
        self.again = ReAuditDesk(self.months.scripts, framework)
        self.running: list[Script] = []

    def live(self, cohort: date) -> None:
        """Live the month of ``cohort``, to its end or to today."""
        for day in self._days(cohort):
            with clock.travel(at(day, 9)), authority_scope(self.authority, why=WHY):
                self._live_day(day, cohort)

    def _days(self, cohort: date) -> Iterator[date]:
        last = min(calendar.month_end(cohort), self.timeline.today)
        day = cohort
        while day <= last:
            if day == cohort or calendar.is_working_day(day):
                yield day
            day += timedelta(days=1)

    def _live_day(self, day: date, cohort: date) -> None:
        for function in daily_work():
            function()
        if day == cohort:
            scripts = self.months.open(cohort)
            if cohort == self.timeline.cohorts[-1]:
                set_the_scene(scripts, self.timeline.today)
            self.running += scripts
        elif calendar.add_working_days(cohort, 2) == day:
            self.months.fill_places()
        self._play_audits(day)
        self.moderators.work()
        self.again.work()
        self.closing.work()

    def _play_audits(self, day: date) -> None:
        for script in self.running:
            while (when := script.next_day()) is not None and when <= day:
                Auditing(script, self.framework, script.audit.tool).play()
        self.running = [script for script in self.running if not script.is_over]
