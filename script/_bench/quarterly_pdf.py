"""How long a quarterly report takes from counting to PDF, beside WeasyPrint alone on the same HTML.

A council with twelve months of audits, nineteen a month, in seven services. Runs in one transaction and is rolled
back. Needs a configured Django and the app role; leaves nothing behind.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from weasyprint import HTML

from qaf.lib import clock
from qaf.lib.calendar import add_months
from qaf.tenants.models import Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council
from reporting.services import faces
from reporting.services.freezing import current_figures
from tests.factories.people import make_team
from tests.factories.reporting import World, make_world

TODAY, MONTHS, RUNS, LIMIT = date(2026, 10, 5), 12, 3, 1.3
GRADES = ("inadequate", "requires_improvement", "good", "good", "outstanding")


def measure() -> list[dict[str, object]]:
    """Return medians, and their ratio with its limit."""
    whole: list[float] = []
    alone: list[float] = []
    with transaction.atomic(), clock.travel(TODAY):
        council = create_council(slug="bench-report", name="Bench", reference_prefix="BEN")
        with authority_scope(council):
            _fill()
            html = faces.as_html(_report())
            for _ in range(RUNS):
                whole.append(_seconds(lambda: faces.as_pdf(_report())))
                alone.append(_seconds(lambda: HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
        transaction.set_rollback(True)
    ratio = statistics.median(whole) / statistics.median(alone)
    return [
        {"figure": "A quarterly report, counted and drawn", "value": statistics.median(whole), "unit": "s"},
        {"figure": "WeasyPrint alone on the same HTML", "value": statistics.median(alone), "unit": "s"},
        {"figure": "Report to WeasyPrint", "value": ratio, "unit": "times", "limit": LIMIT},
    ]


def _report() -> faces.Report:
    return faces.report_of(current_figures("quarterly", "2026-Q3"), {"summary": "Practice is steady."})


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fill() -> None:
    chance, world = random.Random(3), make_world()  # noqa: S311 — the same invented year every time
    for service in Unit.objects.filter(kind="service"):
        name = f"{service.name} team"
        world.teams[name] = make_team(name, service)
    for back in range(MONTHS):
        month = add_months(TODAY.replace(day=1), -back)
        for number in range(19):
            _audit(world, month, list(world.teams)[number % len(world.teams)], chance)


def _audit(world: World, month: date, team: str, chance: random.Random) -> None:
    grade = chance.choice(GRADES)
    peer = grade if chance.random() < 0.7 else chance.choice(GRADES)
    audit = world.audit(month, team, grade, peer=peer, tags=("neglect", "supervision")[: chance.randrange(3)])
    world.action(
        audit, month + timedelta(days=60), chance.choice(("open", "done", "signed_off")), "Seen weekly."
    )
    world.follow_up(audit, "filing")
    world.family(
        audit, "parent_or_carer", themes=[("plan", chance.random() < 0.6)], quotation="She rings back."
    )
    world.talk(audit, agrees=chance.random() < 0.8)
