"""Who may moderate an audit, and why not (HER-36)."""

from collections.abc import Iterable
from dataclasses import dataclass

from audits.frameworks.schema import Framework
from audits.frameworks.vocabulary import CaseFacts, PersonFacts, Pool
from audits.models import Audit
from audits.selectors.facts import framework_for
from audits.selectors.people import auditors_ever
from moderation.enums import ModerationStatus
from moderation.models import Moderation
from qaf.lib import clock
from qaf.tenants.models import Person, Post
from qaf.tenants.selectors import absent_people, holders, line_of
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


def candidates_for(audit: Audit, *, month: Iterable[Moderation] = ()) -> list[Candidate]:
    """Return everybody in the framework's pool, those who may first, then by load and name.

    ``month`` are the moderations that count as load. Nobody who audited the case, or stands in its line, moderates
    it, whatever the framework says; a restricted record only goes to somebody cleared for it.
    """
    framework = framework_for(audit)
    people = holders(*_pool_keys(framework), on=clock.today())
    loads: dict[int | None, int] = {}
    for moderation in month:
        loads[moderation.moderator_id] = loads.get(moderation.moderator_id, 0) + 1
    roles = _roles_of(people)
    around, away = case_facts(audit), absent_people(on=clock.today())
    found = [
        Candidate(
            person,
            loads.get(person.pk, 0),
            _kept_out(person, roles.get(person.pk, frozenset()), audit, framework, around),
            person.pk in away,
        )
        for person in people
    ]
    return sorted(found, key=lambda one: (not one.may, one.away, one.load, one.person.name))


def _pool_keys(framework: Framework) -> frozenset[str]:
    rule = framework.moderation.moderators
    if not isinstance(rule, Pool):
        return frozenset()
    return frozenset(key for role in rule.roles for key in framework.role_keys(role))


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
    return CaseFacts(
        worker=audit.worker_id,
        team_manager=audit.manager_id,
        line=frozenset({*audit.line, *now, *filter(None, (audit.case.worker_id, audit.case.manager_id))}),
        iro_or_chair=frozenset(chairs),
        auditors=frozenset(auditors_ever(audit)),
        service=audit.service.key if audit.service else None,
    )


def _kept_out(
    person: Person, roles: frozenset[str], audit: Audit, framework: Framework, around: CaseFacts
) -> tuple[str, ...]:
    groups = frozenset(role.key for role in framework.roles if roles & framework.role_keys(role.key))
    verdict = framework.moderation.moderators.admits(PersonFacts(person.pk, roles | groups), around)
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
