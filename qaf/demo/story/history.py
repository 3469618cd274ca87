"""A council's months of audits, lived day by day: whatever is ripe on a day is done on that day."""

from datetime import date

from audits.frameworks.selectors import framework_in_force
from qaf.demo.story.again import ReAuditDesk
from qaf.demo.story.auditing import Auditing
from qaf.demo.story.casting import Script
from qaf.demo.story.closing import ClosingDesk
from qaf.demo.story.days import WHY, Days
from qaf.demo.story.moderating import ModeratorsDesk
from qaf.demo.story.months import Months
from qaf.demo.story.people import Register
from qaf.demo.story.present import finish_the_scene, set_the_scene
from qaf.demo.story.reports import ReportsDesk
from qaf.demo.story.timeline import Timeline, at
from qaf.demo.world.grades import Practice
from qaf.jobs.services import daily_work
from qaf.lib import calendar, clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope

MONDAY, DESK_DAYS, WEEK_FOUR = 0, (1, 3), 22
REQUESTS_FROM = 15
UNDECIDED = 2
CALENDAR_MONTHS = 4


class History(Days):
    """Lives the days of one council; the case list is brought in by somebody else."""

    def __init__(self, authority: Authority, register: Register, timeline: Timeline) -> None:
        """Gather the people and the desks."""
        super().__init__(authority, timeline)
        self.register = register
        lead = register[register.staff.officer("qa_lead")]
        with clock.travel(at(timeline.begins, 9)), authority_scope(authority, why=WHY):
            framework = framework_in_force()
        practice = Practice(register.staff.plan.framework, [team.name for team in register.staff.plan.teams])
        self.months = Months(lead, framework, practice, timeline.cohorts[0])
        self.framework = framework
        self.closing = ClosingDesk(self.months.scripts, framework)
        self.moderators = ModeratorsDesk(self.months.scripts)
        self.again = ReAuditDesk(self.months.scripts, framework)
        followed = timeline.cohorts[-min(CALENDAR_MONTHS, len(timeline.cohorts))]
        self.reports = ReportsDesk(authority, lead, followed)
        self.running: list[Script] = []
        self.present: list[Script] = []
        self.asked: set[date] = set()

    def live_day(self, day: date, cohort: date) -> None:
        """Open the month on its first day; then the machinery, the auditors, the moderators and the rest."""
        if day == cohort:
            self._open(cohort)
        self.reports.work()
        if self._machinery_runs(day):
            for function in daily_work():
                function()
        if calendar.add_working_days(cohort, 2) == day:
            self.months.fill_places()
        self._play_audits(day)
        self.moderators.work()
        if day.weekday() in DESK_DAYS or day == self.timeline.today:
            self.again.work()
            self.closing.work()
        if day.day >= REQUESTS_FROM and cohort not in self.asked:
            self._ask_to_leave_out(cohort)
        if day == self.timeline.today:
            finish_the_scene(self.present)

    def _open(self, cohort: date) -> None:
        scripts = self.months.open(cohort)
        if cohort == self.timeline.cohorts[-1]:
            self.present = scripts
            set_the_scene(scripts, self.timeline.today)
            self.closing.spared |= {script.audit.pk for script in scripts}
        elif cohort in self.timeline.cohorts[-2:]:
            self.moderators.leaves, self.moderators.leaves_from = UNDECIDED, cohort
        self.running += scripts

    def _ask_to_leave_out(self, cohort: date) -> None:
        """Requests for the next month; the latest ones still wait for their answer."""
        self.asked.add(cohort)
        staff = self.register.staff
        managers = [self.register[person] for person in staff.managers.values() if not person.absences]
        last = cohort == self.timeline.cohorts[-1]
        self.months.ask_to_leave_out(managers, calendar.add_months(cohort, 1), decide=not last)

    def _machinery_runs(self, day: date) -> bool:
        """Say whether the product's daily work is run: weekly is enough, and when moderations are given out."""
        week_four = calendar.working_day_on_or_after(day.replace(day=WEEK_FOUR))
        return day in (week_four, self.timeline.today) or day.weekday() == MONDAY

    def _play_audits(self, day: date) -> None:
        for script in self.running:
            while (when := script.next_day()) is not None and when <= day:
                with clock.travel(self.moment(day, script.rng.randrange(360))):
                    Auditing(script, self.framework, script.audit.tool).play()
        self.running = [script for script in self.running if not script.is_over]
