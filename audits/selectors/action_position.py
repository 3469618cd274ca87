"""Audits with the position on their actions: the central tracker, and what is reported upwards."""

from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from audits.followup.enums import ActionStatus
from audits.followup.selectors.lists import tracking_posts
from audits.frameworks.enums import Occurrence
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_if_any
from audits.frameworks.vocabulary.effects import ReportPosition
from audits.models import Audit, ReportedPosition
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may, role_keys_of

AGREED = ~Q(action_links__action__status__in=(ActionStatus.PROPOSED, ActionStatus.NOT_AGREED))


def position_effects(framework: Framework) -> list[ReportPosition]:
    """Return what the framework says about tracking actions and reporting their position."""
    return [
        effect
        for rule in framework.consequences_of(Occurrence.AUDIT_FINALISED)
        for effect in rule.effects
        if isinstance(effect, ReportPosition)
    ]


def audits_with_actions() -> QuerySet:
    """Return every audit with an agreed action, with how many are open, late, waiting for sign-off and signed off."""

    def count(**status: object) -> Count:
        found = Q(**{f"action_links__action__{key}": value for key, value in status.items()})
        return Count("action_links", filter=found, distinct=True)

    today = clock.today()
    reported = ReportedPosition.objects.filter(audit=OuterRef("pk"))
    return (
        Audit.objects.filter(AGREED, action_links__isnull=False)
        .select_related("case", "team", "service")
        .annotate(
            open_actions=count(status=ActionStatus.OPEN),
            late_actions=count(status=ActionStatus.OPEN, due_on__lt=today),
            done_actions=count(status=ActionStatus.DONE),
            signed_off_actions=count(status=ActionStatus.SIGNED_OFF),
            next_due=Min(
                "action_links__action__due_on", filter=Q(action_links__action__status=ActionStatus.OPEN)
            ),
            is_reported=Exists(reported),
        )
        .distinct()
    )


def visible_audits_with_actions(person: Person) -> QuerySet:
    """Return those the person may follow: all, for whoever tracks actions or is told of them; else their own teams'."""
    found = audits_with_actions()
    if not (person.cleared_for_restricted or may(person, "cases.see_restricted")):
        found = found.filter(case__restricted=False)
    if may(person, "followup.see_all") or _is_told(person):
        return found
    units = tracking_posts(person)
    if units.filter(unit=None).exists():
        return found
    ids = units.values("unit")
    return found.filter(Q(case__team__in=ids) | Q(case__service__in=ids))


def sees_positions(person: Person) -> bool:
    """Say whether the page is for the person at all: those who track or are told, and managers."""
    return may(person, "followup.see_all") or _is_told(person) or tracking_posts(person).exists()


def _is_told(person: Person) -> bool:
    framework = framework_if_any()
    if framework is None:
        return False
    held = role_keys_of(person)
    parties = {party for effect in position_effects(framework) for party in (*effect.to, *effect.tracked_by)}
    return any(held & framework.role_keys(party) for party in parties)


def position_in_words(on: date) -> str:
    """Return the position on the actions that are reported upwards, in a sentence."""
    reported = audits_with_actions().filter(is_reported=True)
    open_ones = [audit for audit in reported if audit.open_actions or audit.done_actions]
    actions = sum(audit.open_actions for audit in open_ones)
    late = sum(audit.late_actions for audit in open_ones)
    waiting = sum(audit.done_actions for audit in open_ones)
    return (
        f"Audits with actions under way: {len(open_ones)}. Actions open: {actions}, of them late: {late}. "
        f"Waiting for sign-off: {waiting}."
    )
