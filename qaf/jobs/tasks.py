"""The bell. Every task may run twice: the rows decide what is done."""

import logging

from celery import shared_task

from qaf.jobs import services
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope, for_each_authority
from qaf.tenants.services import can_purge, purge_trail

logger = logging.getLogger(__name__)


@shared_task(name="qaf.jobs.tasks.run_job")
def run_job(authority_id: int, job_id: int) -> None:
    """Do one job, if it is still to be done."""
    services.run(authority_id, job_id)


@shared_task(name="qaf.jobs.tasks.sweep")
def sweep() -> None:
    """Ring for what was not rung, and for what a dead worker left."""
    waiting = [(council.pk, job) for council in for_each_authority() for job in services.forgotten_jobs()]
    for authority_id, job_id in waiting:
        services.wake(authority_id, job_id)


@shared_task(name="qaf.jobs.tasks.daily")
def daily() -> None:
    """Do each council's daily work; every piece of it asks what is due and not yet done.

    Each piece has a transaction of its own, and one that fails holds up no other: it is tried again next time.
    """
    for authority in Authority.objects.order_by("pk"):
        for function in services.daily_work():
            try:
                with authority_scope(authority, why=f"daily: {function.__name__}"):
                    function()
            except Exception:
                logger.exception("daily work %s of council %s failed", function.__name__, authority.pk)
    if can_purge():
        purge_trail()


def _ring(authority_id: int, job_id: int) -> None:
    run_job.apply_async((authority_id, job_id), retry=False)


services.set_bell(_ring)
