"""From a framework's strategy to the draw: what is asked for, of whom, and the draw itself, whatever the strategy."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary import FromCase, Pool, RandomCase
from audits.frameworks.vocabulary.selection import QuotaPerModerator
from audits.frameworks.vocabulary.strategies import QuotaPerRole, RoleQuota, StratifiedPerAuditor, ThemeRandom
from audits.models import Theme
from audits.services.allocation import Auditor, CaseToAllocate, eligible_people
from audits.services.nearby import case_to_allocate, nearby
from audits.services.population import Population
from audits.services.quotas import (
    AUDITS,
    AWAY,
    CHOOSES,
    MODERATES,
    QuotaDraw,
    Quotas,
    Scope,
    Share,
    draw_quotas,
    turn,
)
from audits.services.roster import Roster, service_key
from audits.services.sampling import WHOLE, Candidate, Draw, Limits, Rule, chance, draw
from qaf.tenants.transitions import Problem, TransitionRefused
from qaf.ui.words import month as month_words

Plan = Rule | Quotas
"""What a month's draw is asked for: numbers by group, or shares by holder of a role."""


def needs_theme(framework: Framework) -> bool:
    """Say whether a month of this framework cannot be drawn without its theme."""
    return framework.process.monthly_theme or isinstance(framework.sampling.strategy, ThemeRandom)


def theme_of(period: date) -> Theme | None:
    """Return the month's theme; ``None`` where none has been chosen."""
    return Theme.objects.filter(month=period).first()


def theme_for(framework: Framework, period: date) -> Theme | None:
    """Return the theme that the month is drawn by. Raises ``TransitionRefused`` where it must have one and has none."""
    if not needs_theme(framework):
        return None
    theme = theme_of(period)
    if theme is None:
        raise TransitionRefused([Problem(f"Choose the theme of {month_words(period)} first.")])
    return theme


def plan_of(framework: Framework, roster: Roster, population: Population, *, period: date, seed: str) -> Plan:
    """Return what the framework asks of the month's draw."""
    strategy = framework.sampling.strategy
    if isinstance(strategy, QuotaPerRole):
        return _quotas(framework, strategy, roster, population, period=period, seed=seed)
    if isinstance(strategy, RandomCase):
        caps = strategy.caps
        return Rule(
            sizes={service.key: strategy.size(service.key) for service in framework.audited_services},
            stratify_by=tuple(strategy.stratify_by),
            limits=Limits(caps.per_lead, caps.per_worker, caps.per_family),
        )
    people = sum(not one.away for one in expected_auditors(framework, roster))
    if isinstance(strategy, ThemeRandom):
        return Rule({WHOLE: strategy.size(people)}, tuple(strategy.stratify_by), whole=True)
    return Rule({WHOLE: strategy.per_auditor * people}, tuple(strategy.stratify_by), whole=True)


def expected_auditors(framework: Framework, roster: Roster) -> list[Auditor]:
    """Return who is expected to audit in a month: those the strategy counts by, in the order of the roster."""
    strategy = framework.sampling.strategy
    if isinstance(strategy, StratifiedPerAuditor):
        roles = set(strategy.roles)
    elif isinstance(strategy, QuotaPerRole):
        roles = {quota.role for quota in strategy.quotas}
    else:
        rule = framework.grading_slots[0].eligible
        roles = set(rule.roles) if isinstance(rule, Pool) else set()
    return [one for one in roster.people.values() if one.roles & roles]


def expected_of_each(framework: Framework, roster: Roster) -> list[dict[str, object]]:
    """Return how many audits each person is expected to do, where the strategy counts by auditor but fixes no case."""
    strategy = framework.sampling.strategy
    if not isinstance(strategy, ThemeRandom | StratifiedPerAuditor):
        return []
    rule = framework.grading_slots[0].eligible
    roles = strategy.roles if isinstance(strategy, StratifiedPerAuditor) else getattr(rule, "roles", ())
    return [
        {
            "person": one.id,
            "role": next(role for role in roles if role in one.roles),
            "audits": strategy.per_auditor,
        }
        for one in expected_auditors(framework, roster)
        if not one.away
    ]


def make_draw(
    plan: Plan, population: Population, seed: str, settled: Mapping[str, str] | None = None
) -> Draw:
    """Draw by the plan; ``settled`` are cases by the key of the share for which somebody has settled them."""
    if isinstance(plan, Rule):
        return draw(population.candidates, plan, seed)
    return draw_quotas(population.candidates, plan, seed, settled=settled)


def shares_of(drawn: Draw) -> tuple[Share, ...]:
    """Return everybody's shares, where the draw was by quota."""
    return drawn.shares if isinstance(drawn, QuotaDraw) else ()


def expected_by_service(plan: Plan, population: Population) -> Mapping[str, float]:
    """Return how many audits each service is to expect, on average; nothing in it depends on the seed."""
    eligible = Counter(one.service for one in population.eligible)
    if isinstance(plan, Rule) and not plan.whole:
        return {key: min(size, eligible[key]) for key, size in plan.sizes.items()}
    whole = eligible.total()
    audits = min(plan.asked, whole)
    return {key: audits * count / whole for key, count in eligible.items()} if whole else {}


