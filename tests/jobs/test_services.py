"""The queue of work: progress that is seen at once, work that is poison, trying again, stopping."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connections, transaction

from qaf.jobs import beside
from qaf.jobs import services as jobs
from qaf.jobs.models import Job
from qaf.jobs.selectors import queue
from qaf.jobs.tasks import daily, sweep
from qaf.notices.models import Notice
from qaf.tenants.models import Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import give_post
from tests.factories.people import LONG_AGO, make_council, make_person, make_role

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
KIND = "tests.work"


@pytest.fixture
def council():
    return make_council("alder", "Alder Council")


@pytest.fixture
def person(council):
    with authority_scope(council):
        return make_person("Ada Alder")


@pytest.fixture
def lead(council):
    with authority_scope(council):
        lead = make_person("Ash Rowan")
        give_post(person=lead, role=make_role("qa_lead", "jobs.see_all", "jobs.retry"), starts_on=LONG_AGO)
        return lead


def handle(monkeypatch, work, **options) -> None:
    monkeypatch.setitem(jobs._handlers, KIND, work)
    monkeypatch.setitem(
        jobs._kinds, KIND, jobs.Kind("Test work", options.get("stops", False), options.get("tells", False))
    )


def ask(council, person=None, key: str = "1") -> Job:
    with authority_scope(council):
        return jobs.ask_for(kind=KIND, key=key, person=person)


def look(council, job: Job) -> Job:
    with authority_scope(council):
        return Job.objects.get(pk=job.pk)


def elsewhere(work):
    """Do ``work`` on a connection of its own, as another process would."""

    def alone():
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone).result(60)


def told(council) -> list[tuple[str, str, str]]:
    with authority_scope(council):
        return list(Notice.objects.order_by("id").values_list("person__name", "subject", "body"))


def test_progress_is_seen_by_others_while_the_work_itself_has_not_committed(council, person, monkeypatch):
    seen = []

    def work(job: Job):
        Unit.objects.create(kind="service", key="new", name="New service")
        jobs.progress(job, done=3, total=10, step="Reading")
        other = elsewhere(lambda: look(council, job))
        seen.append((other.done_steps, other.total_steps, other.step, other.percent, other.status))
        seen.append(elsewhere(lambda: _units(council)))
        return {"rows": 10}

    handle(monkeypatch, work)
    job = ask(council, person)
    assert jobs.run(council.pk, job.pk) == "done"
    assert seen == [(3, 10, "Reading", 30, "running"), 0]
    ended = look(council, job)
    assert (ended.status, ended.result, ended.lease_until) == ("done", {"rows": 10}, None)
    assert _units(council) == 1
    assert told(council) == [("Ada Alder", "Test work: done", "")]


def _units(council) -> int:
    with authority_scope(council):
        return Unit.objects.count()


def test_progress_that_cannot_be_written_does_not_harm_the_work(council, monkeypatch):
    def work(job: Job):
        jobs.progress(job, done=1, total=2)

    class Broken:
        def copy(self):
            raise OperationalError("too many connections")

    handle(monkeypatch, work)
    job = ask(council)
    monkeypatch.setattr(beside, "connections", {"default": Broken()})
    assert jobs.run(council.pk, job.pk) == "done"


def test_a_worker_at_work_keeps_its_lease(council, monkeypatch):
    leases = []

    def work(job: Job):
        before = elsewhere(lambda: look(council, job)).lease_until
        end = datetime.now(UTC) + timedelta(seconds=60)
        while datetime.now(UTC) < end:
            if (now := elsewhere(lambda: look(council, job)).lease_until) > before:
                leases.append(now)
                return

    monkeypatch.setattr(beside, "BEAT_SECONDS", 0.05)
    handle(monkeypatch, work)
    assert jobs.run(council.pk, ask(council).pk) == "done"
    assert len(leases) == 1


def test_poison_is_tried_five_times_later_and_later_and_then_ends_in_plain_words(council, lead, monkeypatch):
    def work(job: Job):
        Unit.objects.create(kind="service", key="half", name="Half done")
        raise ValueError("the child Quentin Canary")

    handle(monkeypatch, work)
    job = ask(council)
    for wait in (30, 60, 120, 240):
        began = datetime.now(UTC)
        assert jobs.run(council.pk, job.pk) == "waiting"
        waits = timedelta(seconds=wait)
        assert began + waits <= look(council, job).run_after <= datetime.now(UTC) + waits
        assert jobs.run(council.pk, job.pk) is None, "its time has not come"
        with authority_scope(council):
            Job.objects.filter(pk=job.pk).update(run_after=None)
    assert jobs.run(council.pk, job.pk) == "failed"
    ended = look(council, job)
    assert ended.error == "The program met a fault that it does not know (ValueError)."
    assert ended.finished_at is not None
    assert _units(council) == 0
    assert told(council) == [("Ash Rowan", "Test work: did not work", ended.error)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("row (Quentin)"), "The database did not answer, or took too long."),
        (MemoryError(), "There was not enough memory for this work."),
        (FileNotFoundError("/secret/quentin.xlsx"), "A file or another computer could not be reached."),
    ],
)
def test_a_fault_is_told_without_what_it_quotes(error, said):
    assert jobs.in_plain_words(error) == said


@pytest.mark.parametrize("error", [None, jobs.JobRefused("There is no file."), ValueError("broken")])
def test_a_worker_whose_job_another_has_taken_over_leaves_nothing_and_says_nothing(
    council, lead, monkeypatch, error
):
    def taken_over(job: Job):
        with authority_scope(council):
            Job.objects.filter(pk=job.pk).update(attempts=2, started_at=datetime.now(UTC))

    def work(job: Job):
        Unit.objects.create(kind="service", key="slow", name="Slow")
        elsewhere(lambda: taken_over(job))
        if error:
            raise error

    handle(monkeypatch, work)
    job = ask(council)
    assert jobs.run(council.pk, job.pk) is None
    row = look(council, job)
    assert (row.status, row.attempts, row.error, row.finished_at) == ("running", 2, "", None)
    assert row.lease_until is not None
    assert _units(council) == 0
    assert told(council) == []


def test_work_that_kills_its_worker_every_time_ends_visibly(council, lead, monkeypatch):
    def work(job: Job):
        raise KeyboardInterrupt

    handle(monkeypatch, work)
    job = ask(council)
    for _ in range(jobs.ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            jobs.run(council.pk, job.pk)
        with authority_scope(council):
            Job.objects.filter(pk=job.pk).update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert jobs.run(council.pk, job.pk) == "failed"
    assert look(council, job).error.startswith("The worker was lost 5 times while doing this.")
    assert jobs.run(council.pk, job.pk) is None


def test_who_may_tries_failed_work_again_and_nobody_else(council, person, lead, monkeypatch):
    outcomes = [jobs.JobRefused("There is no file."), None]

    def work(job: Job):
        if error := outcomes.pop(0):
            raise error

    handle(monkeypatch, work)
    job = ask(council, person)
    assert jobs.run(council.pk, job.pk) == "failed"
    assert look(council, job).error == "There is no file."
    with authority_scope(council), pytest.raises(PermissionDenied):
        jobs.try_again(job=job, person=person)
    with authority_scope(council):
        assert jobs.try_again(job=job, person=lead)
        assert not jobs.try_again(job=job, person=lead), "it waits already"
    again = look(council, job)
    assert (again.status, again.attempts, again.error) == ("waiting", 0, "")
    assert jobs.run(council.pk, job.pk) == "done"
    assert [subject for _, subject, _ in told(council)] == ["Test work: did not work", "Test work: done"]


def test_running_work_that_can_be_undone_stops_at_its_next_step(council, person, monkeypatch):
    def work(job: Job):
        Unit.objects.create(kind="service", key="half", name="Half done")
        jobs.progress(job, done=1, total=3)
        assert elsewhere(lambda: _cancel(council, job, person))
        jobs.progress(job, done=2, total=3)
        raise AssertionError("it went on")

    handle(monkeypatch, work, stops=True)
    job = ask(council, person)
    assert jobs.run(council.pk, job.pk) == "cancelled"
    assert _units(council) == 0
    assert look(council, job).error == "Somebody cancelled it."


def _cancel(council, job, person) -> bool:
    with authority_scope(council):
        return jobs.cancel(job=job, person=person)


def test_work_that_cannot_be_undone_is_not_stopped_and_waiting_work_is(council, person, monkeypatch):
    late = []

    def work(job: Job):
        late.append(elsewhere(lambda: _cancel(council, job, person)))
        jobs.progress(job, done=1, total=1)

    handle(monkeypatch, work)
    assert jobs.run(council.pk, ask(council, person).pk) == "done"
    assert late == [False]
    waiting = ask(council, person, key="2")
    assert _cancel(council, waiting, person)
    assert jobs.run(council.pk, waiting.pk) is None


def test_a_stranger_cancels_nothing(council, person, monkeypatch):
    handle(monkeypatch, lambda job: None)
    job = ask(council, person)
    with authority_scope(council):
        nick = make_person("Nick Nobody")
        with pytest.raises(PermissionDenied):
            jobs.cancel(job=job, person=nick)


def test_the_sweeper_rings_for_what_was_not_heard_and_not_for_what_was_rung_a_moment_ago(
    council, monkeypatch
):
    handle(monkeypatch, lambda job: None)
    job = ask(council)
    with authority_scope(council):
        assert jobs.forgotten_jobs() == []
        Job.objects.filter(pk=job.pk).update(
            rung_at=datetime.now(UTC) - jobs.RING_AGAIN - timedelta(seconds=1)
        )
        assert jobs.forgotten_jobs() == [job.pk]
        assert jobs.forgotten_jobs() == [], "it has just been rung"


def test_what_is_to_be_tried_again_is_rung_for_when_its_time_has_come_and_not_before(council, monkeypatch):
    handle(monkeypatch, lambda job: None)
    job = ask(council)
    now = datetime.now(UTC)
    with authority_scope(council):
        Job.objects.filter(pk=job.pk).update(
            rung_at=now - timedelta(hours=1), run_after=now + timedelta(hours=1)
        )
        assert jobs.forgotten_jobs() == []
        soon, just = timedelta(seconds=1), timedelta(seconds=30)
        Job.objects.filter(pk=job.pk).update(rung_at=now - just, run_after=now - soon)
        assert jobs.forgotten_jobs() == [job.pk], "it was rung for before its time: that bell was for nothing"


def test_what_is_tried_again_waits_from_then_on_and_not_since_it_was_first_asked_for(
    council, lead, monkeypatch
):
    handle(monkeypatch, lambda job: None)
    job = ask(council)
    long_ago = datetime.now(UTC) - timedelta(days=3)
    with authority_scope(council):
        Job.objects.filter(pk=job.pk).update(
            created_at=long_ago, started_at=long_ago, finished_at=long_ago, status="failed", cancel_asked=True
        )
        job.refresh_from_db()
        assert jobs.try_again(job=job, person=lead)
        assert job.cancel_asked is False
        assert job.waited(datetime.now(UTC)) < timedelta(hours=1)
        assert (queue().waiting, queue().failed) == (1, 0)
        assert timedelta(0) <= queue().oldest < timedelta(hours=1)
    assert jobs.run(council.pk, job.pk) == "done"


def test_asking_again_for_work_that_failed_tries_it_again_and_for_work_that_is_done_does_not(
    council, monkeypatch
):
    outcomes = [jobs.JobRefused("There is no file."), None]
    handle(monkeypatch, lambda job: _next(outcomes))
    job = ask(council)
    assert jobs.run(council.pk, job.pk) == "failed"
    assert ask(council).pk == job.pk
    assert jobs.run(council.pk, job.pk) == "done"
    ask(council)
    assert jobs.run(council.pk, job.pk) is None


def _next(outcomes: list) -> None:
    if error := outcomes.pop(0):
        raise error


def test_a_bell_that_redis_did_not_take_is_rung_at_the_sweepers_next_turn(council, monkeypatch):
    handle(monkeypatch, lambda job: None)
    rung = []

    def ring(authority_id: int, job_id: int) -> None:
        if not rung:
            rung.append("away")
            raise OSError("Redis is away")
        rung.append(job_id)

    monkeypatch.setattr(jobs, "_ring", [ring])
    job = ask(council)
    assert look(council, job).rung_at is None
    sweep()
    assert rung == ["away", job.pk]
    assert look(council, job).rung_at is not None
    sweep()
    assert rung == ["away", job.pk], "it has just been rung"


def test_daily_work_that_fails_in_one_council_holds_up_no_other_work_and_no_other_council(
    council, monkeypatch
):
    other = make_council("birch", "Birch Council")
    done = []

    def broken():
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    def fine():
        from qaf.tenants.scope import current_authority_id

        done.append(current_authority_id())

    monkeypatch.setattr(jobs, "_daily", [broken, fine])
    monkeypatch.setattr("qaf.jobs.tasks.can_purge", lambda: False)
    daily()
    assert done == [council.pk, other.pk]
