"""Who may moderate an audit, and why not (HER-36)."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from audits.frameworks.schema import Framework
from audits.frameworks.vocabulary import CaseFacts, PersonFacts, Pool, Verdict
from audits.models import Audit
from audits.selectors.facts import framework_for
from audits.selectors.people import auditors_ever
from moderation.enums import Mode, ModerationStatus
from moderation.models import Moderation
from moderation.selectors.modes import Way, panel_of
from qaf.lib import clock
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Post, Unit
from qaf.tenants.selectors import absent_people, holders, holders_in_line, line_of
from qaf.tenants.selectors.people import posts_on


@dataclass(frozen=True)
class Candidate:
    """One person of the pool: how much they moderate this month, and everything that keeps them from this audit."""

    person: Person
    load: int
    kept_out: tuple[str, ...] = ()
    away: bool = False

    @property
    def may(self) -> bool:
        """Whether the person may moderate the audit at all; an absence only makes them the wrong choice today."""
        return not self.kept_out


@dataclass(frozen=True)
class _Circle:
    """Everybody who moderates by their post, what they hold and who is away: the same for many audits."""

    people: list[Person]
    roles: dict[int, frozenset[str]]
    services: dict[int, frozenset[str]]
    away: Container[int]


def candidates_for(
    audit: Audit, *, month: Iterable[Moderation] = (), way: Way | None = None
) -> list[Candidate]:
    """Return everybody in the framework's pool, those who may first, then by load and name.

    ``month`` are the moderations that count as load. Nobody who audited the case moderates it, whatever the framework
    says; nor does anybody in its line, unless the framework gives the review to them or a panel decides. A restricted
    record only goes to somebody cleared for it. ``way`` says whether a panel, a manager or a colleague decides.
    """
    way = way or Way(framework_for(audit).moderation.decision.kind)
    loads: dict[int | None, int] = {}
    for one in month:
        loads[one.moderator_id] = loads.get(one.moderator_id, 0) + 1
    return _judged(audit, way, _circle(_pool(audit, way)), loads)


def able_to_moderate(audits: Iterable[Audit], *, way: Way) -> dict[str, list[Person]]:
    """Return who could moderate each of these audits today, by reference; the pool is read once for all of them.

    The audits follow one framework, and ``way`` is none in which each audit has its own reviewer.
    """
    audits = list(audits)
    if not audits:
        return {}
    circle = _circle(_pool(audits[0], way))
    return {
        audit.reference: [one.person for one in _judged(audit, way, circle, {}) if one.may and not one.away]
        for audit in audits
    }


def _circle(people: list[Person]) -> _Circle:
    return _Circle(people, _roles_of(people), _services_of(people), absent_people(on=clock.today()))


def _judged(audit: Audit, way: Way, circle: _Circle, loads: Mapping[int | None, int]) -> list[Candidate]:
    framework, around = framework_for(audit), case_facts(audit)
    found = [
        Candidate(
            person,
            loads.get(person.pk, 0),
            _kept_out(
                person,
                circle.roles.get(person.pk, frozenset()),
                circle.services.get(person.pk, frozenset()),
                audit,
                framework,
                around,
                by_role=bool(way.reviewer_role),
            )
            if not way.close
            else _kept_out_at_least(person, audit, around),
            person.pk in circle.away,
        )
        for person in circle.people
    ]
    return sorted(found, key=lambda one: (not one.may, one.away, one.load, one.person.name))


def _pool(audit: Audit, way: Way) -> list[Person]:
    """Everybody who moderates by their post: the framework's pool, a panel's members, the reviewer a rule names."""
    framework, today = framework_for(audit), clock.today()
    if way.reviewer_role:
        keys = framework.role_keys(way.reviewer_role)
        unit = audit.team or audit.service
        return (
            holders_in_line(unit, *keys, on=today) if unit and way.line_review else holders(*keys, on=today)
        )
    rules = panel_of(framework)
    if way.mode == Mode.PANEL and rules is not None:
        roles: Iterable[str] = (*rules.standing, rules.tie_decided_by)
    else:
        pool = framework.moderation.moderators
        roles = pool.roles if isinstance(pool, Pool) else ()
    keys = frozenset(key for role in roles for key in framework.role_keys(role))
    return holders(*keys, on=today) if keys else []


def _roles_of(people: list[Person]) -> dict[int, frozenset[str]]:
    rows: dict[int, set[str]] = {}
    posts: list[Post] = list(posts_on(clock.today()).filter(person__in=people).select_related("role"))
    for post in posts:
        rows.setdefault(post.person_id, set()).add(post.role.key)
    return {pk: frozenset(keys) for pk, keys in rows.items()}


def case_facts(audit: Audit) -> CaseFacts:
    """Return the people around the case: its line on the day of sampling and today, and everybody who audited it."""
    unit = audit.case.team or audit.case.service
    now = line_of(unit, on=clock.today()) if unit else set()
    chairs = {pk for pk in (audit.chair_id, audit.case.chair_id) if pk}
    auditors = auditors_ever(audit)
    return CaseFacts(
        worker=audit.worker_id,
        team_manager=audit.manager_id,
        line=frozenset({*audit.line, *now, *filter(None, (audit.case.worker_id, audit.case.manager_id))}),
        iro_or_chair=frozenset(chairs),
        auditors=frozenset(auditors),
        auditor_line=_line_of_people(auditors),
        service=audit.service.key if audit.service else None,
    )


def _line_of_people(people: Iterable[int]) -> frozenset[int]:
    """Everybody who manages a unit in which one of the people holds a post, without themselves."""
    ids, today = set(people), clock.today()
    units = Unit.objects.filter(pk__in=posts_on(today).filter(person__in=ids).values("unit"))
    found: set[int] = set()
    for unit in units:
        found |= {post.person_id for post in _managers(unit, today)}
    return frozenset(found - ids)


def _managers(unit: Unit, today: date) -> Iterable[Post]:
    in_line = posts_on(today).filter(role__in_line=True)
    return in_line.filter(Q(unit=unit) | Q(unit=unit.parent_id, unit__isnull=False))


def _services_of(people: Iterable[Person]) -> dict[int, frozenset[str]]:
    """The services in which each of the people holds a post, in one query."""
    rows = posts_on(clock.today()).filter(person__in=list(people), unit__isnull=False)
    found: dict[int, set[str]] = {}
    for person, kind, own, above in rows.values_list(
        "person_id", "unit__kind", "unit__key", "unit__parent__key"
    ):
        if key := own if kind == UnitKind.SERVICE else above:
            found.setdefault(person, set()).add(key)
    return {pk: frozenset(keys) for pk, keys in found.items()}


def _kept_out_at_least(person: Person, audit: Audit, around: CaseFacts) -> tuple[str, ...]:
    """What keeps even a panel's member, or a manager who reviews, from an audit."""
    reasons = ["audited the case"] if person.pk in around.auditors else []
    if audit.case.restricted and not person.cleared_for_restricted:
        reasons.append("is not cleared for restricted records")
    return tuple(reasons)


