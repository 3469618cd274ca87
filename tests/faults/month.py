"""A monthly run on a copy of the seeded database: moved from moment to moment, disturbed, and read when it is quiet."""

import contextlib
import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2

from qaf.lib.clock import LONDON
from tests.faults.plan import COUNT, DONE, FOLDER, PLAN, VICTIM
from tests.journeys.running import Site

MOMENTS = [
    datetime(2026, 10, 1, 0, 10, tzinfo=LONDON),  # the month is drawn and allocated
    datetime(2026, 10, 1, 7, 10, tzinfo=LONDON),  # … and everybody told
    datetime(2026, 10, 19, 7, 10, tzinfo=LONDON),  # the first reminders are written
    datetime(2026, 10, 19, 7, 20, tzinfo=LONDON),  # … and leave
    datetime(2026, 10, 27, 7, 10, tzinfo=LONDON),  # submission has passed, moderation opens
    datetime(2026, 11, 2, 7, 10, tzinfo=LONDON),  # the next month opens, lateness climbs
    datetime(2026, 11, 9, 7, 20, tzinfo=LONDON),  # the monthly briefing is made and sent
    datetime(2026, 11, 9, 7, 30, tzinfo=LONDON),
]
BELLS = ("tick", "daily", "relay", "sweep")
MINUTES = 5
"""How long after a death everything must be as if nobody had died."""
PATIENCE = 180.0
_WAITING = """
    SELECT (SELECT count(*) FROM jobs_job WHERE status IN ('waiting', 'running'))
      + (SELECT count(*) FROM notices_notice WHERE delivery = 'sending'
           OR (delivery = 'waiting' AND not_before <= %(now)s))
      + (SELECT count(*) FROM notices_email WHERE delivery IN ('sending', 'waiting'))
      + (SELECT count(*) FROM programme_occurrence o WHERE done_at IS NULL AND due_on <= %(today)s
           AND NOT EXISTS (SELECT 1 FROM jobs_job j WHERE j.authority_id = o.authority_id AND j.status = 'failed'
             AND j.key = o.kind || ':' || o.period))
"""
_LATER = (
    "UPDATE jobs_job SET lease_until = lease_until - %(some)s::interval, rung_at = rung_at - %(some)s::interval,"
    " run_after = run_after - %(some)s::interval WHERE status IN ('waiting', 'running')",
    "UPDATE notices_email SET lease_until = lease_until - %(some)s::interval,"
    " not_before = not_before - %(some)s::interval WHERE delivery IN ('sending', 'waiting')",
)
_FACTS = {
    "months": "SELECT a.slug, c.period::text, c.status, c.seed, c.receipt::text FROM audits_cycle c {a}",
    "cases": (
        "SELECT a.slug, c.period::text, k.local_id, s.stratum, s.position FROM audits_sampledcase s"
        " JOIN audits_cycle c ON c.id = s.cycle_id JOIN cases_case k ON k.id = s.case_id {a}"
    ),
    "audits": (
        "SELECT a.slug, c.period::text, k.local_id, u.reference, u.status, u.due_on::text FROM audits_audit u"
        " JOIN audits_cycle c ON c.id = u.cycle_id JOIN cases_case k ON k.id = u.case_id {a}"
    ),
    "parts": (
        "SELECT a.slug, u.reference, t.slot, p.name, t.status, t.due_on::text FROM audits_assessment t"
        " JOIN audits_audit u ON u.id = t.audit_id JOIN audits_cycle c ON c.id = u.cycle_id"
        " LEFT JOIN tenants_person p ON p.id = t.assessor_id {a}"
    ),
    "notices": (
        "SELECT a.slug, p.name, c.kind, c.subject, c.body, regexp_replace(c.href, '/\\d+/', '/n/'),"
        " c.delivery FROM notices_notice c"
        " JOIN tenants_person p ON p.id = c.person_id {a}"
    ),
    "dates": (
        "SELECT a.slug, c.kind, c.period, c.due_on::text, c.done_at IS NOT NULL, c.outcome"
        " FROM programme_occurrence c {a}"
    ),
    "calendars": "SELECT a.slug, c.starts_on::text, c.planned_until::text FROM programme_calendar c {a}",
    "jobs": "SELECT a.slug, c.kind, c.key, c.status, c.error FROM jobs_job c {a}",
    "reports": "SELECT a.slug, c.kind, c.period::text FROM reporting_reportsnapshot c {a}",
}
Facts = dict[str, Counter[tuple[Any, ...]]]
ENGINES = ("postgres", "valkey")
DATABASES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_PURGE_URL")


