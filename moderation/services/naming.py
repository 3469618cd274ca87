"""Naming moderators when a month is allocated: so many audits each, begun when the audit is submitted (WSX-67)."""

from collections import Counter

from audits.enums import BEFORE_SUBMISSION, OVERALL, CycleStatus
from audits.frameworks.schema.moderation import Selector
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary.selection import QuotaPerModerator, by_chance
from audits.models import Audit, Cycle
from audits.selectors.facts import framework_for
from moderation.enums import ModerationStatus, ReasonKind
from moderation.models import Moderation, ModerationReason
from moderation.paths import moderation_href
from moderation.selectors import able_to_moderate
from moderation.selectors.modes import way_for
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person


def name_moderators(*, cycle: Cycle) -> int:
    """Name a moderator for as many audits of the month as the framework gives each; return how many were named.

    Each gets theirs as far as there are audits that they may moderate: those with the fewest choices first. The
    month's seed decides, and who was named already stays: it may run twice.
    """
    named = 0
    for selector in framework_of(cycle.framework_version).moderation.selectors:
        if isinstance(selector.rule, QuotaPerModerator) and selector.evaluated == "at_allocation":
            named += _name(cycle, selector, selector.rule.count)
    return named


def name_missing() -> int:
    """Name moderators in the months that run, where an audit was withdrawn or came later; return how many."""
    running = Cycle.objects.filter(status=CycleStatus.OPEN)
    return sum(name_moderators(cycle=cycle) for cycle in running)


def _name(cycle: Cycle, selector: Selector, count: int) -> int:
    running = cycle.audits.filter(status__in=BEFORE_SUBMISSION).select_related(
        "case__team", "case__service", "team", "service", "cycle"
    )
    audits = {audit.reference: audit for audit in running.filter(moderations__isnull=True)}
    given = Counter(
        Moderation.objects.filter(audit__cycle=cycle, reasons__rule=selector.key)
        .exclude(status=ModerationStatus.WITHDRAWN)
        .values_list("moderator_id", flat=True)
    )
    way = way_for(framework_of(cycle.framework_version), [selector.key])
    able = able_to_moderate(audits.values(), way=way)
    people = {one.pk: one for those in able.values() for one in those}
    choices = {pk: [ref for ref in by_chance(audits, cycle.seed) if people[pk] in able[ref]] for pk in people}
    taken: set[str] = set()
    for turn in range(count):
        for pk in sorted(people, key=lambda one: (len(choices[one]), people[one].name, one)):
            free = [reference for reference in choices[pk] if reference not in taken]
            if given[pk] > turn or not free:
                continue
            # What few others could moderate is taken first, so that nobody is left without.
            reference = min(free, key=lambda ref: len(able[ref]))
            taken.add(reference)
            given[pk] += 1
            _name_one(audits[reference], selector, people[pk])
    return len(taken)


def _name_one(audit: Audit, selector: Selector, moderator: Person) -> None:
    framework = framework_for(audit)
    moderation = Moderation.objects.create(
        audit=audit,
        mode=way_for(framework, [selector.key]).mode,
        status=ModerationStatus.NAMED,
        moderator=moderator,
        allocated_at=clock.now(),
        opened_at=clock.now(),
        available_on=audit.due_on,
        due_on=framework.due_on(
            framework.moderation.due,
            month=audit.cycle.period if audit.cycle else audit.allocated_on,
            audit_submitted=audit.due_on,
            audit_completed=audit.due_on,
            moderation_opened=audit.due_on,
        ),
    )
    ModerationReason.objects.create(
        moderation=moderation,
        kind=ReasonKind.RULE,
        rule=selector.key,
        domain=OVERALL,
        text=f"{selector.label}: {moderator.name}",
    )
    tell(
        people=[moderator],
        kind="moderator_named",
        key=f"moderator-{moderation.pk}",
        subject=f"{audit.reference}: you will moderate this audit",
        body="It is yours as soon as its auditor has submitted it; you are told then.",
        href=moderation_href(moderation),
    )
