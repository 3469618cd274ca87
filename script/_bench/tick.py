"""How long one look at the calendars of 153 councils takes when nothing is due, and the first one of all.

England has 153 councils with children's services. Leaves nothing behind: everything is rolled back, so the looks run
in savepoints, which costs as many round trips as transactions of their own.
"""

import statistics
import time
from datetime import date

from django.db import connection, transaction

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.programme.tasks import tick
from qaf.jobs.models import Job
from qaf.lib import clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council

COUNCILS, RUNS, LIMIT = 153, 5, 1.0
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
    ]


def _seconds() -> float:
    began = time.perf_counter()
    tick()
    return time.perf_counter() - began
