"""How long one look at the calendars of 153 councils takes when nothing is due, the first one, and their daily work.

England has 153 councils with children's services. Leaves nothing behind: everything is rolled back, so the looks run
in savepoints, which costs as many round trips as transactions of their own.
"""

import statistics
import time
from datetime import date
from typing import Any

from django.db import connection, transaction

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.programme.tasks import tick
from qaf.jobs.models import Job
from qaf.jobs.services import do_daily_work
from qaf.lib import clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council

COUNCILS, RUNS, LIMIT = 153, 5, 1.0
DAILY_LIMIT = 90.0
"""A tenth of the quarter of an hour after which the daily work is asked for again."""
DAY = date(2026, 10, 6)


def measure() -> list[dict[str, object]]:
    """Return the medians and the number of queries, with the limit."""
    text = loader.builtin_text(loader.builtin_names()[0])
    with transaction.atomic(), clock.travel(DAY):
        others = Authority.objects.count()
        for number in range(COUNCILS):
            council = create_council(
                slug=f"bench-tick-{number}", name=f"Bench {number}", reference_prefix="BEN"
            )
            with authority_scope(council):
                publish_framework(text=text, effective_from=DAY)
        first = _seconds()
        times = [_seconds() for _ in range(RUNS)]
        asked: list[str] = []
        with connection.execute_wrapper(
            lambda execute, sql, *rest: (asked.append(sql), execute(sql, *rest))[1]
        ):
            tick()
        asked_daily, seconds = _daily()
        with authority_scope(council):
            assert not Job.objects.exists(), "something was due"  # noqa: S101 — else the figure means nothing
        transaction.set_rollback(True)
    councils = COUNCILS + others
    return [
        {"figure": f"The first look at {councils} calendars, which plans them", "value": first, "unit": "s"},
        {
            "figure": f"A look at {councils} calendars with nothing due",
            "value": statistics.median(times),
            "unit": "s",
            "limit": LIMIT,
        },
        {
            "figure": "Queries for each council, the scope included",
            "value": round(len(asked) / councils, 1),
            "unit": "queries",
        },
        {
            "figure": f"The daily work of {councils} councils with nothing due",
            "value": seconds,
            "unit": "s",
            "limit": DAILY_LIMIT,
        },
        {
            "figure": "… queries for each council",
            "value": round(asked_daily / councils, 1),
            "unit": "queries",
        },
    ]


def _daily() -> tuple[int, float]:
    """Do every council's daily work; return its queries and seconds."""
    councils = list(Authority.objects.order_by("pk"))
    asked = [0]

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked[0] += 1
        return execute(sql, *rest)

    began = time.perf_counter()
    with connection.execute_wrapper(count):
        failed = sum(do_daily_work(council) for council in councils)
    assert not failed, "some of it failed"  # noqa: S101 — else the figure means nothing
    return asked[0], time.perf_counter() - began


def _seconds() -> float:
    began = time.perf_counter()
    tick()
    return time.perf_counter() - began
