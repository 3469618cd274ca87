"""What is due of what follows: actions, follow-ups, urgent concerns."""

from collections.abc import Iterable
from functools import partial
from typing import TypeVar

from django.db.models import Model, QuerySet

from audits.followup.due import DueThing
from audits.followup.enums import ActionStatus, ConcernStatus, FollowUpKind, FollowUpStatus
from audits.followup.models import Action, Confirmation, FollowUp, UrgentConcern
from audits.followup.registry import origins_of
from audits.followup.selectors.caseload import running_rounds
from audits.followup.selectors.parties import Around, around_case, people_for
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_if_any
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path

M = TypeVar("M", bound=Model)

TRIGGERS = {
    FollowUpKind.RE_AUDIT: "audit_overdue",
    FollowUpKind.FILING: "confirmation_overdue",
    FollowUpKind.ACKNOWLEDGE: "confirmation_overdue",
}
"""How the framework calls the lateness of a follow-up; of every other kind it is that of an action."""
AROUND = ("case__worker", "case__manager", "case__chair", "case__team__parent", "case__service")


def due_actions(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the open actions that have an owner."""
    framework = framework_if_any()
    if framework is None:
        return
    found = _some(Action.objects.filter(status=ActionStatus.OPEN, owner__isnull=False), ids)
    actions = list(found.select_related("owner", "joint_owner", *AROUND))
    origins = origins_of("action", [one.pk for one in actions])
    for one in actions:
        yield DueThing(
            kind="action",
            pk=one.pk,
            about=origins[one.pk].text if one.pk in origins else "",
            text="an action of yours",
            what="an action",
            href=council_path("followup:action", one.pk),
            due_on=one.due_on,
            asked_on=calendar.local_date(one.opened_at or one.proposed_at),
            people=tuple(person for person in (one.owner, one.joint_owner) if person),
            framework=framework,
            around=partial(around_case, one.case) if one.case else None,
            trigger="action_overdue",
        )


def due_follow_ups(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the open follow-ups that are due by a day; one without an assignee is everybody's who holds its post."""
    framework = framework_if_any()
    if framework is None:
        return
    named = {step.trigger for step in framework.escalation.steps}
    found = _some(FollowUp.objects.filter(status=FollowUpStatus.OPEN, due_on__isnull=False), ids)
    for one in found.select_related("assignee", *AROUND):
        trigger = TRIGGERS.get(FollowUpKind(one.kind), "action_overdue")
        yield DueThing(
            kind="follow_up",
            pk=one.pk,
            text=f"“{one.title}”",
            what=f"“{one.title}”",
            href=council_path("followup:follow_up", one.pk),
            due_on=one.due_on,  # type: ignore[arg-type]
            asked_on=calendar.local_date(one.opened_at),
            people=(one.assignee,) if one.assignee else _holders(one, framework),
            framework=framework,
            around=partial(around_case, one.case) if one.case else None,
            trigger=trigger if trigger in named else "action_overdue",
        )


def _holders(follow_up: FollowUp, framework: Framework) -> tuple[Person, ...]:
    """Return who may answer a follow-up that names nobody; never whom it is about."""
    around = around_case(follow_up.case) if follow_up.case else Around(unit=None)
    found = people_for(follow_up.assignee_role, framework=framework, around=around, on=clock.today())
    return tuple(person for person in found if person.pk != follow_up.about_id)


def due_concerns(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the urgent concerns that wait for an answer."""
    framework = framework_if_any()
    if framework is None:
        return
    found = _some(UrgentConcern.objects.filter(status=ConcernStatus.RAISED), ids)
    for one in found.select_related("responder", *AROUND):
        yield DueThing(
            kind="concern",
            pk=one.pk,
            text="the answer to an urgent concern about a child",
            what="the answer to an urgent concern about a child",
            href=council_path("followup:concern", one.pk),
            due_on=calendar.local_date(one.due_at),
            due_at=one.due_at,
            asked_on=calendar.local_date(one.raised_at),
            people=(one.responder,) if one.responder else (),
            framework=framework,
            around=partial(_around_concern, one),
            trigger="concern_overdue",
            never=frozenset(one.barred),
            urgent=True,
        )


def due_confirmations(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the confirmations that somebody is asked for and has not given (SLO-83)."""
    framework = framework_if_any()
    if framework is None:
        return
    found = _some(Confirmation.objects.filter(done_at=None, asked_of__isnull=False), ids)
    for one in found.select_related("asked_of", *(f"action__{name}" for name in AROUND)):
        what = f"“{one.label}” of an action"
        yield DueThing(
            kind="confirmation",
            pk=one.pk,
            text=what,
            what=what,
            href=council_path("followup:action", one.action_id),
            due_on=one.due_on,
            asked_on=calendar.local_date(one.asked_at),
            people=(one.asked_of,) if one.asked_of else (),
            framework=framework,
            around=partial(around_case, one.action.case) if one.action.case else None,
            trigger="confirmation_overdue",
        )


def due_rounds(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the rounds over a caseload that are not finished."""
    framework = framework_if_any()
    if framework is None or framework.caseload_check is None:
        return
    label = framework.caseload_check.label
    found = _some(running_rounds().filter(asked_of__isnull=False), ids)
    for one in found.select_related("asked_of", "team__parent"):
        yield DueThing(
            kind="caseload",
            pk=one.pk,
            about=str(one.team),
            text=label.lower(),
            what=label.lower(),
            href=council_path("followup:caseload_round", one.pk),
            due_on=one.due_on,
            asked_on=calendar.local_date(one.opened_at),
            people=(one.asked_of,) if one.asked_of else (),
            framework=framework,
            around=partial(Around, unit=one.team),
            trigger="action_overdue",
        )


def _around_concern(concern: UrgentConcern) -> Around:
    """Return who is around the child: a concern about staff never reaches the child's own worker or manager."""
    around = around_case(concern.case)
    return Around(unit=around.unit, chair=around.chair) if concern.about_staff else around


def _some(found: QuerySet[M], ids: Iterable[int] | None) -> QuerySet[M]:
    return found if ids is None else found.filter(pk__in=list(ids))