# Quotas --------------------------------------------------------------------------------------------------------------


def _quotas(
    framework: Framework,
    strategy: QuotaPerRole,
    roster: Roster,
    population: Population,
    *,
    period: date,
    seed: str,
) -> Quotas:
    audited = frozenset(service.key for service in framework.audited_services)
    shares = [
        share
        for quota in strategy.quotas
        for share in _shares_of_quota(quota, strategy, roster, period, audited)
    ]
    moderating = _moderating(framework, strategy, shares, roster, seed)
    settled = tuple(
        _as_moderator(one) if (one.person, one.role) in moderating and one.outcome == AUDITS else one
        for one in shares
    )
    return Quotas(settled, _may_audit(framework, roster, population))


def _shares_of_quota(
    quota: RoleQuota, strategy: QuotaPerRole, roster: Roster, period: date, audited: frozenset[str]
) -> Iterator[Share]:
    months = period.year * 12 + period.month
    for person in roster.holders(quota.role):
        scope, method = scope_of(quota, person, roster), quota.method
        if quota.else_anywhere and takes_no_part(quota, person, roster, audited):
            # Nobody looks through the children of others to choose one: chance draws.
            scope, method = Scope(), "random"
        for number in range(1, quota.audits + 1):
            statuses = turn(strategy.rotate_statuses, months, person.id, quota.audits, number)
            yield Share(
                person=person.id,
                name=person.name,
                role=quota.role,
                number=number,
                method=method,
                scope=scope,
                statuses=tuple(str(status) for status in statuses),
                spread_over_workers=quota.spread_over_workers,
                outcome=AWAY if person.away else CHOOSES if method == "auditor_choice" else AUDITS,
                problem=f"{person.name} is away on the day of allocation." if person.away else "",
            )


def scope_of(quota: RoleQuota, person: Auditor, roster: Roster) -> Scope:
    """Return whose cases a holder is given: by the units for which they hold the post, or any for the whole council."""
    if quota.scope == "anywhere":
        return Scope()
    if quota.scope == "another_service":
        return Scope(outside=person.services)
    units = roster.units_by_role.get((person.id, quota.role), frozenset())
    if None in units:
        return Scope()
    teams = {roster.teams[unit].key for unit in units if unit is not None and unit in roster.teams}
    services = {service_key(unit, roster.units) or "" for unit in units}
    if quota.scope == "own_team":
        of_services = {service_key(unit, roster.units) or "" for unit in units if unit not in roster.teams}
        return Scope(teams=frozenset(teams), services=frozenset(of_services))
    return Scope(services=frozenset(services))


def takes_no_part(quota: RoleQuota, person: Auditor, roster: Roster, audited: frozenset[str]) -> bool:
    """Say whether none of the units for which somebody holds the post is in a service whose cases are audited."""
    units = roster.units_by_role.get((person.id, quota.role), frozenset())
    own = {service_key(unit, roster.units) for unit in units}
    return bool(units) and None not in units and not own & audited


def _moderating(
    framework: Framework,
    strategy: QuotaPerRole,
    shares: list[Share],
    roster: Roster,
    seed: str,
) -> frozenset[tuple[int, str]]:
    """Return the holders who moderate instead of auditing: as many as the audits of others need (WSX-42).

    Each moderator takes one audit of somebody else; those whose only part is to moderate come first.
    """
    counting = {quota.role for quota in strategy.quotas if quota.moderation_counts}
    rules = [selector.rule for selector in framework.moderation.selectors]
    each = max((rule.count for rule in rules if isinstance(rule, QuotaPerModerator)), default=0)
    pool = framework.moderation.moderators
    if not counting or not each or not isinstance(pool, Pool):
        return frozenset()
    by_others = sum(one.role not in counting and one.outcome in (AUDITS, CHOOSES) for one in shares)
    holders = {(one.person, one.role) for one in shares if one.role in counting and one.outcome == AUDITS}
    persons = {person for person, _ in holders}
    only = sum(
        bool(one.roles & set(pool.roles)) and not one.away and one.id not in persons
        for one in roster.people.values()
    )
    needed = max(0, -(-by_others // each) - only)
    able = [
        one for one in holders if one[0] in roster.people and roster.people[one[0]].roles & set(pool.roles)
    ]
    return frozenset(sorted(able, key=lambda one: chance(seed, f"moderates {one[0]}"))[:needed])


def _as_moderator(share: Share) -> Share:
    from dataclasses import replace

    return replace(share, outcome=MODERATES)


def _may_audit(
    framework: Framework, roster: Roster, population: Population
) -> Callable[[int, Candidate], bool]:
    rule = framework.grading_slots[0].eligible
    if isinstance(rule, FromCase):
        return lambda person, one: True
    around = nearby({one.case_id: population.rows[one.case_id] for one in population.eligible}, roster.day)
    cases: dict[int, CaseToAllocate] = {}

    def may(person: int, one: Candidate) -> bool:
        if person not in roster.people or person == one.worker:
            return False
        if one.case_id not in cases:
            cases[one.case_id] = case_to_allocate(population.rows[one.case_id], roster, around)
        return bool(eligible_people(cases[one.case_id], rule, [roster.people[person]])[0])

    return may
