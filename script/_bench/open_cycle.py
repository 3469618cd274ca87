"""How long it takes to draw and allocate a month for 2,500 open cases, and in how many queries.

Runs in one transaction and is rolled back. Needs a configured Django and the app role; leaves nothing behind.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.cases.models import Case
from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.models import Audit
from audits.services.cycles import open_cycle, prepare_cycle, preview_cycle
from qaf.lib import clock
from qaf.tenants.models import Person, Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council, create_person, give_post

CASES, TEAMS_A_SERVICE, RUNS, LIMIT = 2_500, 6, 3, 2.0
MONTH = date(2026, 10, 5)
STATUSES = (
    "child_in_need",
    "child_protection",
    "looked_after",
    "open_assessment",
    "early_help",
    "care_leaver",
)


def measure() -> list[dict[str, object]]:
    """Return medians and the number of queries, each with its limit."""
    previews: list[float] = []
    openings: list[float] = []
    queries = audits = 0
    with transaction.atomic():
        council = create_council(slug="bench-month", name="Bench", reference_prefix="BEN")
        for number in range(RUNS):
            with authority_scope(council), clock.travel(MONTH):
                lead = _fill()
                cycle = prepare_cycle(period=MONTH, seed=f"bench {number}")
                previews.append(_seconds(partial(preview_cycle, cycle=cycle)))
                with CaptureQueriesContext(connection) as captured:
                    openings.append(_seconds(partial(open_cycle, cycle=cycle, person=lead)))
                queries, audits = len(captured), Audit.objects.filter(cycle=cycle).count()
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return [
        {
            "figure": f"A month previewed for {CASES} open cases",
            "value": statistics.median(previews),
            "unit": "s",
        },
        {
            "figure": f"A month opened for {CASES} open cases",
            "value": statistics.median(openings),
            "unit": "s",
            "limit": LIMIT,
        },
        {"figure": f"Queries to open it ({audits} audits)", "value": queries, "unit": "queries"},
    ]


def _framework() -> str:
    """The first built-in framework that this release can run."""
    names = loader.builtin_names()
    return loader.builtin_text(next(name for name in names if not loader.builtin(name).unimplemented()))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fill() -> Person:
    publish_framework(text=_framework(), effective_from=date(2026, 1, 1))
    lead = create_person(name="Ash Rowan")
    give_post(person=lead, role="qa_lead", starts_on=date(2026, 1, 1))
    for number in range(20):
        peer = create_person(name=f"Peer {number}")
        give_post(person=peer, role="qa_practitioner", starts_on=date(2026, 1, 1))
    teams = [
        _team(service, number)
        for service in Unit.objects.filter(kind="service")
        for number in range(TEAMS_A_SERVICE)
    ]
    workers = Person.objects.bulk_create(
        Person(name=f"Worker {n}", unit=teams[n % len(teams)]) for n in range(250)
    )
    Case.objects.bulk_create(
        Case(
            local_id=f"{n:06d}",
            status=STATUSES[n % len(STATUSES)],
            team=teams[n % len(teams)],
            service=teams[n % len(teams)].parent,
            worker=workers[n % len(workers)],
            family_id=f"F{n // 3}",
        )
        for n in range(CASES)
    )
    return lead


def _team(service: Unit, number: int) -> Unit:
    team = Unit.objects.create(
        kind="team", key=f"{service.key} {number}", name=f"{service.name} {number}", parent=service
    )
    manager = create_person(name=f"Manager of {team.name}")
    give_post(person=manager, role="team_manager", unit=team, starts_on=date(2026, 1, 1))
    return team
