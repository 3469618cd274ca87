"""Lists of what follows, with everything a page shows fetched at once."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from audits.followup.enums import ActionStatus, FollowUpKind, FollowUpStatus
from audits.followup.models import Action, FollowUp, UrgentConcern
from audits.followup.selectors.rights import answering_for
from audits.frameworks.enums import Level
from audits.frameworks.selectors import framework_if_any
from qaf.lib import clock
from qaf.tenants.models import Person, Post
from qaf.tenants.permissions import may, role_keys_of


def action_list() -> QuerySet[Action]:
    """Return every action that was agreed or proposed, with case and people."""
    return Action.objects.select_related(
        "case", "case__team", "case__service", "owner", "joint_owner", "proposed_by", "done_by"
    )


def open_actions_of(person: Person) -> QuerySet[Action]:
    """Return the open actions of those the person answers for."""
    mine = answering_for(person)
    return action_list().filter(Q(owner__in=mine) | Q(joint_owner__in=mine), status=ActionStatus.OPEN)


def visible_actions(person: Person) -> QuerySet[Action]:
    """Return the actions that the person may follow: all, or their own and those of their own children and teams.

    A proposal is its proposer's until it is agreed.
    """
    agreed_or_own = ~Q(status=ActionStatus.PROPOSED) | Q(proposed_by=person)
    actions = action_list().filter(_readable(person), agreed_or_own)
    if may(person, "followup.see_all"):
        return actions
    units, ids = tracking_posts(person), answering_for(person)
    mine = Q(owner__in=ids) | Q(joint_owner__in=ids) | Q(proposed_by=person) | Q(case__worker=person)
    whole_council = units.filter(unit=None).exists()
    managed = Q(case__team__in=units.values("unit")) | Q(case__service__in=units.values("unit"))
    return actions if whole_council else actions.filter(mine | managed)


def tracking_posts(person: Person) -> QuerySet[Post]:
    """Return the posts by which the person follows actions: those in the line, and those that the framework names.

    A post without a unit is for the whole council where its role is; a manager's whose unit is missing in the directory
    lets nobody see anything.
    """
    trackers, everywhere = _trackers()
    day = clock.today()
    return person.posts.filter(
        Q(role__in_line=True) | Q(role__key__in=trackers),
        Q(unit__isnull=False) | Q(role__whole_council=True) | Q(role__key__in=everywhere),
        Q(ends_on=None) | Q(ends_on__gte=day),
        starts_on__lte=day,
    )


def _trackers() -> tuple[frozenset[str], frozenset[str]]:
    """Keys of the roles that the framework lets follow actions, and those of them that are for the whole council."""
    framework = framework_if_any()
    if framework is None:
        return frozenset(), frozenset()
    keys = frozenset[str]().union(*(framework.role_keys(party) for party in framework.actions.tracked_by))
    wide = {role.key for role in framework.roles if role.level == Level.AUTHORITY}
    return keys, keys & wide


def _readable(person: Person) -> Q:
    """Restricted records only for those cleared, and for whoever works with the child or owns the action."""
    if person.cleared_for_restricted or may(person, "cases.see_restricted"):
        return Q()
    open_record = Q(case=None) | Q(case__restricted=False)
    mine = answering_for(person)
    return open_record | Q(case__worker=person) | Q(owner__in=mine) | Q(joint_owner__in=mine)


def category_labels() -> dict[str, str]:
    """Return the kinds of action that the framework in force tells apart, with their words."""
    framework = framework_if_any()
    return {one.key: one.label for one in framework.actions.categories} if framework else {}


def overdue(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Return those of the actions that should be done by now; one waiting for its sign-off is not late."""
    return actions.filter(status=ActionStatus.OPEN, due_on__lt=clock.today())


def follow_up_list() -> QuerySet[FollowUp]:
    """Return every follow-up, with case and people."""
    return FollowUp.objects.select_related(
        "case", "case__team", "case__service", "assignee", "about", "done_by"
    )


def visible_follow_ups(person: Person) -> QuerySet[FollowUp]:
    """Return the follow-ups that the person tracks, answers or takes part in, or that are about their own work."""
    unnamed = Q(assignee=None, assignee_role__in=_role_and_group_keys(person))
    invited = Q(invited__contains=[person.pk])
    mine = Q(assignee__in=answering_for(person)) | unnamed | Q(about=person) | invited
    if not may(person, "followup.see_all"):
        return follow_up_list().filter(mine)
    if person.cleared_for_restricted or may(person, "cases.see_restricted"):
        return follow_up_list()
    return follow_up_list().filter(mine | Q(case=None) | Q(case__restricted=False))


def written_summaries() -> QuerySet[FollowUp]:
    """Return the summaries that were written, newest first; they may be read by everybody of the council."""
    done = FollowUp.objects.filter(kind=FollowUpKind.SUMMARY, status=FollowUpStatus.DONE)
    return done.select_related("done_by").order_by("-done_at", "-pk")


def follow_ups_for(person: Person) -> QuerySet[FollowUp]:
    """Return the open follow-ups that somebody by name, or a role the person holds, has to answer."""
    unnamed = Q(assignee=None, assignee_role__in=_role_and_group_keys(person))
    named = Q(assignee__in=answering_for(person))
    return follow_up_list().filter(named | unnamed, status=FollowUpStatus.OPEN)


def _role_and_group_keys(person: Person) -> set[str]:
    keys = set(role_keys_of(person))
    framework = framework_if_any()
    if framework is None:
        return keys
    return keys | {
        role.key for role in framework.roles if role.members and keys & framework.role_keys(role.key)
    }


def concern_list() -> QuerySet[UrgentConcern]:
    """Return every urgent concern, with case and people."""
    return UrgentConcern.objects.select_related(
        "case__team",
        "case__service",
        "case__worker",
        "case__manager",
        "raised_by",
        "responder",
        "answered_by",
        "about_person",
        "spoken_with",
    )


def visible_concerns(person: Person) -> QuerySet[UrgentConcern]:
    """Return the concerns that the person raised, answers, or oversees."""
    mine = Q(raised_by=person)
    if not may(person, "followup.see_concerns"):
        mine |= Q(responder__in=answering_for(person))
        found = concern_list().filter(mine)
    else:
        found = concern_list()
    return found.exclude(barred__contains=[person.pk])


def cases_with_anything(case_ids: Iterable[int]) -> set[int]:
    """Return those of the cases that an action, follow-up or concern is about: they are kept."""
    ids = list(case_ids)
    return {
        case_id
        for model in (Action, FollowUp, UrgentConcern)
        for case_id in model.objects.filter(case__in=ids).values_list("case_id", flat=True)
        if case_id is not None
    }
