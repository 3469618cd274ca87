"""A small council of any framework: a person in every post it names, two teams in every audited service, and children.

Names say what somebody is, so that an outcome can be read: "Team Manager of Ash 1". The cast is invented.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from audits.cases.models import Assignment, Case
from audits.frameworks import loader
from audits.frameworks.enums import Capability
from audits.frameworks.schema import Framework
from audits.frameworks.schema.identity import Role
from audits.frameworks.selectors import framework_of, version_in_force
from audits.frameworks.services import publish_framework
from qaf.tenants.models import Person, Unit
from tests.factories.people import LONG_AGO, make_person, make_team

TREES = ("Ash", "Birch", "Cedar", "Damson", "Elder", "Fir", "Gorse", "Hazel", "Ivy")
OPENED = date(2026, 3, 2)
AT_HOME = {
    "sgu_service_manager": "safeguarding_review_unit",
    "service_lead_early_help": "early_help",
    "iro_team_manager": "iro_service",
}
"""Posts of one service only, by the service; every other post of that level is held in each audited service."""
WORKERS_IN_A_TEAM = 2


@dataclass
class Town:
    """One council's people by role, its teams by name and its children's records."""

    framework: Framework
    people: dict[str, list[Person]] = field(default_factory=dict)
    teams: dict[str, Unit] = field(default_factory=dict)
    workers: dict[str, list[Person]] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def one(self, role: str) -> Person:
        """The first holder of a role."""
        return self.people[role][0]

    def holder(self, role: str, unit: str) -> Person:
        """The holder of a team's or service's post, by the unit's name."""
        return next(person for person in self.people[role] if person.name.endswith(f" of {unit}"))


def build_town(
    framework_name: str,
    *,
    children_in_a_team: int = 4,
    teams_in_a_service: int = 2,
    workers_in_a_team: int = WORKERS_IN_A_TEAM,
    at_the_centre: int = 2,
    published_on: date = LONG_AGO,
    signs_in: bool = False,
    text: str = "",
) -> Town:
    """Publish a built-in framework in the open scope and people the council; needs a frozen clock.

    ``at_the_centre`` is how many hold each post of the whole authority; ``text`` is published instead of the built-in
    framework where it is given.
    """
    publish_framework(text=text or loader.builtin_text(framework_name), effective_from=published_on)
    town = Town(framework_of(version_in_force()))
    trees = iter(TREES)
    worker_role, chair_role = _roles_of_the_case(town.framework)
    services = [service for service in town.framework.audited_services if service.statuses]
    for role in town.framework.roles:
        if role.level in ("authority", "external") and not role.members:
            town.people[role.key] = [
                _person(f"{role.label} {number}", role.key, signs_in=signs_in)
                for number in range(1, at_the_centre + 1)
            ]
    for role in town.framework.roles:
        if role.key in AT_HOME:
            _hold(town, role, Unit.objects.get(kind="service", key=AT_HOME[role.key]), signs_in)
    chairs = [_person(f"Chair {number}", chair_role.key, signs_in=signs_in) for number in (1, 2, 3)]
    town.people[chair_role.key] = chairs
    for service in services:
        unit = Unit.objects.get(kind="service", key=service.key)
        _fill_posts(town, "service", unit, signs_in)
        tree = next(trees)
        for number in range(1, teams_in_a_service + 1):
            team = make_team(f"{tree} {number}", unit)
            town.teams[team.name] = team
            _fill_posts(town, "team", team, signs_in)
            town.workers[team.name] = [
                _person(f"Worker {place} of {team.name}", worker_role.key, unit=team, signs_in=signs_in)
                for place in range(1, workers_in_a_team + 1)
            ]
            town.people.setdefault(worker_role.key, []).extend(town.workers[team.name])
            for place in range(children_in_a_team):
                town.cases.append(
                    _child(town, service.statuses[place % len(service.statuses)], team, place, chairs)
                )
    Case.objects.bulk_create(town.cases)
    Assignment.objects.bulk_create(
        Assignment(case=case, kind="worker", person=case.worker, starts_on=OPENED) for case in town.cases
    )
    return town


def _roles_of_the_case(framework: Framework) -> tuple[Role, Role]:
    of_the_case = [role for role in framework.roles if role.level == "case"]
    worker = next(role for role in of_the_case if Capability.TAKE_PART in role.capabilities)
    return worker, next((role for role in of_the_case if role is not worker), worker)


def _fill_posts(town: Town, level: str, unit: Unit, signs_in: bool) -> None:
    for role in town.framework.roles:
        if role.level == level and not role.members and not role.planned and role.key not in AT_HOME:
            _hold(town, role, unit, signs_in)


def _hold(town: Town, role: Role, unit: Unit, signs_in: bool) -> None:
    person = _person(f"{role.label} of {unit.name}", role.key, unit=unit, signs_in=signs_in)
    town.people.setdefault(role.key, []).append(person)


def _person(name: str, role: str, *, unit: Unit | None = None, signs_in: bool) -> Person:
    last = re.sub(r"[^a-z0-9]+", ".", name.removeprefix(role).lower())[-24:].strip(".")
    return make_person(name, role, unit=unit, signs_in=signs_in, email=f"{role[:30]}.{last}@example.org")


def _child(town: Town, status: str, team: Unit, place: int, chairs: list[Person]) -> Case:
    workers = town.workers[team.name]
    number = len(town.cases) + 1
    return Case(
        local_id=f"{number:07d}",
        initials="KT",
        birth_year=2015,
        birth_month=4,
        status=status,
        opened_on=OPENED,
        team=team,
        service=team.parent,
        worker=workers[place % len(workers)],
        chair=chairs[number % len(chairs)] if status in ("child_protection", "looked_after") else None,
        family_id=f"F{number}",
    )
