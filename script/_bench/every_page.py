"""Every page that there is, in a council with a row in every table, beside a signed-in page of the base template."""

import logging
import statistics
import time
from datetime import date

from django.db import transaction
from django.test import Client

from qaf.lib import clock
from tests.tenants.test_walk import Walk, views

MONTH, RUNS, TIMES, SHOWN = date(2026, 10, 5), 5, 10.0, 5
BASE = "notices:settings"


def measure() -> list[dict[str, object]]:
    """Return the base page's time, how many pages there are, and the slowest of them."""
    logging.disable(logging.ERROR)
    with transaction.atomic(), clock.travel(MONTH):
        walk = Walk()
        reader = walk.client(walk.own, "everything")
        paths = {name: walk.address(name, entry, walk.own_rows) for name, entry in views()}
        pages = {name: path for name, path in paths.items() if _is_page(reader, path)}
        took = {name: _median(reader, path) for name, path in pages.items()}
        transaction.set_rollback(True)
    base = took[BASE]
    slowest = sorted(took, key=lambda name: -took[name])[:SHOWN]
    return [
        {
            "figure": "A page of the base template (what I want to be told)",
            "value": base * 1000,
            "unit": "ms",
        },
        {"figure": "Pages", "value": len(pages), "unit": ""},
        *(
            {
                "figure": f"{name}: {took[name] * 1000:.1f} ms",
                "value": took[name] / base,
                "unit": "times",
                "limit": TIMES,
            }
            for name in slowest
        ),
    ]


def _is_page(reader: Client, path: str) -> bool:
    with transaction.atomic():
        answer = reader.get(path)
        transaction.set_rollback(True)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def _median(reader: Client, path: str) -> float:
    times = []
    for _ in range(RUNS):
        with transaction.atomic():
            began = time.perf_counter()
            reader.get(path)
            times.append(time.perf_counter() - began)
            transaction.set_rollback(True)
    return statistics.median(times)
