"""What somebody has to do about what follows."""

from collections.abc import Iterable
from textwrap import shorten

from django.db.models import Q, QuerySet

from audits.followup.enums import ActionStatus, ConcernStatus
from audits.followup.models import Action, Confirmation
from audits.followup.registry import origins_of
from audits.followup.selectors.caseload import running_rounds
from audits.followup.selectors.lists import follow_ups_for, open_actions_of, visible_concerns
from audits.followup.selectors.rights import answering_for, first_signers, signing_steps
from audits.frameworks.enums import Relation
from audits.frameworks.selectors import framework_if_any
from qaf.lib import calendar, clock
from qaf.tenants.models import Person, Post
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo
from qaf.tenants.selectors.people import posts_on


def actions_to_sign(person: Person) -> list[Action]:
    """Return the completed actions that the framework asks the person to sign off."""
    around = ("case__team", "case__service", "case__manager")
    waiting = Action.objects.filter(status=ActionStatus.DONE).select_related(*around)
    near = waiting.filter(_near(person)) if not _whole_council(person) else waiting
    framework = framework_if_any()
    if framework is None:
        return []
    ids = answering_for(person)
    # Children of the same team and manager have the same signers: asked once, however many actions wait.
    steps: dict[tuple[int | None, ...], tuple[tuple[Person, ...], ...]] = {}
    personal = {Relation.ALLOCATED_WORKER, Relation.IRO_OR_CHAIR} & set(framework.actions.sign_off.by)
    found = []
    for action in near.exclude(owner=person).exclude(done_by=person):
        case = action.case
        if case is None:
            if action.proposed_by_id in ids:
                found.append(action)
            continue
        key = (
            case.team_id,
            case.service_id,
            case.manager_id,
            *((case.worker_id, case.chair_id) if personal else ()),
        )
        if key not in steps:
            steps[key] = signing_steps(case, framework)
        if any(signer.pk in ids for signer in first_signers(action, steps[key])):
            found.append(action)
    return found


def _line_posts(person: Person) -> QuerySet[Post]:
    return posts_on(clock.today()).filter(person__in=answering_for(person), role__in_line=True)


def _whole_council(person: Person) -> bool:
    return _line_posts(person).filter(unit=None).exists()


def _near(person: Person) -> Q:
    units = _line_posts(person).values("unit")
    ids = answering_for(person)
    of_child = Q(case__team__in=units) | Q(case__service__in=units) | Q(case__manager__in=ids)
    return of_child | Q(case=None, proposed_by__in=ids)


def _about_actions(text: str, actions: Iterable[Action]) -> Iterable[ToDo]:
    """Yield a line for each action, told apart by where it comes from and how it begins."""
    actions = list(actions)
    origins = origins_of("action", [action.pk for action in actions])
    for action in actions:
        begins = shorten(action.text, 90, placeholder=" …")
        about = f"{origins[action.pk].text}: {begins}" if action.pk in origins else begins
        yield ToDo(text, council_path("followup:action", action.pk), action.due_on, about)


def follow_up_todo(person: Person) -> Iterable[ToDo]:
    """Return actions to complete or sign off, follow-ups to answer, and urgent concerns."""
    yield from _concerns(person)
    yield from _about_actions("Complete an action", open_actions_of(person).select_related(None))
    yield from _about_actions("Sign off an action", actions_to_sign(person))
    yield from _confirmations(person)
    yield from _rounds(person)
    for follow_up in follow_ups_for(person).select_related(None):
        yield ToDo(
            follow_up.title,
            council_path("followup:follow_up", follow_up.pk),
            follow_up.due_on,
            group=follow_up.get_kind_display(),
        )


def _confirmations(person: Person) -> Iterable[ToDo]:
    waiting = Confirmation.objects.filter(done_at=None, asked_of__in=answering_for(person))
    for one in waiting.select_related("action").order_by("due_on", "pk"):
        href = council_path("followup:action", one.action_id)
        yield ToDo(f"Confirm: {one.label}", href, one.due_on, shorten(one.action.text, 90, placeholder=" …"))


def _rounds(person: Person) -> Iterable[ToDo]:
    waiting = running_rounds().filter(asked_of__in=answering_for(person))
    for one in waiting.select_related("team"):
        href = council_path("followup:caseload_round", one.pk)
        items = ", ".join(item["label"].lower() for item in one.items)
        yield ToDo(f"Answer for every child of {one.team}", href, one.due_on, items[:1].upper() + items[1:])


def _concerns(person: Person) -> Iterable[ToDo]:
    ids, oversees = answering_for(person), may(person, "followup.see_concerns")
    for concern in visible_concerns(person).filter(status=ConcernStatus.RAISED).select_related(None):
        late = concern.due_at < clock.now()
        if concern.responder_id in ids or (oversees and (late or concern.responder_id is None)):
            yield ToDo(
                "Answer an urgent concern about a child",
                council_path("followup:concern", concern.pk),
                calendar.local_date(concern.due_at),
                "Late" if late else "",
                urgent=True,
            )