def database_of(environment: dict[str, str]) -> str:
    """Return the name of the database that the addresses of ``environment`` end in."""
    return environment["DATABASE_URL"].rpartition("/")[2]


def pointed_at(environment: dict[str, str], name: str) -> dict[str, str]:
    """Return ``environment`` with every address leading to the database ``name``."""
    return environment | {key: f"{environment[key].rpartition('/')[0]}/{name}" for key in DATABASES}


@dataclass
class Engines:
    """PostgreSQL and Valkey of one house, to be ended and started again."""

    engines: Any
    programs: Any

    def pid(self, name: str) -> int:
        return self._program(name).process.pid

    def stop(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End an engine: by default as a crash does."""
        program = self._program(name)
        program.stop_signal = how
        self.programs.stop([program])

    def revive(self) -> list[str]:
        """Start again what does not run; return what that was."""
        alive = {one.name for one in self.programs.all if one.alive}
        dead = [name for name in ENGINES if name not in alive]
        for name in dead:
            if name in {one.name for one in self.programs.all}:
                self.stop(name)
            self.start(name)
        return dead

    def start(self, name: str) -> None:
        """Start an engine; the last children of a killed one may still be leaving."""
        from _lib.console import Stop

        deadline = time.monotonic() + 30
        while True:
            try:
                return getattr(self.engines, f"start_{name}")()
            except Stop:
                if time.monotonic() > deadline:
                    raise
                self.stop(name)
                time.sleep(0.3)

    def copy(self, database: str, name: str) -> None:
        """Make the database ``name`` as ``database`` stands; nobody may be connected to that."""
        with contextlib.closing(self.superuser("postgres")) as eyes, eyes.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database}" OWNER qaf_owner')
            # A copied sequence says that some numbers ahead were logged, which is true of the original only: without
            # this a crash would hand them out again.
            cursor.execute("CHECKPOINT")

    def superuser(self, database: str) -> Any:
        """Return a connection that sees every council's rows: the test's own eyes."""
        return self.connect("postgres", database)

    def connect(self, user: str, database: str) -> Any:
        """Return a connection of ``user`` that commits each statement."""
        connection = psycopg2.connect(
            host=str(self.engines.sockets), user=user, dbname=database, connect_timeout=5
        )
        connection.autocommit = True
        return connection

    def _program(self, name: str) -> Any:
        return next(one for one in self.programs.all if one.name == name)


@dataclass
class Month:
    """A copy of the seeded database with its workers; ``folder`` holds its clock, its counts and its logs."""

    site: Site
    engines: Engines
    database: str
    moment: datetime = MOMENTS[0]
    groups: list[int] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def folder(self) -> Path:
        return self.site.folder

    # Running --------------------------------------------------------------------------------------------------------

    def start_worker(self, name: str = "worker") -> None:
        """Start a worker with a beat of its own; one of that name that has died is forgotten."""
        self.site.processes.pop(name, None)
        self.site.start_worker(name, application="tests.faults.worker", schedule=f"{name}-{len(self.groups)}")
        self.groups.append(self.site.processes[name].pid)

    def move_to(self, moment: datetime) -> int:
        """Make it ``moment``; return how many statements have been asked before."""
        self.moment = moment
        before = self.statements()
        self.site.move_to(moment)
        return before

    def statements(self) -> int:
        path = self.folder / COUNT
        return path.stat().st_size if path.exists() else 0

    def plan(self, what: str, at: int) -> None:
        """Let ``what`` be killed just before statement number ``at``."""
        engine = {"redis": "valkey", "postgres": "postgres"}.get(what)
        plan = {"what": what, "at": at, "pid": self.engines.pid(engine) if engine else 0}
        (self.folder / VICTIM).unlink(missing_ok=True)
        fresh = self.folder / f"{PLAN}.new"
        fresh.write_text(json.dumps(plan), encoding="utf-8")
        fresh.replace(self.folder / PLAN)

    def wait_for_death(self, seconds: float = PATIENCE) -> bool:
        """Wait until the plan is carried out; ``False`` where the run had less to do than was thought."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._is_dead():
                return True
            if self.is_quiet():
                with contextlib.suppress(FileNotFoundError):
                    (self.folder / PLAN).unlink()
                    return False
            time.sleep(0.1)
        raise AssertionError(f"nobody was killed:\n{self.story()}")

    def _is_dead(self) -> bool:
        """Whether the plan was carried out, and whom it names has really gone."""
        victim = self.folder / VICTIM
        if not victim.exists():
            return False
        try:
            stat = Path(f"/proc/{victim.read_text(encoding='utf-8')}/stat").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return True
        return stat.rpartition(")")[2].split()[0] == "Z"

    def revive(self) -> None:
        """Start again whatever died, and let five minutes pass for every lease and bell."""
        self.deaths += self.engines.revive()
        if (worker := self.site.processes.get("worker")) is None or worker.poll() is not None:
            self.start_worker()
        with self.eyes() as cursor:
            for statement in _LATER:
                cursor.execute(statement, {"some": f"{MINUTES} minutes"})

    def wait_until_quiet(self, seconds: float = PATIENCE) -> None:
        """Wait until nothing is left to do at this moment; fail with what is left."""
        began = time.monotonic()
        while not self.is_quiet():
            assert time.monotonic() - began < seconds, f"it never became quiet:\n{self.story()}"
            time.sleep(0.1)
        self.slowest = max(self.slowest, time.monotonic() - began)

    def is_quiet(self) -> bool:
        """Whether every bell was heard to its end at this moment, and left nothing to do."""
        words = (self.folder / "clock").read_text(encoding="utf-8")
        for bell in BELLS:
            done = self.folder / f"{DONE}-{bell}"
            if not done.exists() or done.read_text(encoding="utf-8") != words:
                return False
        try:
            return self._left() == 0
        except psycopg2.OperationalError:
            return False

    def _left(self) -> int:
        with self.eyes() as cursor:
            cursor.execute(_WAITING, {"now": self.moment, "today": self.moment.date()})
            return cursor.fetchone()[0]

    @contextlib.contextmanager
    def eyes(self) -> Iterator[Any]:
        """Give a cursor that sees every council's rows."""
        with contextlib.closing(self.engines.superuser(self.database)) as eyes, eyes.cursor() as cursor:
            yield cursor

    # Reading --------------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        """Return every row that matters, by what it says, each with how often it is there."""
        found: Facts = {}
        with self.eyes() as cursor:
            for name, query in _FACTS.items():
                cursor.execute(query.format(a="JOIN tenants_authority a ON a.id = c.authority_id"))
                found[name] = Counter(cursor.fetchall())
        return found

    def story(self) -> str:
        """What the worker and the kills have written, for whoever has to find out."""
        logs = sorted([*self.folder.glob("*.log"), *self.folder.glob("data/logs/*.log")])
        return "\n".join(f"--- {one.name}\n{one.read_text(errors='replace')[-2500:]}" for one in logs)

    def close(self) -> None:
        """End every worker, their orphans too."""
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for process in self.site.processes.values():
            process.wait()
        self.site.processes.clear()


@contextlib.contextmanager
def month_of(site: Site, engines: Engines, name: str, **variables: str) -> Iterator[Month]:
    """Copy the site's database and give the copy's site; nothing runs yet."""
    engines.copy(database_of(site.environment), name)
    folder = site.folder / name
    folder.mkdir()
    environment = pointed_at(site.environment, name)
    environment.pop("DATABASE_OWNER_URL")
    environment |= {
        "QAF_JOURNEY_QUEUE": name,
        "QAF_JOURNEY_CLOCK": str(folder / "clock"),
        FOLDER: str(folder),
        **variables,
    }
    month = Month(Site(folder, 0, environment), engines, name)
    try:
        yield month
    finally:
        month.close()
        shutil.rmtree(folder / "data", ignore_errors=True)
