"""Build the demonstration council by council; each council is one transaction, so it is whole or absent."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import rmtree

from django.db import connection, transaction

from audits.cases.services import import_files
from audits.frameworks.loader import builtin, builtin_text
from audits.frameworks.services import publish_framework
from qaf.demo.story.days import WHY, Days
from qaf.demo.story.files import leave_files
from qaf.demo.story.history import History
from qaf.demo.story.loop.life import Loop
from qaf.demo.story.people import Register
from qaf.demo.story.sign_ins import SignIn, give_passwords, sign_ins_of, write_table
from qaf.demo.story.timeline import Timeline, at, list_day
from qaf.demo.world import CouncilPlan, World, load_plans
from qaf.demo.world.annex_a import write_month
from qaf.lib import calendar, clock
from qaf.notices.models import Notice
from qaf.notices.services import mark_read, without_email
from qaf.tenants.models import Authority, Person
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council, create_person, give_post

FULL_MONTHS = 12
LIST_MONTHS = 3
QUICK_MONTHS = 2
SERVED_MONTHS = 30
UNREAD_DAYS = 5


def slug_of(framework: str) -> str:
    """Return the council's slug: the name of its framework file, as addresses have it."""
    return framework.replace("_", "-")


def is_there(plan: CouncilPlan) -> bool:
    """Say whether the council has been made."""
    return Authority.objects.filter(slug=slug_of(plan.framework)).exists()


@dataclass
class Builder:
    """Makes councils. ``folder`` receives the case lists while they are read, and the list of sign-ins."""

    months: int
    list_months: int
    folder: Path
    say: Callable[[str], None]

    def make(self, plan: CouncilPlan) -> None:
        """Make one council; interrupted, it leaves nothing behind."""
        months = self.months if plan.full_history else self.list_months
        timeline = Timeline(clock.today(), months)
        self.say(f"{builtin(plan.framework).authority.name}: {months} months …")
        with transaction.atomic(), without_email():
            _keep_to_indexes()
            Story(plan, timeline, self.folder).tell()

    def finish(self, plans: list[CouncilPlan]) -> None:
        """Introduce those who work for two councils, and give everybody the demonstration's password."""
        with transaction.atomic():
            for plan in plans:
                _introduce_guest(plan)
            give_passwords()

    def sign_ins(self, plans: list[CouncilPlan]) -> str:
        """Return the table of sign-ins as things stand now, and leave it in the folder."""
        return write_table(list(_sign_ins(plans)), self.folder)


def _keep_to_indexes() -> None:
    """Have the planner use indexes until the transaction ends: nobody counts its rows for it, and it would guess."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def _sign_ins(plans: list[CouncilPlan]) -> Iterator[SignIn]:
    for plan in plans:
        with _inside(plan) as authority:
            yield from sign_ins_of(plan, authority.name)


@contextmanager
def _inside(plan: CouncilPlan) -> Iterator[Authority]:
    authority = Authority.objects.get(slug=slug_of(plan.framework))
    with authority_scope(authority, why=WHY):
        yield authority


def _introduce_guest(plan: CouncilPlan) -> None:
    """Enter the person of another council whom this one employs as well; a second time changes nothing."""
    guest = plan.guest
    if guest is None or not Authority.objects.filter(slug=slug_of(guest.council)).exists():
        return
    source = next(other for other in load_plans() if other.framework == guest.council)
    with _inside(source):
        role = source.reviewers[guest.status].role
        there = (
            Person.objects.filter(posts__role__key=role, left_on=None)
            .exclude(user=None)
            .order_by("id")
            .first()
        )
    with _inside(plan):
        if there is not None and not Person.objects.filter(user=there.user_id).exists():
            person = create_person(name=there.name, email=there.email, job_title=guest.title, signs_in=True)
            give_post(person=person, role=guest.role)


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
        life: Days = (History if self.plan.full_history else Loop)(authority, self.register, self.timeline)
        for cohort in self.timeline.cohorts:
            self._bring_in_list(authority, cohort)
            life.live(cohort)
        with authority_scope(authority, why=WHY):
            self._read_notices()
        rmtree(self.lists, ignore_errors=True)
        if self.plan.full_history:
            leave_files(self.world, self.timeline.today, self.files)

    def _read_notices(self) -> None:
        """Let everybody have read what they were told before the last few days."""
        before = at(self.timeline.today - timedelta(days=UNREAD_DAYS), 0)
        read: defaultdict[Person, list[int]] = defaultdict(list)
        for notice in Notice.objects.filter(created_at__lt=before, read_at=None).select_related("person"):
            read[notice.person].append(notice.pk)
        for person, ids in read.items():
            mark_read(person=person, notice_ids=ids)

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
