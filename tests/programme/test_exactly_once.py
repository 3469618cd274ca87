"""Two beats, every task twice, workers that are killed: real transactions on real connections."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Event

import pytest
from django.db import connections, transaction

from audits.models import Audit, Cycle
from audits.programme import registry
from audits.programme.enums import OccurrenceKind as Kind
from audits.programme.models import Calendar, Occurrence
from audits.programme.services import look, plan_calendar
from audits.programme.tasks import tick
from qaf.jobs import services as jobs
from qaf.jobs.models import Job
from qaf.lib import clock
from qaf.lib.clock import LONDON
from qaf.notices.models import Notice
from qaf.tenants.scope import authority_scope
from tests.factories.audits import small_council
from tests.factories.people import make_council

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SEPTEMBER = datetime(2026, 9, 30, 9, 0, tzinfo=LONDON)
FIRST = datetime(2026, 10, 1, 0, 0, tzinfo=LONDON)
PATIENCE = 60.0
"""Seconds that a slow machine is given; nothing takes that long."""


@pytest.fixture
def council():
    council = make_council("alder", "Alder Council")
    with clock.travel(SEPTEMBER), authority_scope(council):
        small_council(cases_per_team=3)
        plan_calendar()
        # The day before has nothing but the first of October to come.
        Occurrence.objects.filter(due_on__lt=FIRST.date()).update(done_at=SEPTEMBER)
        Occurrence.objects.filter(due_on=FIRST.date()).exclude(kind=Kind.ALLOCATION).delete()
        Occurrence.objects.filter(due_on=SEPTEMBER.date()).update(done_at=SEPTEMBER)
    return council


def alone(work, moment=FIRST):
    """Do ``work`` as another process would: a thread with connections of its own."""
    try:
        with clock.travel(moment):
            return work()
    finally:
        connections.close_all()


def together(work, times: int) -> list:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda number: alone(work), range(times)))


def wait_until(ready: Callable[[], bool]) -> None:
    """Wait until ``ready`` says so, however slow the machine is."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def somebody_waits() -> bool:
    """Whether one connection to the test's database waits for what another has not committed."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND cardinality(pg_blocking_pids(pid)) > 0)"
        )
        return cursor.fetchone()[0]


@contextmanager
def without_unique_key():
    """Take the key that makes a job once away, and put it back."""
    job_key = "ALTER TABLE jobs_job DROP CONSTRAINT jobs_job_once"
    back = "ALTER TABLE jobs_job ADD CONSTRAINT jobs_job_once UNIQUE (authority_id, kind, key)"
    with connections["owner"].cursor() as cursor:
        cursor.execute(job_key)
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE jobs_job NO FORCE ROW LEVEL SECURITY")
            cursor.execute("DELETE FROM jobs_job")
            cursor.execute("ALTER TABLE jobs_job FORCE ROW LEVEL SECURITY")
            cursor.execute(back)


def two_looks_at_the_same_time(council) -> int:
    """One look that has not committed yet while another looks too; return how many jobs there are then."""
    asked, go_on = Event(), Event()

    def slow() -> None:
        with authority_scope(council):
            look()
            asked.set()
            go_on.wait(PATIENCE)

    def quick() -> None:
        asked.wait(PATIENCE)
        with authority_scope(council):
            look()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(alone, slow), pool.submit(alone, quick)
        try:
            wait_until(lambda: second.done() or somebody_waits())
        finally:
            go_on.set()
        first.result(PATIENCE)
        second.result(PATIENCE)
    with authority_scope(council):
        return Job.objects.filter(key="allocation:2026-10").count()


@pytest.mark.req("HER-02")
def test_two_looks_at_the_same_time_ask_for_one_job(council):
    assert two_looks_at_the_same_time(council) == 1


def test_without_the_unique_key_two_looks_ask_for_two(council):
    with without_unique_key():
        assert two_looks_at_the_same_time(council) == 2


@pytest.mark.req("HER-02", "HER-14")
def test_four_beats_and_every_job_delivered_four_times_open_one_month_and_tell_everybody_once(council):
    together(tick, 4)
    with authority_scope(council):
        job = Job.objects.get()
    ended = together(lambda: jobs.run(council.pk, job.pk), 4)
    together(tick, 4)
    assert sorted(map(str, ended)) == ["None", "None", "None", "done"]
    with authority_scope(council):
        cycle = Cycle.objects.get()
        audits = list(Audit.objects.filter(cycle=cycle).values_list("case_id", flat=True))
        assert len(audits) == len(set(audits)) > 0
        told = list(Notice.objects.values_list("person", "kind", "key"))
        assert len(told) == len(set(told)) > 0
        assert Job.objects.count() == 1
        assert Occurrence.objects.get(kind=Kind.ALLOCATION, period="2026-10").done_at is not None


def test_four_first_looks_make_one_calendar_and_each_date_once():
    council = make_council("birch", "Birch Council")
    with clock.travel(SEPTEMBER), authority_scope(council):
        small_council(cases_per_team=1)
    together(lambda: alone(tick, SEPTEMBER), 4)
    with authority_scope(council):
        dates = list(Occurrence.objects.values_list("kind", "period"))
        assert Calendar.objects.count() == 1
        assert len(dates) == len(set(dates)) > 80


def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_the_next_does_it_once(council, monkeypatch):
    with clock.travel(FIRST):
        tick()
    real, deaths = registry.work_for(Kind.ALLOCATION)[0], []

    def die_once(occurrence) -> str:
        outcome = real(occurrence)
        if not deaths:
            deaths.append(1)
            raise KeyboardInterrupt  # nothing of the job catches it: as good as kill -9
        return outcome

    monkeypatch.setitem(registry._work, Kind.ALLOCATION, [die_once])
    with authority_scope(council):
        job = Job.objects.get()
    with pytest.raises(KeyboardInterrupt):
        alone(lambda: jobs.run(council.pk, job.pk))
    with authority_scope(council):
        assert not Cycle.objects.exclude(status="draft").exists()
        job.refresh_from_db()
        assert job.status == "running", "its lease still runs"
        assert jobs.forgotten_jobs() == []
        Job.objects.filter(pk=job.pk).update(lease_until=SEPTEMBER, rung_at=None)
    with authority_scope(council):
        assert jobs.forgotten_jobs() == [job.pk]
    assert alone(lambda: jobs.run(council.pk, job.pk)) == "done"
    with authority_scope(council):
        assert Cycle.objects.get().audits.count() > 0
        job.refresh_from_db()
        assert job.attempts == 2


def test_a_council_whose_calendar_is_broken_holds_up_no_other(council, monkeypatch):
    make_council("aaaa", "Another Council")
    seen = []

    def sometimes():
        from qaf.tenants.scope import current_authority_id

        seen.append(current_authority_id())
        if current_authority_id() != council.pk:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return look()

    monkeypatch.setattr("audits.programme.tasks.look", sometimes)
    with clock.travel(FIRST):
        assert tick() == 1
    assert len(seen) == 2
