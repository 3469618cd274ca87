"""Reads of the queue of work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Greatest

from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo

RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Queue:
    """How the queue stands: counts by status (ended work of the last seven days), and the oldest that waits."""

    waiting: int
    running: int
    failed: int
    done: int
    oldest: timedelta


def queue() -> Queue:
    """Return how the open council's queue stands at this moment, in two queries."""
    now = datetime.now(UTC)
    open_or_failed = Job.objects.exclude(status__in=(JobStatus.DONE, JobStatus.CANCELLED))
    counts = dict(
        open_or_failed.order_by().values_list("status").annotate(n=Count("id")).values_list("status", "n")
    )
    ended = Job.objects.filter(status=JobStatus.DONE, finished_at__gte=now - RECENT).aggregate(n=Count("id"))
    could_begin = Min(Greatest("created_at", "run_after"))  # PostgreSQL passes over what is not known
    waiting = Job.objects.filter(status=JobStatus.WAITING).aggregate(oldest=could_begin)["oldest"]
    return Queue(
        waiting=counts.get(JobStatus.WAITING, 0),
        running=counts.get(JobStatus.RUNNING, 0),
        failed=counts.get(JobStatus.FAILED, 0),
        done=ended["n"],
        oldest=max(timedelta(0), now - waiting) if waiting else timedelta(0),
    )


def jobs() -> QuerySet[Job]:
    """Return every job of the open council, the newest first."""
    return Job.objects.select_related("started_by")


def failed_todo(person: Person) -> Iterable[ToDo]:
    """Return one thing to do where work has failed and ``person`` may try it again."""
    if not may(person, "jobs.retry"):
        return
    failed = Job.objects.filter(status=JobStatus.FAILED).count()
    if failed:
        noun = "piece of work has" if failed == 1 else "pieces of work have"
        href = f"{council_path('jobs:queue')}?status={JobStatus.FAILED}"
        yield ToDo(f"{failed} {noun} failed: see why, and try again", href)
