"""Everybody who could be asked, as they stand on one day: read once, in a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from audits.frameworks.schema.framework import Framework
from audits.selectors.experience import completed_counts
from audits.services.allocation import Auditor
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Absence, Person, Unit
from qaf.tenants.selectors.people import posts_on


@dataclass(frozen=True)
class Roster:
    """Who holds which post, who is away, who manages which team, on ``day``."""

    day: date
    people: Mapping[int, Auditor]
    manager_by_team: Mapping[int, int]
    line_by_unit: Mapping[int | None, frozenset[int]]
    teams: Mapping[int, Unit]
    units_by_role: Mapping[tuple[int, str], frozenset[int | None]] = field(default_factory=dict)
    """Person and role (groups unfolded) to the units they hold it for; ``None`` is the whole council."""
    units: Mapping[int, Unit] = field(default_factory=dict)

    def holders(self, role: str) -> list[Auditor]:
        """Return everybody who holds the role or one of its group, by id."""
        return [one for one in self.people.values() if role in one.roles]

    def manager_of(self, team_id: int | None, named: int | None) -> int | None:
        """Return the responsible manager: whom the case list names and who still works here, else the team's."""
        if named is not None and named in self.people:
            return named
        return self.manager_by_team.get(team_id) if team_id is not None else None

    def why_no_manager(self, team_id: int | None) -> str:
        """Say why a case of this team has no manager."""
        team = self.teams.get(team_id) if team_id is not None else None
        if team is None:
            return "The case list names no team for this child."
        if not team.is_mapped:
            return f"{team.name} is not mapped to a service and has no manager."
        return f"{team.name} has no manager."

    def line_of(self, team_id: int | None, service_id: int | None) -> frozenset[int]:
        """Return everybody who manages the team, its service or the whole council."""
        units = {None, team_id, service_id}
        return frozenset().union(*(self.line_by_unit.get(unit, frozenset()) for unit in units))


def roster_on(day: date, framework: Framework) -> Roster:
    """Return the open council's roster on ``day``, with the framework's groups of roles unfolded."""
    roles: dict[int, set[str]] = {}
    managers: dict[int, tuple[int, str, int]] = {}
    line: dict[int | None, set[int]] = {}
    held: dict[tuple[int, str], set[int | None]] = {}
    units = {unit.pk: unit for unit in Unit.objects.all()}
    teams = {pk: unit for pk, unit in units.items() if unit.kind == UnitKind.TEAM}
    rows: Iterable[tuple[int, str, int | None, str, bool, int, bool]] = posts_on(day).values_list(
        "person_id",
        "person__name",
        "unit_id",
        "role__key",
        "role__in_line",
        "role__rank",
        "role__whole_council",
    )
    for person_id, name, unit_id, role, in_line, rank, whole_council in rows:
        roles.setdefault(person_id, set()).add(role)
        for key in framework.with_groups([role]):
            held.setdefault((person_id, key), set()).add(unit_id)
        if not in_line or (unit_id is None and not whole_council):
            continue
        line.setdefault(unit_id, set()).add(person_id)
        if unit_id in teams:
            managers[unit_id] = min(managers.get(unit_id, (99, "", 0)), (rank, name, person_id))
    return Roster(
        day=day,
        people=_people(day, roles, framework, _services(held, units)),
        manager_by_team={unit: manager[2] for unit, manager in managers.items()},
        line_by_unit={unit: frozenset(people) for unit, people in line.items()},
        teams=teams,
        units_by_role={key: frozenset(found) for key, found in held.items()},
        units=units,
    )


def service_key(unit_id: int | None, units: Mapping[int, Unit]) -> str | None:
    """Return the key of the service that a unit is or belongs to."""
    unit = units.get(unit_id) if unit_id is not None else None
    if unit is not None and unit.kind == UnitKind.TEAM:
        unit = units.get(unit.parent_id or 0)
    return unit.key if unit is not None else None


def _services(
    held: Mapping[tuple[int, str], set[int | None]], units: Mapping[int, Unit]
) -> dict[int, set[str]]:
    """Return the services that people hold posts for; a post for the whole council is of none."""
    found: dict[int, set[str]] = {}
    for (person, _), unit_ids in held.items():
        keys = {service_key(unit, units) for unit in unit_ids}
        found.setdefault(person, set()).update(key for key in keys if key)
    return found


def _people(
    day: date,
    roles: Mapping[int, set[str]],
    framework: Framework,
    services: Mapping[int, set[str]],
) -> dict[int, Auditor]:
    away = dict(
        Absence.objects.filter(starts_on__lte=day, ends_on__gte=day)
        .order_by("id")
        .values_list("person_id", "deputy_id")
    )
    unfolded = {held: framework.with_groups(held) for held in {frozenset(keys) for keys in roles.values()}}
    unfolded[frozenset()] = frozenset()
    completed = completed_counts()
    here = Person.objects.filter(Q(left_on=None) | Q(left_on__gte=day)).order_by("id")
    return {
        pk: Auditor(
            id=pk,
            name=name,
            roles=unfolded[frozenset(roles.get(pk, ()))],
            cleared=cleared,
            away=pk in away,
            deputy=away.get(pk),
            services=frozenset(services.get(pk, ())),
            completed_audits=completed[pk],
        )
        for pk, name, cleared in here.values_list("pk", "name", "cleared_for_restricted")
    }
