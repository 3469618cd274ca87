"""Asking for work, and doing it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q

from qaf.jobs.beside import LEASE, running, watched
from qaf.jobs.enums import OPEN, JobStatus
from qaf.jobs.events import JobEnded
from qaf.jobs.models import Job
from qaf.tenants.events import publish
from qaf.tenants.models import Authority, Person
from qaf.tenants.permissions import may, require
from qaf.tenants.scope import authority_scope, current_scope

logger = logging.getLogger(__name__)

ATTEMPTS = 5
RING_AGAIN = timedelta(minutes=2)
"""A bell that was rung, and lost with Redis, is given this long before the sweeper rings again.

Work that stands behind other work has not been lost, and need not be rung for at every turn of the sweeper.
"""
Handler = Callable[[Job], dict[str, Any] | None]


@dataclass(frozen=True)
class Kind:
    """What the queue knows about a kind of work."""

    title: str
    stops: bool = False
    tells: bool = False
    about: Callable[[Job], str] = lambda job: ""


_handlers: dict[str, Handler] = {}
_kinds: dict[str, Kind] = {}
_daily: list[Callable[[], object]] = []
# The bell: set by qaf.jobs.tasks, so that rules never import Celery.
_ring: list[Callable[[int, int], None]] = []


class JobRefused(Exception):
    """The work cannot be done and trying again will not help; the text is shown to the person."""


class JobStopped(Exception):
    """Somebody cancelled the job while it ran; everything it did is undone."""


# Registering ---------------------------------------------------------------------------------------------------------


def handles(
    kind: str,
    *,
    title: str = "",
    about: Callable[[Job], str] = lambda job: "",
    stops: bool = False,
    tells: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``; it may run twice and must not mind.

    ``title`` stands in the queue, with what one job is ``about``. ``stops``: everything it does is in its one
    transaction, so it can be cancelled while it runs, at its next ``progress``. ``tells``: it tells who asked of its
    success by itself.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        readable = kind.rpartition(".")[2].replace("_", " ").capitalize()
        _kinds[kind] = Kind(title or readable, stops, tells, about)
        return handler

    return register


def kind_of(job: Job) -> Kind:
    """Return what is known about the job's kind of work."""
    return _kinds.get(job.kind) or Kind(job.kind)


def title_of(job: Job) -> str:
    """Return what the job is, for people: its kind, and what it is about."""
    kind = kind_of(job)
    about = kind.about(job)
    return f"{kind.title}: {about}" if about else kind.title


def known_kinds() -> list[tuple[str, str]]:
    """Return every kind of work with its title, by title."""
    return sorted(((kind, known.title) for kind, known in _kinds.items()), key=lambda one: one[1])


def daily(function: Callable[[], object]) -> Callable[[], object]:
    """Register work to be done once a day in each council's scope; it may run twice and must not mind.

    What it returns, such as how many it did, is of no account here.
    """
    if function not in _daily:
        _daily.append(function)
    return function


def daily_work() -> list[Callable[[], object]]:
    """Return what is registered with ``daily``."""
    return list(_daily)


def do_daily_work(authority: Authority) -> int:
    """Do a council's daily work, each piece in a transaction of its own; return how many failed.

    What fails holds up no other: it is logged, and tried again the next time. Belongs outside any scope.
    """
    failed = 0
    for function in _daily:
        try:
            with authority_scope(authority, why=f"daily: {function.__name__}"):
                function()
        except Exception:
            failed += 1
            logger.exception("daily work %s of council %s failed", function.__name__, authority.pk)
    return failed


def set_bell(ring: Callable[[int, int], None]) -> None:
    """Say how a worker is woken: ``ring(authority_id, job_id)``."""
    _ring[:] = [ring]


# Asking --------------------------------------------------------------------------------------------------------------


