"""The bell. Every task may run twice: the rows decide what is done."""

from celery import shared_task

from qaf.jobs import services
from qaf.tenants.models import Authority
from qaf.tenants.scope import for_each_authority
from qaf.tenants.services import can_purge, purge_trail


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
    """Do each council's daily work; every piece of it asks what is due and not yet done."""
    for authority in Authority.objects.order_by("pk"):
        services.do_daily_work(authority)
    if can_purge():
        purge_trail()


def _ring(authority_id: int, job_id: int) -> None:
    run_job.apply_async((authority_id, job_id), retry=False)


services.set_bell(_ring)
