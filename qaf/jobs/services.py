"""Asking for work, and doing it."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from qaf.jobs.enums import OPEN, JobStatus
from qaf.jobs.models import Job
from qaf.tenants.models import Authority, Person
from qaf.tenants.scope import authority_scope, current_scope

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
ATTEMPTS = 5
Handler = Callable[[Job], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}
_daily: list[Callable[[], None]] = []
# The bell: set by qaf.jobs.tasks, so that rules never import Celery.
_ring: list[Callable[[int, int], None]] = []


class JobRefused(Exception):
    """The work cannot be done and trying again will not help; the text is shown to the person."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``; it may run twice and must not mind."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def daily(function: Callable[[], None]) -> Callable[[], None]:
    """Register work to be done once a day in each council's scope; it may run twice and must not mind."""
    if function not in _daily:
        _daily.append(function)
    return function


def daily_work() -> list[Callable[[], None]]:
    """Return what is registered with ``daily``."""
    return list(_daily)


def set_bell(ring: Callable[[int, int], None]) -> None:
    """Say how a worker is woken: ``ring(authority_id, job_id)``."""
    _ring[:] = [ring]


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
        defaults={"payload": payload or {}, "started_by": person, "request_id": current_scope().request_id},
    )
    if not made and job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        Job.objects.filter(pk=job.pk).update(status=JobStatus.WAITING, attempts=0, error="", run_after=None)
        job.refresh_from_db()
    authority_id = current_scope().authority_id
    transaction.on_commit(lambda: wake(authority_id, job.pk), robust=True)
    return job


def wake(authority_id: int, job_id: int) -> None:
    """Ring the bell; a bell that does not ring is only late, the sweeper comes round."""
    for ring in _ring:
        try:
            ring(authority_id, job_id)
        except Exception as error:  # noqa: BLE001 — whatever Redis says, the row is there
            logger.warning("job %s waits for the sweeper: %s", job_id, type(error).__name__)


def progress(job: Job, *, done: int, total: int, step: str = "") -> None:
    """Tell how far the work is. Written on a connection of its own transaction only when the job commits in parts."""
    Job.objects.filter(pk=job.pk).update(
        done_steps=done, total_steps=total, step=step, lease_until=datetime.now(UTC) + LEASE
    )


def cancel(*, job: Job) -> bool:
    """Cancel a job that has not begun; say whether it was in time."""
    return Job.objects.filter(pk=job.pk, status=JobStatus.WAITING).update(status=JobStatus.CANCELLED) == 1


def run(authority_id: int, job_id: int) -> JobStatus | None:
    """Claim the job and do it; ``None`` when somebody else has it or it is finished.

    The claim is a conditional UPDATE committed before the work begins; the work and its "done" commit together.
    """
    authority = Authority.objects.get(pk=authority_id)
    now = datetime.now(UTC)
    with authority_scope(authority):
        free = Q(status=JobStatus.WAITING) | Q(status=JobStatus.RUNNING, lease_until__lt=now)
        due = Q(run_after=None) | Q(run_after__lte=now)
        job = Job.objects.select_related("started_by").filter(free, due, pk=job_id).first()
        if job is None:
            return None
        claimed = Job.objects.filter(free, pk=job_id, attempts=job.attempts).update(
            status=JobStatus.RUNNING, lease_until=now + LEASE, attempts=job.attempts + 1
        )
        if not claimed:
            return None
        job.attempts += 1
    return _do(authority, job)


def _do(authority: Authority, job: Job) -> JobStatus:
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
    except JobRefused as refusal:
        return _end(authority, job, str(refusal), final=True)
    except Exception as error:
        logger.exception("job %s of the kind %s failed", job.pk, job.kind)
        return _end(authority, job, f"{type(error).__name__}", final=job.attempts >= ATTEMPTS)
    return JobStatus.DONE


def _end(authority: Authority, job: Job, error: str, *, final: bool) -> JobStatus:
    status = JobStatus.FAILED if final else JobStatus.WAITING
    wait = timedelta(seconds=15 * 2**job.attempts)
    with authority_scope(authority):
        Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, attempts=job.attempts).update(
            status=status,
            error=error,
            lease_until=None,
            run_after=None if final else datetime.now(UTC) + wait,
            finished_at=datetime.now(UTC) if final else None,
        )
    return status


def forgotten_jobs(limit: int = 100) -> list[int]:
    """Return the ids of the open scope's jobs that wait, or whose worker died."""
    now = datetime.now(UTC)
    stale = Q(status=JobStatus.RUNNING, lease_until__lt=now) | Q(status=JobStatus.WAITING)
    due = Q(run_after=None) | Q(run_after__lte=now)
    return list(
        Job.objects.filter(stale, due, status__in=OPEN).order_by("id").values_list("pk", flat=True)[:limit]
    )
