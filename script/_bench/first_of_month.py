"""The 1st of the month for 153 councils with 450,000 open cases in all, by two workers as the product runs them.

A database of its own is filled by SQL, two workers are started at five past midnight on 1 October, and the calendar's
bell is rung once. Measured from that ring: until every council's month is drawn, allocated and its people told (their
notices are queued: they leave in the morning). Leaves nothing behind.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.models import Audit, Cycle
from audits.programme.services import plan_calendar
from qaf.celery import app
from qaf.jobs.models import Job
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Authority, Person, Post, Role, Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council
from tests.factories.databases import separate_database
from tests.journeys import moved
from tests.journeys.running import address_of

COUNCILS, CASES, WORKERS = 153, 2_942, 2
TEAMS_A_SERVICE, PEERS, CHAIRS, WORKERS_A_TEAM = 8, 60, 12, 6
CHAIR = "iro"
LIMIT, NOTICES, PATIENCE = 300, 10_000, 900
EARLY = COUNCILS // 5
BEFORE, FIRST = date(2026, 9, 30), datetime(2026, 10, 1, 0, 5, tzinfo=clock.LONDON)
LONG_AGO = date(2026, 1, 1)
STATUSES = (
    "child_in_need",
    "child_protection",
    "looked_after",
    "open_assessment",
    "early_help",
    "care_leaver",
)
# The owner is held to the boundary too; in a throw-away database it may fill and count for all councils at once.
_OPEN = """
    ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER;
    ALTER TABLE jobs_job NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE tenants_person NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE tenants_unit NO FORCE ROW LEVEL SECURITY;
"""
_SHUT = "ALTER TABLE cases_case FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER"
_CASES = """
    WITH workers AS (
        SELECT p.authority_id, p.id AS worker, u.id AS team, u.parent_id AS service,
               row_number() OVER (PARTITION BY p.authority_id ORDER BY p.id) - 1 AS place,
               count(*) OVER (PARTITION BY p.authority_id) AS many
          FROM tenants_person p JOIN tenants_unit u ON u.id = p.unit_id WHERE u.kind = 'team'
    ), chairs AS (
        SELECT authority_id, array_agg(id) AS ids FROM tenants_person
         WHERE email LIKE %(chairs)s GROUP BY authority_id
    )
    INSERT INTO cases_case (authority_id, local_id, initials, gender, ethnicity, disability, family_id, status,
                            opened_on, restricted, listed_in, team_id, service_id, worker_id, chair_id)
    SELECT w.authority_id, to_char(n, 'FM000000'), '', '', '', '', 'F' || n / 3,
           (%(statuses)s::text[])[1 + n %% 6], %(opened)s, false, '', w.team, w.service, w.worker,
           CASE WHEN n %% 6 IN (1, 2) THEN c.ids[1 + n %% cardinality(c.ids)] END
      FROM generate_series(1, %(cases)s) n
      JOIN workers w ON w.place = n %% w.many JOIN chairs c ON c.authority_id = w.authority_id
