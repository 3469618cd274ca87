"""A small council on the first built-in framework, ready to open a month or with one open.

The cast is invented. Two teams in each of two services, one team in each other service; ``small_council()`` needs an
open scope and a frozen clock.
"""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from audits.cases.models import Assignment, Case
from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.models import Cycle
from audits.services.cycles import open_cycle, prepare_cycle
from qaf.lib import clock
from qaf.tenants.models import Person, Unit
from tests.factories.people import LONG_AGO, make_person, make_team

FRAMEWORK = "herefordshire"
TEAMS = {
    "early_help": ["Hazel team"],
    "mash": ["Front door team"],
    "assessment": ["Willow team", "Alder team"],
    "safeguarding": ["Rowan team", "Maple team"],
    "get_safe": ["Larch team"],
    "children_in_care": ["Beech team"],
    "care_leavers": ["Cedar team"],
}
STATUSES = {
    "early_help": ["early_help"],
    "mash": ["front_door"],
    "assessment": ["open_assessment"],
    "safeguarding": ["child_in_need", "child_protection"],
    "get_safe": ["child_in_need"],
    "children_in_care": ["looked_after"],
    "care_leavers": ["care_leaver"],
}


@dataclass
class SmallCouncil:
    """The people, teams and cases of the small council."""

    qa_lead: Person
    services: dict[str, Unit]
    teams: dict[str, Unit] = field(default_factory=dict)
    managers: dict[str, Person] = field(default_factory=dict)
    workers: dict[str, list[Person]] = field(default_factory=dict)
    service_managers: dict[str, Person] = field(default_factory=dict)
    iros: list[Person] = field(default_factory=list)
    practitioners: list[Person] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    def case(self, local_id: str) -> Case:
        """The case with this local id."""
        return next(one for one in self.cases if one.local_id == local_id)


def small_council(
    *, cases_per_team: int = 6, signs_in: bool = False, published_on: date = LONG_AGO
) -> SmallCouncil:
    """Publish the framework and fill the open council with teams, people and open cases."""
    publish_framework(text=loader.builtin_text(FRAMEWORK), effective_from=published_on)
    services = {unit.key: unit for unit in Unit.objects.filter(kind="service")}
    lead = make_person("Ash Rowan", "qa_lead", signs_in=signs_in, cleared_for_restricted=True)
    council = SmallCouncil(qa_lead=lead, services=services)
    head = make_person("Hope Holloway", "head_of_service", signs_in=signs_in)
    council.managers["head"] = head
    for number in range(1, 4):
        council.iros.append(make_person(f"Iris Irwin {number}", "iro", signs_in=signs_in))
        council.practitioners.append(
            make_person(f"Quinn Quill {number}", "qa_practitioner", signs_in=signs_in)
        )
    for key, names in TEAMS.items():
        service = services[key]
        council.service_managers[key] = make_person(
            f"Sasha {service.name}", "service_manager", unit=service, signs_in=signs_in
        )
        for name in names:
            _fill_team(council, key, name, cases_per_team, signs_in)
    Case.objects.bulk_create(council.cases)
    Assignment.objects.bulk_create(
        Assignment(case=case, kind="worker", person=case.worker, starts_on=date(2026, 3, 2))
        for case in council.cases
    )
    return council


def _fill_team(council: SmallCouncil, service: str, name: str, cases: int, signs_in: bool) -> None:
    team = make_team(name, council.services[service])
    council.teams[name] = team
    short = name.removesuffix(" team")
    council.managers[name] = make_person(f"Morgan {short}", "team_manager", unit=team, signs_in=signs_in)
    council.workers[name] = [
        make_person(f"Wren {short} {number}", "social_worker", unit=team, signs_in=signs_in)
        for number in (1, 2, 3)
    ]
    for number in range(cases):
        council.cases.append(
            Case(
                local_id=f"0{short[:3].upper()}{number:03d}",
                status=STATUSES[service][number % len(STATUSES[service])],
                opened_on=date(2026, 3, 2),
                team=team,
                service=council.services[service],
                worker=council.workers[name][number % 3],
                chair=council.iros[number % 3] if service in ("safeguarding", "children_in_care") else None,
                family_id=f"F{short}{number}",
            )
        )


def opened_cycle(council: SmallCouncil, *, period: date | None = None, seed: str = "test seed") -> Cycle:
    """Prepare and open the month (of the frozen clock) as the QA lead."""
    cycle = prepare_cycle(period=period or clock.today(), person=council.qa_lead, seed=seed)
    return open_cycle(cycle=cycle, person=council.qa_lead)


def council_with_open_cycle(**options: object) -> SimpleNamespace:
    """A small council and its opened month: ``council``, ``cycle``, ``audits`` by position."""
    council = small_council(**options)  # type: ignore[arg-type]
    cycle = opened_cycle(council)
    audits = list(cycle.audits.select_related("case", "worker", "manager").order_by("reference"))
    return SimpleNamespace(council=council, cycle=cycle, audits=audits)
