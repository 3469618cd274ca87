"""What is learned from the audits together: a session, its ideas, and an evaluation where the framework has one."""

import random
from datetime import date, timedelta

from audits.frameworks.schema import Framework
from audits.models import Assessment, Cycle
from qaf.demo.story.loop.talks import has_left
from qaf.demo.world.words import Writer
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from reporting.enums import IdeaKind, PlanSource, ReportKind, SessionKind, SessionStatus
from reporting.models import ReportSnapshot, Session
from reporting.periods import last_ended
from reporting.selectors.definitions import definitions
from reporting.services.freezing import freeze
from reporting.services.plan import add_to_plan
from reporting.services.sessions import add_improvement, plan_session, record_session

PLANNED_AFTER, HELD_AFTER, EVALUATED_AFTER, INVITED = 8, 13, 15, 8


class LearningDesk:
    """Holds a session each month about the audits of the month before. Needs the open scope and the moved clock."""

    def __init__(self, lead: Person, framework: Framework, spare: Writer) -> None:
        """Know who plans the sessions."""
        self.lead, self.framework, self.spare = lead, framework, spare

    def work(self, day: date, cohort: date) -> None:
        """Plan on one day of the month, hold on another, evaluate on a third."""
        if not may(self.lead, "reporting.learn"):
            return
        before = calendar.add_months(cohort, -1)
        if day == calendar.add_working_days(cohort, PLANNED_AFTER):
            self._plan(before, calendar.add_working_days(cohort, HELD_AFTER))
        for session in Session.objects.filter(status=SessionStatus.PLANNED, held_on__lte=day):
            self._hold(session)
        if day == calendar.add_working_days(cohort, EVALUATED_AFTER):
            self._evaluate()

    def _plan(self, month: date, held_on: date) -> None:
        done = Assessment.objects.filter(audit__cycle__period=month).exclude(submitted_at=None)
        people = Person.objects.filter(pk__in=done.values("assessor")).exclude(pk=self.lead.pk)
        invited = [one for one in people.order_by("name") if not has_left(one)][:INVITED]
        if not invited:
            return
        plan_session(
            kind=SessionKind.LEARNING,
            period=f"{month:%Y-%m}",
            title=self._writer(month).say("loop", "session"),
            held_on=held_on,
            people=invited,
            person=self.lead,
            starts_at="10:00",
            place="By video",
        )

    def _hold(self, session: Session) -> None:
        writer = self._writer(session.held_on)
        people = list(Person.objects.filter(pk__in=session.people.values("person")).order_by("name"))
        record_session(
            session=session,
            came=[one.pk for one in people[:-1] or people],
            notes=writer.say("loop", "session_notes"),
            agreed=writer.say("loop", "session_agreed"),
            person=self.lead,
        )
        for one in people[:2]:
            idea = add_improvement(
                session=session, kind=IdeaKind.IDEA, text=writer.say("loop", "idea"), person=one
            )
        add_to_plan(
            text=idea.text,
            intended_change=writer.say("loop", "session_agreed"),
            owner=people[0],
            due_on=clock.today() + timedelta(days=28),
            person=self.lead,
            source=PlanSource.SESSION,
            period=session.period,
            improvement=idea,
        )

    def _evaluate(self) -> None:
        wanted = next((one for one in definitions(self.framework) if one.kind == ReportKind.EVALUATION), None)
        if wanted is None:
            return
        period = last_ended(wanted.frequency, clock.today())
        made = ReportSnapshot.objects.filter(kind=ReportKind.EVALUATION, period=period.label)
        if made.exists() or not Cycle.objects.filter(period__range=(period.starts, period.ends)).exists():
            return
        writer = self._writer(clock.today())
        words = {one.key: writer.say("reports", "working_well") for one in wanted.written if one.key}
        freeze(kind=ReportKind.EVALUATION, label=period.label, commentary=words, person=self.lead)

    def _writer(self, day: date) -> Writer:
        return self.spare.colleague(random.Random(f"learning:{day}"))