def ask_for(
    *, kind: str, key: str, payload: dict[str, Any] | None = None, person: Person | None = None
) -> Job:
    """Ask for a job; the same kind and key returns the job that is there (a failed one is tried again).

    The worker is woken after the transaction commits; should that be lost, the sweeper finds the row.
    """
    if kind not in _handlers:
        raise LookupError(f"Nothing handles jobs of the kind {kind}.")
    job, made = Job.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "payload": payload or {},
            "started_by": person,
            "request_id": current_scope().request_id,
            "rung_at": datetime.now(UTC),
        },
    )
    if not made and job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        _put_back(job)
    _ring_after_commit(job)
    return job


def try_again(*, job: Job, person: Person) -> bool:
    """Put a failed or cancelled job back into the queue; say whether it was one.

    Raises ``PermissionDenied`` for somebody who may not.
    """
    require(person, "jobs.retry")
    if not _put_back(job):
        return False
    _ring_after_commit(job)
    return True


def _put_back(job: Job) -> bool:
    now = datetime.now(UTC)
    ended = Job.objects.filter(pk=job.pk, status__in=(JobStatus.FAILED, JobStatus.CANCELLED))
    again = ended.update(
        status=JobStatus.WAITING,
        attempts=0,
        error="",
        run_after=now,  # how long it waits is counted from here
        started_at=None,
        finished_at=None,
        cancel_asked=False,
        done_steps=0,
        step="",
        rung_at=now,
    )
    job.refresh_from_db()
    return again == 1


def _ring_after_commit(job: Job) -> None:
    authority_id = current_scope().authority_id
    transaction.on_commit(lambda: wake(authority_id, job.pk), robust=True)


def wake(authority_id: int, job_id: int) -> None:
    """Ring the bell; where it does not ring, the sweeper does so the next time it comes round."""
    for ring in _ring:
        try:
            ring(authority_id, job_id)
        except Exception as error:  # noqa: BLE001 — whatever Redis says, the row is there
            logger.warning("job %s waits for the sweeper: %s", job_id, type(error).__name__)
            _unheard(authority_id, job_id)


def _unheard(authority_id: int, job_id: int) -> None:
    """Note that nobody was called, so that the sweeper does not wait for somebody to come."""
    try:
        with authority_scope(authority_id):
            Job.objects.filter(pk=job_id, status__in=OPEN).update(rung_at=None)
    except DatabaseError as error:
        logger.warning("job %s waits a little longer: %s", job_id, type(error).__name__)


def cancel(*, job: Job, person: Person | None = None) -> bool:
    """Cancel a job that waits, or ask one that runs to stop where that is safe; say whether it was in time.

    ``person`` must have asked for it or may try jobs again; ``None`` is the system. Raises ``PermissionDenied``.
    """
    if person is not None and job.started_by_id != person.pk and not may(person, "jobs.retry"):
        raise PermissionDenied(
            "Only who asked for this work, or somebody who may try it again, can cancel it."
        )
    waiting = Job.objects.filter(pk=job.pk, status=JobStatus.WAITING)
    if waiting.update(status=JobStatus.CANCELLED, finished_at=datetime.now(UTC)):
        return True
    if not kind_of(job).stops:
        return False
    return Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING).update(cancel_asked=True) == 1


def progress(job: Job, *, done: int, total: int, step: str = "") -> None:
    """Tell how far the work is, at once and for everybody to see, although the work itself has not committed.

    Raises ``JobStopped`` where somebody has cancelled the job and its kind can be stopped: let it through.
    """
    beside = running(job)
    if beside is None:  # not done by a worker: a test or a command calls the work directly
        Job.objects.filter(pk=job.pk).update(done_steps=done, total_steps=total, step=step)
        return
    if beside.write(done_steps=done, total_steps=total, step=step) and kind_of(job).stops:
        raise JobStopped


# Doing ---------------------------------------------------------------------------------------------------------------


def run(authority_id: int, job_id: int) -> JobStatus | None:
    """Claim the job and do it; ``None`` when somebody else has it, has taken it over, or it is finished.

    The claim is a conditional UPDATE committed before the work begins; the work and its "done" commit together.
    """
    authority = Authority.objects.get(pk=authority_id)
    job = _claim(authority, job_id)
    if job is None:
        return None
    if job.attempts > ATTEMPTS:
        lost = f"The worker was lost {ATTEMPTS} times while doing this. Tell whoever runs QAF the number {job.pk}."
        return _end(authority, job, lost, JobStatus.FAILED)
    with watched(authority_id, job):
        return _do(authority, job)


