"""How far somebody sees: the whole council, services, teams; whose work by name; and which audits they may open."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from audits.enums import AssessmentStatus
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit
from qaf.lib import clock
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Post, Unit
from qaf.tenants.permissions import may

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Reach:
    """The part of the council whose figures somebody may see."""

    whole: bool = False
    services: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing."""
        return not (self.whole or self.services or self.teams)

    def audits(self) -> Q | None:
        """The condition on audits, by the service and team frozen in them; ``None`` for no limit."""
        if self.whole:
            return None
        parts = []
        if self.services:
            parts.append(Q(service__in=self.services))
        if self.teams:
            parts.append(Q(team__in=self.teams))
        return reduce(or_, parts, NOTHING) if parts else NOTHING

    def units(self) -> tuple[list[Unit], list[Unit]]:
        """The services and the teams that may be chosen in a filter."""
        units = list(Unit.objects.all())
        services = [
            one for one in units if one.kind == UnitKind.SERVICE and (self.whole or one.pk in self.services)
        ]
        teams = [
            one
            for one in units
            if one.kind == UnitKind.TEAM
            and one.is_mapped
            and (self.whole or one.pk in self.teams or one.parent_id in self.services)
        ]
        return services, teams


def reach_of(person: Person, framework: Framework) -> Reach:
    """Return whose figures ``person`` may see (HER-52).

    A post whose role the framework lets follow the whole council reaches all of it; any other reaches its own unit,
    and a post for the whole council reaches all of it.
    """
    entry = framework.tracking.sees("authority")
    return _reach(
        person, framework, "reporting.see_council", frozenset(entry.roles) if entry else frozenset()
    )


def practitioners_reach(person: Person, framework: Framework) -> Reach:
    """Return whose work by name ``person`` may look at: the line and quality assurance, as the framework says."""
    entry = framework.tracking.sees("practitioner")
    if entry is None or not may(person, "reporting.see_practitioners"):
        return Reach()
    wide = framework.tracking.sees("authority")
    return _reach(
        person,
        framework,
        "reporting.see_practitioners",
        frozenset(wide.roles) if wide else frozenset(),
        only=frozenset(entry.roles),
    )


def _reach(
    person: Person,
    framework: Framework,
    permission: str,
    wide: frozenset[str],
    *,
    only: frozenset[str] | None = None,
) -> Reach:
    whole = False
    services: set[int] = set()
    teams: set[int] = set()
    for post in _posts(person):
        if permission not in post.role.permissions:
            continue
        held = framework.with_groups([post.role.key])
        if only is not None and not held & only:
            continue
        unit = post.unit
        if held & wide or (unit is None and _is_for_council(post, framework)):
            whole = True
        elif unit is not None:
            (services if unit.kind == UnitKind.SERVICE else teams).add(unit.pk)
    return Reach(whole, frozenset(services), frozenset(teams))


def _posts(person: Person) -> list[Post]:
    day = clock.today()
    held = person.posts.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
    return list(held.select_related("role", "unit"))


def _is_for_council(post: Post, framework: Framework) -> bool:
    """A manager of a team or service without one is a gap in the directory, and sees nothing until it is filled."""
    try:
        return framework.role(post.role.key).level.value not in ("team", "service", "case", "external")
    except KeyError:
        return False


def openable(person: Person, audits: list[int]) -> set[int]:
    """Return those of the audits whose page ``person`` may open, in three queries.

    The same rule as the audit page's own, asked of many at once; the page asks again.
    """
    rows = Audit.objects.filter(pk__in=audits)
    if not (person.cleared_for_restricted or may(person, "cases.see_restricted")):
        rows = rows.filter(Q(case__restricted=False) | Q(worker=person) | Q(case__worker=person))
    if not may(person, "audits.see_all"):
        mine = Q(worker=person) | Q(manager=person) | Q(chair=person) | Q(line__contains=[person.pk])
        now = Q(case__worker=person) | Q(case__chair=person)
        auditing = Assessment.objects.filter(assessor=person, audit__in=audits).exclude(
            status=AssessmentStatus.REASSIGNED
        )
        rows = rows.filter(mine | now | _managed_now(person) | Q(pk__in=auditing.values("audit")))
    return set(rows.values_list("pk", flat=True))


def _managed_now(person: Person) -> Q:
    posts = [post for post in _posts(person) if post.role.in_line]
    if any(post.unit_id is None and post.role.whole_council for post in posts):
        return Q(case__team__isnull=False)
    units = [post.unit_id for post in posts if post.unit_id is not None]
    return Q(case__team__in=units) | Q(case__team__parent__in=units)