def _kept_out(
    person: Person,
    roles: frozenset[str],
    services: frozenset[str],
    audit: Audit,
    framework: Framework,
    around: CaseFacts,
    by_role: bool,
) -> tuple[str, ...]:
    facts = PersonFacts(person.pk, framework.with_groups(roles), services=services)
    # Whom a rule names by their role need hold none of the pool's.
    verdict = Verdict(True) if by_role else framework.moderation.moderators.admits(facts, around)
    reasons = [] if verdict else [reason.text for reason in verdict.reasons]
    if person.pk in around.auditors and not any("audited the case" in text for text in reasons):
        reasons.append("audited the case")
    if person.pk in {*around.line, around.worker, around.team_manager} and not any(
        "line of management" in text for text in reasons
    ):
        reasons.append("is in the line of management of the case")
    if audit.case.restricted and not person.cleared_for_restricted:
        reasons.append("is not cleared for restricted records")
    return tuple(reasons)


def load_of_the_time(moderation: Moderation) -> list[Moderation]:
    """Return the moderations given out for the same moderation week: what counts as load."""
    same = Moderation.objects.filter(available_on=moderation.available_on, moderator__isnull=False)
    return list(same.exclude(status=ModerationStatus.WITHDRAWN).exclude(pk=moderation.pk))
