"""What people are told about the work that QAF does for them."""

from qaf.jobs.enums import JobStatus
from qaf.jobs.events import JobEnded
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.events import on
from qaf.tenants.models import Person, Role
from qaf.tenants.paths import council_path
from qaf.tenants.selectors import acting_for, holders

RETRY = "jobs.retry"


@on(JobEnded)
def tell_of_the_end(event: JobEnded) -> None:
    """Tell who asked how it ended; of what QAF itself could not do, whoever may try it again."""
    job = event.job
    if job.status == JobStatus.DONE and (event.told or job.started_by is None):
        return
    people = [job.started_by] if job.started_by else _who_may_retry()
    if job.status == JobStatus.CANCELLED and job.started_by is None:
        return
    word = {JobStatus.DONE: "done", JobStatus.FAILED: "did not work", JobStatus.CANCELLED: "cancelled"}
    tell(
        people=people,
        kind="job_ended",
        key=f"{job.pk}-{job.status}-{job.finished_at:%Y%m%d%H%M%S}",
        subject=f"{event.title}: {word[JobStatus(job.status)]}",
        body=job.error,
        href=council_path("jobs:job", job.pk),
    )


def _who_may_retry() -> list[Person]:
    today = clock.today()
    keys = [role.key for role in Role.objects.only("key", "permissions") if RETRY in role.permissions]
    return [acting_for(person, on=today) for person in holders(*keys, on=today)] if keys else []