"""


def measure() -> list[dict[str, object]]:
    """Return how long the first of the month takes and what it comes to, with the limits."""
    folder = Path(tempfile.mkdtemp(prefix="qaf-bench-first-"))
    try:
        with separate_database("bench") as name:
            began = time.perf_counter()
            _fill()
            filled = time.perf_counter() - began
            with _workers(folder, name) as workers:
                took, early, late = _run(name, workers)
            return [
                *_rows(took, early, late),
                {"figure": "Filling the database", "value": filled, "unit": "s"},
            ]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rows(took: float, early: int, late: int) -> list[dict[str, object]]:
    cases = cycles = audits = notices = failed = 0
    for authority in Authority.objects.all():
        with authority_scope(authority):
            for cycle in Cycle.objects.filter(status="open"):
                cases, cycles = cases + cycle.receipt["population"], cycles + 1
            audits += Audit.objects.count()
            notices += Notice.objects.count()
            failed += Job.objects.exclude(status="done").count()
    return [
        {
            "figure": f"{cycles} months opened for {cases:,} cases: {audits:,} audits, {notices:,} notices",
            "value": took,
            "unit": "s",
            "limit": LIMIT,
        },
        {
            "figure": "Councils without their month, or work undone",
            "value": COUNCILS - cycles + failed,
            "limit": 0,
        },
        {"figure": f"Notices short of {NOTICES:,}", "value": max(0, NOTICES - notices), "limit": 0},
        {"figure": f"Memory of a worker after {EARLY} councils", "value": early / 1024, "unit": "MB"},
        {"figure": f"… after {COUNCILS}, to that", "value": late / early, "unit": "times", "limit": 1.15},
    ]


# The data -------------------------------------------------------------------------------------------------------------


def _fill() -> None:
    text = next(
        loader.builtin_text(name)
        for name in loader.builtin_names()
        if not loader.builtin(name).unimplemented()
    )
    # Four cases in each service instead of three: what 10,000 notices take.
    text = re.sub(r"per_service: \d+", "per_service: 4", text)
    with clock.travel(BEFORE):
        for number in range(COUNCILS):
            council = create_council(slug=f"bench-{number}", name=f"Bench {number}", reference_prefix="BEN")
            with authority_scope(council):
                publish_framework(text=text, effective_from=LONG_AGO)
                _people()
                plan_calendar()
    with connections["owner"].cursor() as cursor:
        cursor.execute(_OPEN)
        values: dict[str, Any] = {
            "statuses": list(STATUSES),
            "opened": LONG_AGO,
            "cases": CASES,
            "chairs": f"{CHAIR}.%",
        }
        cursor.execute(_CASES, values)
        cursor.execute(_SHUT)
        cursor.execute("ANALYZE")


def _people() -> None:
    """Teams with their managers and workers, peers and a QA lead for the open council."""
    roles = {role.key: role for role in Role.objects.all()}
    teams = Unit.objects.bulk_create(
        Unit(kind="team", key=f"{service.key} {n}", name=f"{service.name} {n}", parent=service)
        for service in Unit.objects.filter(kind="service")
        for n in range(TEAMS_A_SERVICE)
    )
    _hold(roles["team_manager"], [(f"Manager of {team.name}", team) for team in teams])
    _hold(roles["qa_practitioner"], [(f"Peer {n}", None) for n in range(PEERS)])
    _hold(roles[CHAIR], [(f"Chair {n}", None) for n in range(CHAIRS)])
    _hold(roles["qa_lead"], [("Ash Rowan", None)])
    Person.objects.bulk_create(
        Person(name=f"Worker {n} of {team.name}", email=f"w{n}.{team.pk}@example.org", unit=team)
        for team in teams
        for n in range(WORKERS_A_TEAM)
    )


def _hold(role: Role, wanted: list[tuple[str, Unit | None]]) -> None:
    people = Person.objects.bulk_create(
        Person(name=name, email=f"{role.key}.{place}@example.org") for place, (name, _) in enumerate(wanted)
    )
    Post.objects.bulk_create(
        Post(person=person, role=role, unit=unit, starts_on=LONG_AGO)
        for person, (_, unit) in zip(people, wanted, strict=True)
    )


# The run --------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _workers(folder: Path, name: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers with one child each, the bells of the product, and the clock at five past midnight."""
    moved.set_now(folder / "clock", FIRST)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
        "DATABASE_URL": address_of("default", name),
        "DATABASE_PURGE_URL": address_of("purge", name),
        "QAF_DATA": str(folder / "data"),
        "QAF_JOURNEY_QUEUE": name,
        moved.PATH: str(folder / "clock"),
    }
    environment.pop("DATABASE_OWNER_URL", None)
    running = []
    try:
        for number in range(WORKERS):
            command = [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "tests.journeys.worker",
                "worker",
                "--concurrency",
                "1",
            ]
            command += [
                "-n",
                f"bench{number}@%h",
                "--loglevel",
                "ERROR",
                "--without-gossip",
                "--without-mingle",
            ]
            # The second one brings the beat.
            command += ["-B", "-s", str(folder / "schedule")] * (number == 1)
            with (folder / f"worker{number}.log").open("wb") as log:
                running.append(
                    subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=settings.BASE_DIR)
                )
        yield running
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait(60)


def _run(queue: str, workers: list[subprocess.Popen[bytes]]) -> tuple[float, int, int]:
    """Ring the calendar's bell; return seconds until all is done, and a worker's kilobytes early and at the end."""
    began, early = time.perf_counter(), 0
    app.send_task("audits.programme.tasks.tick", queue=queue, retry=False)
    while (done := _done()) < COUNCILS:
        if time.perf_counter() - began > PATIENCE:
            raise RuntimeError(f"Only {done} of {COUNCILS} months were opened in {PATIENCE} seconds.")
        if not early and done >= EARLY:
            early = _memory(workers)
        time.sleep(0.25)
    return time.perf_counter() - began, early or _memory(workers), _memory(workers)


def _done() -> int:
    """How many councils' allocation has come to an end: one question by the owner, who disturbs nobody."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM jobs_job WHERE key = %s AND status IN ('done', 'failed')",
            [f"allocation:{FIRST:%Y-%m}"],
        )
        return int(cursor.fetchone()[0])


def _memory(workers: list[subprocess.Popen[bytes]]) -> int:
    """The largest resident memory of the workers' children, in kilobytes."""
    found = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", ",".join(str(one.pid) for one in workers)],
        capture_output=True,
        text=True,
        check=True,
    )
    return max(int(line) for line in found.stdout.split())
