"""A council's months by its own framework, lived day by day: whatever is ripe on a day is done on that day."""

import random
from datetime import date

from audits.enums import AuditStatus
from audits.followup.services import raise_concern
from audits.followup.services.concerns import SpokenFirst
from audits.frameworks.selectors import framework_in_force
from audits.models import Audit, Cycle
from audits.services.finalise import ask_correction
from qaf.demo.story.casting import Script
from qaf.demo.story.closing import ClosingDesk
from qaf.demo.story.days import WHY, Days
from qaf.demo.story.loop.asked import AskedDesk
from qaf.demo.story.loop.audit import Playing
from qaf.demo.story.loop.beginning import Beginnings
from qaf.demo.story.loop.judging import JudgingDesk
from qaf.demo.story.loop.learning import LearningDesk
from qaf.demo.story.loop.scripts import set_the_scene, write_script
from qaf.demo.story.months import Months
from qaf.demo.story.people import Register
from qaf.demo.story.reports import ReportsDesk
from qaf.demo.story.timeline import Timeline, at
from qaf.demo.world.grades import Practice
from qaf.demo.world.words import Writer
from qaf.jobs.services import daily_work
from qaf.lib import calendar, clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope

DAILY, DESK_DAYS, CHALLENGE_AFTER, REQUESTS_FROM = (0, 3), (1, 3), 7, 15
WITH_GRADES = (AuditStatus.LOCKED, AuditStatus.REVEALED, AuditStatus.IN_PROGRESS)


class Loop(Days):
    """Lives the days of one council; the case list is brought in by somebody else."""

    def __init__(self, authority: Authority, register: Register, timeline: Timeline) -> None:
        """Gather the people and the desks."""
        super().__init__(authority, timeline)
        lead = register[register.staff.officer("qa_lead")]
        with clock.travel(at(timeline.begins, 9)), authority_scope(authority, why=WHY):
            self.framework = framework_in_force()
        plan = register.staff.plan
        self.used: set[str] = set()
        spare = Writer(random.Random(plan.framework), "child_in_need", 9, used=self.used)
        self.spare = spare
        self.practice = Practice(plan.framework, [team.name for team in plan.teams])
        self.months = Months(lead, self.framework, self.practice, timeline.cohorts[0])
        self.scripts = self.months.scripts
        self.beginnings = Beginnings(lead, self.framework, spare)
        self.closing = ClosingDesk(self.scripts, self.framework)
        self.judging = JudgingDesk(self.scripts, spare)
        self.asked = AskedDesk(self.framework)
        self.reports = ReportsDesk(authority, lead, timeline.cohorts[0])
        self.learning = LearningDesk(lead, self.framework, spare)
        self.register = register
        self.asked_in: set[date] = set()
        self.running: list[Script] = []

    def live_day(self, day: date, cohort: date) -> None:
        """Open the month on its first day; then the calendar, the auditors, those who judge, and the rest."""
        if day == cohort:
            self._open(cohort)
        desks = day.weekday() in DESK_DAYS or day == self.timeline.today
        if desks:
            self.beginnings.look_ahead(day)
        self._machinery(day, cohort)
        if desks:
            self._take_up(cohort)
        self._play_audits(day)
        self.judging.work()
        if desks:
            self.closing.work()
            self.asked.work()
        self.learning.work(day, cohort)
        self._now_and_then(day, cohort)

    def _machinery(self, day: date, cohort: date) -> None:
        """The calendar runs every day, the daily work often enough to keep the council's days."""
        self.reports.work()
        if day.weekday() in DAILY or day in (cohort, self.timeline.today):
            for function in daily_work():
                function()

    def _now_and_then(self, day: date, cohort: date) -> None:
        """What happens once in a month, and today's news."""
        if calendar.add_working_days(cohort, 2) == day:
            self.months.fill_places()
        if calendar.add_working_days(cohort, CHALLENGE_AFTER) == day:
            self.judging.challenge()
        if day.day >= REQUESTS_FROM and cohort not in self.asked_in:
            self._ask_to_leave_out(cohort)
        if day == self.timeline.today:
            self._finish_the_scene(cohort)

    def _open(self, cohort: date) -> None:
        if cohort == self.timeline.cohorts[0]:
            self.beginnings.record_experience()
        self.beginnings.look_ahead(cohort)
        self.beginnings.open(cohort)
        self.beginnings.choose()
        fresh = self._take_up(cohort)
        if cohort == self.timeline.cohorts[-1]:
            set_the_scene(fresh, self.timeline.today)
            self.closing.spared |= {script.audit.pk for script in fresh}
            self.judging.leaves_from = cohort

    def _ask_to_leave_out(self, cohort: date) -> None:
        """Requests for the next month; the latest ones still wait for their answer."""
        self.asked_in.add(cohort)
        staff = self.register.staff
        managers = [self.register[person] for person in staff.managers.values() if not person.absences]
        last = cohort == self.timeline.cohorts[-1]
        self.months.ask_to_leave_out(managers, calendar.add_months(cohort, 1), decide=not last)

    def _take_up(self, cohort: date) -> list[Script]:
        """Write the scripts of the month's audits that have none yet."""
        cycle = Cycle.objects.get(period=cohort)
        rows = Audit.objects.filter(cycle=cycle).exclude(pk__in=self.scripts)
        fresh = []
        for audit in rows.exclude(status=AuditStatus.WITHDRAWN).select_related("case", "team").order_by("pk"):
            domains = [domain.key for domain in self.framework.tool(audit.tool).domains]
            number = calendar.whole_months_between(self.timeline.cohorts[0], cohort)
            script = write_script(audit, self.practice, number, domains, self.used)
            self.scripts[audit.pk] = script
            fresh.append(script)
        self.running += fresh
        return fresh

    def _play_audits(self, day: date) -> None:
        for script in self.running:
            while (when := script.next_day()) is not None and when <= day:
                with clock.travel(self.moment(day, script.rng.randrange(360))):
                    Playing(script, self.framework).play()
        self.running = [script for script in self.running if not script.is_over]

    def _finish_the_scene(self, cohort: date) -> None:
        """Let today's news happen: an urgent concern, and a worker who asks for a correction."""
        rows = Audit.objects.filter(cycle__period=cohort).select_related("case", "worker", "manager")
        first = rows.filter(status__in=WITH_GRADES).order_by("reference").first()
        part = first.assessments.exclude(assessor=None).exclude(status="reassigned").last() if first else None
        if first is not None and part is not None and part.assessor is not None:
            writer = self.scripts[first.pk].writer
            raise_concern(
                case=first.case,
                raised_by=part.assessor,
                text=writer.say("talk", "urgent"),
                told_whom="The team manager, by telephone.",
                safe_now=True,
                about=first.reference,
                spoken=SpokenFirst(person=first.manager, words=writer.say("loop", "spoken")),
            )
        for audit in (
            Audit.objects.filter(status=AuditStatus.OUTCOME).select_related("worker").order_by("-pk")
        ):
            if audit.worker is not None and audit.worker.left_on is None and audit.pk in self.scripts:
                text = self.scripts[audit.pk].writer.say("talk", "fact")
                ask_correction(audit=audit, where="", text=text, person=audit.worker)
                break