def _claim(authority: Authority, job_id: int) -> Job | None:
    now = datetime.now(UTC)
    with authority_scope(authority):
        free = Q(status=JobStatus.WAITING) | Q(status=JobStatus.RUNNING, lease_until__lt=now)
        due = Q(run_after=None) | Q(run_after__lte=now)
        job = Job.objects.select_related("started_by").filter(free, due, pk=job_id).first()
        if job is None:
            return None
        claimed = Job.objects.filter(free, pk=job_id, attempts=job.attempts).update(
            status=JobStatus.RUNNING, lease_until=now + LEASE, attempts=job.attempts + 1, started_at=now
        )
    job.attempts += 1
    return job if claimed else None


def _do(authority: Authority, job: Job) -> JobStatus | None:
    try:
        with authority_scope(
            authority, person=job.started_by, why=f"job {job.kind}", request_id=job.request_id
        ):
            result = _handlers[job.kind](job) or {}
            done = Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, attempts=job.attempts).update(
                status=JobStatus.DONE, result=result, finished_at=datetime.now(UTC), lease_until=None
            )
            if not done:
                raise JobRefused("Another worker took this job over.")
            _tell_of_the_end(job)
    except JobStopped:
        return _end(authority, job, "Somebody cancelled it.", JobStatus.CANCELLED)
    except JobRefused as refusal:
        return _end(authority, job, str(refusal), JobStatus.FAILED)
    except Exception as error:
        logger.exception("job %s of the kind %s failed", job.pk, job.kind)
        last = job.attempts >= ATTEMPTS
        return _end(authority, job, in_plain_words(error), JobStatus.FAILED if last else JobStatus.WAITING)
    return JobStatus.DONE


def _end(authority: Authority, job: Job, error: str, status: JobStatus) -> JobStatus | None:
    final = status != JobStatus.WAITING
    now = datetime.now(UTC)
    with authority_scope(authority, request_id=job.request_id):
        ended = Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, attempts=job.attempts).update(
            status=status,
            error=error,
            lease_until=None,
            run_after=None if final else now + timedelta(seconds=15 * 2**job.attempts),
            finished_at=now if final else None,
        )
        if ended and final:
            _tell_of_the_end(job)
    return status if ended else None


def _tell_of_the_end(job: Job) -> None:
    job.refresh_from_db()
    publish(JobEnded(job=job, title=title_of(job), told=kind_of(job).tells))


def in_plain_words(error: Exception) -> str:
    """Say what went wrong without a word of what the record holds: the message of a database quotes rows."""
    if isinstance(error, IntegrityError):
        return "Something that this work relies on was changed at the same time."
    if isinstance(error, DatabaseError):
        return "The database did not answer, or took too long."
    if isinstance(error, MemoryError):
        return "There was not enough memory for this work."
    if isinstance(error, OSError):
        return "A file or another computer could not be reached."
    return f"The program met a fault that it does not know ({type(error).__name__})."


# Finding what was forgotten ------------------------------------------------------------------------------------------


def forgotten_jobs(limit: int = 100) -> list[int]:
    """Return the ids of the open scope's jobs that wait unheard, or whose worker died, and note that they are rung.

    What was rung a moment ago stands in Celery's queue already.
    """
    now = datetime.now(UTC)
    stale = Q(status=JobStatus.RUNNING, lease_until__lt=now) | Q(status=JobStatus.WAITING)
    due = Q(run_after=None) | Q(run_after__lte=now)
    unheard = Q(rung_at=None) | Q(rung_at__lt=now - RING_AGAIN) | Q(rung_at__lt=F("run_after"))
    found = list(
        Job.objects.filter(stale, due, unheard, status__in=OPEN)
        .order_by("id")
        .values_list("pk", flat=True)[:limit]
    )
    if found:
        Job.objects.filter(pk__in=found).update(rung_at=now)
    return found
