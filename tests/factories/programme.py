"""A council whose calendar runs, and the workers that do what it asks."""

from datetime import UTC, datetime

from django.db.models import Q

from audits.programme.enums import OccurrenceKind as Kind
from audits.programme.models import Occurrence
from audits.programme.tasks import tick
from qaf.jobs import services as jobs
from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.lib.clock import LONDON
from qaf.tenants.scope import authority_scope

SEPTEMBER = datetime(2026, 9, 14, 9, 0, tzinfo=LONDON)


def work(council, rings: int = 1) -> list[str]:
    """Do what waits, as workers would, until nothing is left; every bell rings ``rings`` times."""
    done = []
    while True:
        for _ in range(rings):
            tick()
        with authority_scope(council):
            waits = Job.objects.filter(
                Q(run_after=None) | Q(run_after__lte=datetime.now(UTC)), status="waiting"
            )
            waiting = list(waits.values_list("pk", flat=True))
        if not waiting:
            return done
        for pk in waiting:
            with authority_scope(council):
                done.append(Job.objects.get(pk=pk).key)
            for _ in range(rings):
                jobs.run(council.pk, pk)


def kinds_done(council) -> list[str]:
    with authority_scope(council):
        done = Job.objects.filter(status=JobStatus.DONE).order_by("id")
        return [job.key.replace(":", " ") for job in done]


def one(kind: Kind, period: str) -> Occurrence:
    return Occurrence.objects.get(kind=kind, period=period)
