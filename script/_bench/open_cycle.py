"""How long it takes to draw and allocate a month for 2,500 open cases by every way of choosing, in how many queries.

Beside the built-in frameworks stands a framework far larger than any of them. A database of its own is filled, and
its tables are looked over as PostgreSQL does by itself soon after so many rows; every opening is rolled back.
"""

import statistics
import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import yaml
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from audits.cases.models import Case
from audits.frameworks import loader
from audits.frameworks.schema.sampling import Themes
from audits.models import Audit, Cycle
from audits.services.choices import settles_a_list
from audits.services.cycles import open_cycle, prepare_cycle, preview_cycle
from audits.services.drawing import needs_theme
from audits.services.lists import confirm_list, propose_list, settlers
from audits.services.themes import ThemeContent, plan_theme
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council
from tests.factories.databases import separate_database
from tests.golden.town import Town, build_town

CASES, TEAMS_A_SERVICE, WORKERS_A_TEAM, AT_THE_CENTRE = 2_500, 6, 6, 10
RUNS, LIMIT, TIMES = 5, 2.0, 1.3
MONTH = date(2026, 10, 5)
SMALL, LARGE = "herefordshire", "herefordshire, made large"
DOMAINS, SLOTS, RULES = 12, 3, 40
Row = dict[str, object]


def measure() -> list[Row]:
    """Return medians and the number of queries for each framework, each with its limit."""
    rows: list[Row] = []
    openings: dict[str, float] = {}
    texts = {name: loader.builtin_text(name) for name in loader.builtin_names()}
    with separate_database("bench"):
        for number, (name, text) in enumerate({**texts, LARGE: enlarged(texts[SMALL])}.items()):
            openings[name], measured = _opening(name, text, number)
            rows += measured
    ratio = openings[LARGE] / openings[SMALL]
    figure = f"… {DOMAINS} domains, {SLOTS} auditors and {RULES} rules beside {SMALL} alone"
    return [*rows, {"figure": figure, "value": ratio, "unit": "times", "limit": TIMES}]


def enlarged(text: str) -> str:
    """Return the framework with more domains, one more auditor and more rules than any council has."""
    raw = loader.values(text)
    tool = raw["tools"][0]
    tool["domains"] = _filled(tool["domains"], DOMAINS, "title")
    third: dict[str, Any] = dict(
        raw["process"]["slots"][1], key="third", label="Third auditor", grades="optional"
    )
    raw["process"]["slots"].append(third)
    others = len(raw["moderation"]["selectors"]) + len(raw.get("trends", ()))
    raw["consequences"] = _filled(raw["consequences"], RULES - others, "label")
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)


def _filled(items: list[dict[str, Any]], wanted: int, title: str) -> list[dict[str, Any]]:
    """Return the items, with as many copies behind them as make ``wanted``."""
    copies = (items[number % len(items)] for number in range(wanted - len(items)))
    return items + [
        dict(one, **{"key": f"{one['key']}_{number}", title: f"{one[title]} {number}"})
        for number, one in enumerate(copies)
    ]


def _opening(name: str, text: str, number: int) -> tuple[float, list[Row]]:
    previews: list[float] = []
    openings: list[float] = []
    queries = audits = 0
    council = create_council(slug=f"bench-month-{number}", name="Bench", reference_prefix=f"BE{number}")
    with clock.travel(MONTH), authority_scope(council):
        town = _fill(name, text)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    with clock.travel(MONTH), authority_scope(council):
        for run in range(RUNS):
            with transaction.atomic():
                cycle = _prepared(town, f"bench {run}")
                previews.append(_seconds(lambda cycle=cycle: preview_cycle(cycle=cycle)))
                with CaptureQueriesContext(connection) as captured:
                    openings.append(_seconds(lambda cycle=cycle: open_cycle(cycle=cycle, person=None)))
                queries, audits = len(captured), Audit.objects.filter(cycle=cycle).count()
                transaction.set_rollback(True)
    preview, opening = statistics.median(previews), statistics.median(openings)
    title = f"{name} ({town.framework.sampling.strategy.kind})"
    return opening, [
        {"figure": f"{title}: a month previewed", "value": preview, "unit": "s", "limit": LIMIT},
        {
            "figure": f"{title}: opened, {audits} audits, {queries} queries",
            "value": opening,
            "unit": "s",
            "limit": LIMIT,
        },
    ]


def _prepared(town: Town, seed: str) -> Cycle:
    """Return the month as it waits for its day: with its theme, or with its list settled, where it has one."""
    framework = town.framework
    cycle = prepare_cycle(period=MONTH, seed=seed)
    if settles_a_list(framework):
        propose_list(cycle=cycle)
        confirm_list(cycle=cycle, person=settlers(framework)[0])
    return cycle


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fill(name: str, text: str) -> Town:
    framework = loader.load(text)
    services = sum(bool(service.statuses) for service in framework.audited_services)
    in_a_team = -(-CASES // (services * TEAMS_A_SERVICE))
    town = build_town(
        name,
        text=text,
        children_in_a_team=in_a_team,
        teams_in_a_service=TEAMS_A_SERVICE,
        workers_in_a_team=WORKERS_A_TEAM,
        at_the_centre=AT_THE_CENTRE,
    )
    _end(town.cases[CASES:])
    if needs_theme(framework) and (themes := framework.sampling.themes):
        _choose_theme(town, themes)
    return town


def _end(surplus: Iterable[Case]) -> None:
    Case.objects.filter(pk__in=[case.pk for case in surplus]).update(closed_on=date(2026, 4, 1))


def _choose_theme(town: Town, themes: Themes) -> None:
    """Choose a theme that every case belongs to: the dearest there can be."""
    content = ThemeContent(
        title="Everybody",
        question="Is the plan about the child?",
        reason=themes.reasons[0].key,
        triggered_by="A measurement",
        open_days_at_least=1,
        age_from=0,
    )
    plan_theme(month=MONTH, content=content, person=town.one(themes.owner))
