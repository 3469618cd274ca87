"""What was learned in some months: evaluations, chosen cases, sessions, and the organisation's plan."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from audits.enums import WITH_FINAL_GRADE
from audits.followup.enums import ActionStatus
from audits.models import Audit
from moderation.enums import ModerationStatus
from moderation.models import Moderation
from qaf.lib import calendar
from qaf.tenants.models import Person
from reporting.enums import ReportKind, SessionStatus
from reporting.models import ChosenCase, PlanAction, ReportSnapshot, Session, SessionPerson


def evaluations_within(starts: date, ends: date) -> list[ReportSnapshot]:
    """Return the newest edition of every evaluation whose months lie in these, the oldest months first."""
    rows = ReportSnapshot.objects.filter(
        kind=ReportKind.EVALUATION, scope="", starts_on__gte=starts, ends_on__lte=ends
    )
    newest: dict[str, ReportSnapshot] = {}
    for one in rows.order_by("number"):
        newest[one.period] = one
    return sorted(newest.values(), key=lambda one: one.starts_on)


def chosen_cases(period: str) -> QuerySet[ChosenCase]:
    """Return the audits chosen for senior leaders in a quarter, with what they said."""
    rows = ChosenCase.objects.filter(period=period).select_related(
        "audit__service", "audit__case", "chosen_by"
    )
    return rows.prefetch_related("comments__person", "audit__grades")


def choosable(starts: date, ends: date) -> QuerySet[Audit]:
    """Return the audits of these months that are final and were moderated, without restricted records (WSX-92)."""
    decided = Moderation.objects.filter(status=ModerationStatus.DECIDED)
    rows = Audit.objects.filter(
        Q(cycle__period__range=(starts, ends)) | Q(cycle=None, allocated_on__range=(starts, ends)),
        status__in=WITH_FINAL_GRADE,
        case__restricted=False,
        pk__in=decided.values("audit"),
    )
    return rows.select_related("service", "team").order_by("reference")


def sessions_of(periods: list[str]) -> list[Session]:
    """Return the sessions held about these months or quarters, with how many were invited and came."""
    rows = Session.objects.filter(period__in=periods, status=SessionStatus.HELD).select_related("unit")
    counted = rows.annotate(
        invited=Count("people", distinct=True),
        came=Count("people", filter=Q(people__came=True), distinct=True),
    )
    return list(counted.prefetch_related("improvements").order_by("held_on", "pk"))


@dataclass(frozen=True)
class Planned:
    """One action of the organisation's plan as reports and the plan's page show it."""

    entry: PlanAction
    late: bool

    @property
    def action(self) -> Any:
        """The action itself."""
        return self.entry.action


def plan(*, as_of: date, since: date | None = None) -> list[Planned]:
    """Return the plan: what is open, and what was finished since a day; the first due first."""
    rows = PlanAction.objects.select_related("action__owner", "improvement__session", "snapshot")
    open_now = Q(action__status__in=(ActionStatus.OPEN, ActionStatus.DONE))
    if since is not None:
        rows = rows.filter(open_now | Q(action__signed_off_at__gte=calendar.local_midnight(since)))
    rows = rows.filter(action__opened_at__lte=calendar.end_of_local_day(as_of))
    return [
        Planned(one, one.action.status == ActionStatus.OPEN and one.action.due_on < as_of)
        for one in rows.order_by("action__due_on", "pk")
    ]


def involved_in(starts: date, ends: date, parties: tuple[str, ...]) -> list[Person]:
    """Return everybody who took part in the audits of these months as one of the parties, by name (SEF-130).

    Parties are the framework's: the worker and the managers as they were then, auditors, moderators, roles. The number
    of queries does not depend on the number of audits.
    """
    audits = Audit.objects.filter(cycle__period__range=(starts, ends)).exclude(status="withdrawn")
    ids = list(audits.values_list("pk", flat=True))
    found: set[int] = set()
    rows = audits.values_list("worker_id", "manager_id", "chair_id", "line")
    for worker, manager, chair, line in rows:
        found |= {worker} if "allocated_worker" in parties else set()
        found |= {manager} if {"team_manager", "line_manager", "case_managers"} & set(parties) else set()
        found |= {chair} if "iro_or_chair" in parties else set()
        found |= set(line) if {"service_manager", "case_managers"} & set(parties) else set()
    if "auditors" in parties:
        from audits.models import Assessment

        given = Assessment.objects.filter(audit__in=ids).exclude(status="reassigned")
        found |= set(given.values_list("assessor_id", flat=True))
    if "moderator" in parties:
        found |= set(Moderation.objects.filter(audit__in=ids).values_list("moderator_id", flat=True))
    return list(Person.objects.filter(pk__in=found - {None}, left_on=None).order_by("name"))


def session_list(person: Person | None) -> QuerySet[Session]:
    """Return every session, the newest first; with ``person`` those that they are invited to."""
    rows = Session.objects.annotate(
        invited=Count("people", distinct=True),
        came=Count("people", filter=Q(people__came=True), distinct=True),
        ideas=Count("improvements", distinct=True),
    )
    mine = rows if person is None else rows.filter(pk__in=person_sessions(person))
    return mine.order_by("-held_on", "-pk")


def person_sessions(person: Person) -> QuerySet[Any]:
    """Return the numbers of the sessions that somebody is invited to."""
    return SessionPerson.objects.filter(person=person).values("session")
