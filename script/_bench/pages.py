"""The pages of the journey beside a signed-in page of the base template: queries and time on the server.

Two councils differ only in how many cases they have; a page must ask the database as often in the large one as in the
small one. Runs in one transaction and is rolled back.
"""

import logging
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits.models import Assessment, Audit
from qaf.lib import clock
from qaf.tenants.models import Authority, Person
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council
from tests.factories.audits import council_with_open_cycle
from tests.factories.people import make_person

MONTH, RUNS, TIMES = date(2026, 10, 5), 9, 10.0
FEW, MANY = 1, 9
PASSWORD = "correct horse battery"  # noqa: S105 — of people who do not exist
BASE = "notices/"


@dataclass
class Council:
    """A council with an open month, and the addresses of its pages with who opens them."""

    authority: Authority
    pages: dict[str, tuple[str, str]]


def measure() -> list[dict[str, object]]:
    """Return the base page's time, the slowest page's ratio to it, and every page whose queries grow with the rows."""
    logging.disable(logging.ERROR)
    with transaction.atomic(), clock.travel(MONTH):
        few, many = _council("bench-few", FEW), _council("bench-many", MANY)
        clients = {council.authority.slug: _clients(council) for council in (few, many)}
        reader = clients["bench-many"]["ash.rowan@example.org"]
        base, base_queries = _median(reader, f"/a/bench-many/{BASE}")
        rows: list[dict[str, object]] = [
            {"figure": "A page of the base template (no notices)", "value": base * 1000, "unit": "ms"},
            {"figure": "Its queries", "value": base_queries, "unit": ""},
        ]
        grown: list[str] = []
        for name, (who, path) in many.pages.items():
            took, queries = _median(clients["bench-many"][who], path)
            before = _median(clients["bench-few"][who], few.pages[name][1])[1]
            figure = f"{name}: {took * 1000:.1f} ms, {queries} queries"
            rows.append({"figure": figure, "value": took / base, "unit": "times", "limit": TIMES})
            grown += [f"{name} {before} to {queries}"] * (queries > before)
        rows.append({"figure": "Pages that ask more often for more rows", "value": len(grown), "limit": 0})
        rows += [{"figure": f"… {text}", "value": "", "unit": "queries"} for text in grown]
        transaction.set_rollback(True)
    return rows


def _council(slug: str, cases_per_team: int) -> Council:
    authority = create_council(slug=slug, name=slug, reference_prefix=slug[6:9].upper())
    with authority_scope(authority):
        council_with_open_cycle(cases_per_team=cases_per_team, signs_in=True)
        make_person("Ria Reader", "head_of_safeguarding_qa_psw", signs_in=True)
        audit = Audit.objects.select_related("case").order_by("reference")[0]
        lead = Assessment.objects.select_related("assessor").get(audit=audit, slot="lead").assessor
        return Council(authority, dict(_pages(f"/a/{slug}/", audit, lead)))


def _pages(home: str, audit: Audit, lead: Person) -> Iterator[tuple[str, tuple[str, str]]]:
    ash, head, auditor = "ash.rowan@example.org", "ria.reader@example.org", lead.email
    part = f"{home}audits/{audit.reference}/part/lead/"
    yield "To do", (auditor, home)
    yield "Case list", (ash, f"{home}cases/")
    yield "Case", (ash, f"{home}cases/{audit.case_id}/")
    yield "Imports", (ash, f"{home}cases/imports/")
    yield "Months", (ash, f"{home}months/")
    yield "Month", (ash, f"{home}months/2026-10/")
    yield "Audits of the month", (ash, f"{home}months/2026-10/audits/")
    yield "Sample", (ash, f"{home}months/2026-10/sample/")
    yield "Receipt", (ash, f"{home}months/2026-10/receipt/")
    yield "My audits", (auditor, f"{home}audits/")
    yield "Audit", (auditor, f"{home}audits/{audit.reference}/")
    yield "Assessment", (auditor, part)
    yield "Domain", (auditor, f"{part}section/voice_of_child/")
    yield "Lock", (auditor, f"{part}lock/")
    yield "Moderation", (head, f"{home}moderation/")
    yield "Actions", (ash, f"{home}follow-up/")
    yield "Dashboard", (head, f"{home}reports/dashboard/")
    yield "Reports", (head, f"{home}reports/editions/")


def _clients(council: Council) -> dict[str, Client]:
    clients: dict[str, Client] = {}
    for who, path in council.pages.values():
        if who not in clients:
            clients[who] = Client()
            clients[who].post("/account/login/", {"login": who, "password": PASSWORD})
        answer = clients[who].get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{who} gets {answer.status_code} at {path}")
    return clients


def _median(client: Client, path: str) -> tuple[float, int]:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - started)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return statistics.median(times), len(captured)
