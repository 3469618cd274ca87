"""How an import of a List 6 of 14,000 rows compares with a bare ``bulk_create`` of the same rows.

Both run in one transaction each, under the same triggers and policies, and are rolled back. Needs a configured Django
and the app role; leaves nothing behind.
"""

import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from django.db import transaction

from audits.cases.models import Assignment, Case, StatusPeriod
from audits.cases.services import import_files
from qaf.lib import clock
from qaf.tenants.models import Authority, Person, Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council

ROWS, RUNS, LIMIT, MEGABYTES = 14_000, 3, 3.0, 256
HEADINGS = (
    "Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)",
    "Does the Child have a Disability", "CIN Start Date", "Primary Need Code", "Date Child Was Last Seen",
    "CIN Closure Date", "Reason for Closure", "Case status", "Allocated Team", "Allocated Worker",
)  # fmt: skip
STATUSES = (
    "a) Looked after child",
    "b) Child Protection plan",
    "c) Child in need plan",
    "d) Open assessment",
)


def write_list(path: Path, rows: int = ROWS) -> Path:
    """Write an invented List 6: 60 teams, one worker to 18 children."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("List_6")
    sheet.write_row(0, 0, HEADINGS)
    for number in range(1, rows + 1):
        start = date(2025, 1, 1) + timedelta(days=number % 500)
        sheet.write_row(number, 0, (f"{number:06}", "b) Female", "a) WBRI"))
        sheet.write_datetime(number, 3, date(2008, 1, 1) + timedelta(days=number % 6000), days)
        sheet.write_row(number, 4, (9, "b) No"))
        sheet.write_datetime(number, 6, start, days)
        sheet.write_datetime(number, 8, start + timedelta(days=30), days)
        sheet.write_row(number, 11, (STATUSES[number % 4], f"Team {number % 60}", f"Worker {number // 18}"))
    book.close()
    return path


@contextmanager
def _undone(council: Authority) -> Iterator[None]:
    with authority_scope(council):
        yield
        transaction.set_rollback(True)


def _timed_import(council: Authority, path: Path) -> tuple[float, list[list]]:
    with _undone(council):
        began = time.perf_counter()
        import_files(files=[path], as_of=clock.today())
        took = time.perf_counter() - began
        return took, [list(model.objects.order_by("pk")) for model in (Case, Assignment, StatusPeriod)]


def _timed_bare(council: Authority, rows: list[list]) -> float:
    """Create the same rows as they are; only the people and teams are one each."""
    cases, assignments, periods = rows
    with _undone(council):
        places = {case.pk: number for number, case in enumerate(cases)}
        person, unit = _holders()
        for case in cases:
            case.pk, case.team_id, case.worker_id = None, unit, person
        for row in (*assignments, *periods):
            row.pk, row.begun_by_id = None, None
        for row in assignments:
            row.person_id, row.unit_id = (None, unit) if row.kind == "team" else (person, None)
        began = time.perf_counter()
        Case.objects.bulk_create(cases, batch_size=2000)
        for row in (*assignments, *periods):
            row.case_id = cases[places[row.case_id]].pk
        Assignment.objects.bulk_create(assignments, batch_size=2000)
        StatusPeriod.objects.bulk_create(periods, batch_size=2000)
        return time.perf_counter() - began


def _holders() -> tuple[int, int]:
    """Return one person and one team for every row: the keys must be checked as in the import."""
    return Person.objects.create(name="Somebody").pk, Unit.objects.create(
        kind="team", key="bench", name="Bench"
    ).pk


def measure() -> list[dict[str, object]]:
    """Return medians, their ratio and the peak of memory, each with its limit."""
    imports, bares = [], []
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        council = create_council(slug="bench-import", name="Bench")
        path = write_list(Path(folder) / "list6.xlsx")
        for _ in range(RUNS):
            took, rows = _timed_import(council, path)
            imports.append(took)
            bares.append(_timed_bare(council, rows))
            del rows
        transaction.set_rollback(True)
    ratio = statistics.median(imports) / statistics.median(bares)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        {"figure": f"Import of a List 6 of {ROWS} rows", "value": statistics.median(imports), "unit": "s"},
        {"figure": "Bare bulk_create of the same rows", "value": statistics.median(bares), "unit": "s"},
        {"figure": "Import to bulk_create", "value": ratio, "unit": "times", "limit": LIMIT},
        {"figure": "Memory of the reading process", "value": child, "unit": "MB", "limit": MEGABYTES},
        {
            "figure": "Memory of the importing process",
            "value": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "unit": "MB",
            "limit": MEGABYTES,
        },
    ]
