"""Build the demonstration council by council; each council is one transaction, so it is whole or absent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree

from django.db import transaction

from audits.cases.services import import_files
from audits.frameworks.loader import builtin, builtin_text
from audits.frameworks.services import publish_framework
from qaf.demo.story.files import leave_files
from qaf.demo.story.history import History
from qaf.demo.story.people import Register
from qaf.demo.story.sign_ins import give_passwords
from qaf.demo.story.timeline import Timeline, at, list_day
from qaf.demo.world import CouncilPlan, World
from qaf.demo.world.annex_a import write_month
from qaf.lib import calendar, clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council

FULL_MONTHS = 12
LIST_MONTHS = 3
QUICK_MONTHS = 2
SERVED_MONTHS = 30
WHY = "Demonstration data"


def slug_of(framework: str) -> str:
    """Return the council's slug: the name of its framework file, as addresses have it."""
    return framework.replace("_", "-")


@dataclass
class Builder:
    """Makes the councils that are missing. ``folder`` receives the case lists while they are read."""

    months: int
    list_months: int
    folder: Path
    say: Callable[[str], None]

    def run(self, plans: list[CouncilPlan]) -> int:
        """Make every council of ``plans`` that is not there; return how many were made."""
        made = 0
        for plan in plans:
            if not Authority.objects.filter(slug=slug_of(plan.framework)).exists():
                self._council(plan)
                made += 1
        if made:
            give_passwords()
        return made

    def _council(self, plan: CouncilPlan) -> None:
        months = self.months if plan.full_history else self.list_months
        timeline = Timeline(clock.today(), months)
        self.say(f"{plan.framework}: {months} months from {timeline.begins} …")
        with transaction.atomic():
            Story(plan, timeline, self.folder).tell()


class Story:
    """One council's life from its first case list to today."""

    def __init__(self, plan: CouncilPlan, timeline: Timeline, folder: Path) -> None:
        """Set the stage; nothing is written yet."""
        self.plan = plan
        self.timeline = timeline
        self.lists = folder / f"demo-lists-{plan.framework}"
        self.files = folder / "demo-files"
        self.world = World(plan, timeline.begins)
        self.register = Register(self.world)

    def tell(self) -> None:
        """Set the council up and live its months."""
        with clock.travel(at(self.timeline.begins, 9)):
            authority = self._set_up()
        history = History(authority, self.register, self.timeline) if self.plan.full_history else None
        for cohort in self.timeline.cohorts:
            self._bring_in_list(authority, cohort)
            if history is not None:
                history.live(cohort)
        rmtree(self.lists, ignore_errors=True)
        if history is not None:
            leave_files(self.world, self.timeline.today, self.files)

    def _set_up(self) -> Authority:
        framework = self.plan.framework
        name = builtin(framework).authority.name
        authority = create_council(slug=slug_of(framework), name=name, colour=self.plan.colour)
        with authority_scope(authority, why=WHY):
            publish_framework(text=builtin_text(framework), file=f"{framework}.yaml")
            self.world.staff.plan_absences(self.timeline.cohorts[0], self.timeline.today)
            self.register.enter_structure()
            self.register.enter_everyone(calendar.add_months(self.timeline.begins, -SERVED_MONTHS))
        return authority

    def _bring_in_list(self, authority: Authority, cohort: date) -> None:
        day = list_day(cohort)
        if day > self.world.as_of:
            self.world.advance(day)
        files = write_month(self.world, self.lists)
        with clock.travel(at(day, 17)), authority_scope(authority, why=WHY):
            self.register.keep_in_step(day)
            lead = self.register[self.world.staff.officer("qa_lead")]
            import_files(files=files, as_of=day, person=lead)
