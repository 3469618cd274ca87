"""Opening a month as a job, where the council is so large that nobody should wait for the page."""

from datetime import date
from typing import Any

from audits.cases.models import Case
from audits.models import Cycle
from audits.services.cycles import open_cycle
from qaf.jobs.enums import OPEN
from qaf.jobs.models import Job
from qaf.jobs.services import JobRefused, ask_for, handles
from qaf.lib.calendar import month_start
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.transitions import TransitionRefused

KIND = "audits.open_cycle"
LARGE = 5000
"""Open cases from which a month is opened in the background."""


def is_large() -> bool:
    """Say whether the council has so many open cases that a month is opened in the background."""
    return Case.objects.filter(closed_on=None).count() >= LARGE


def ask_to_open(*, cycle: Cycle, person: Person) -> Job:
    """Ask for the month to be opened; asking twice is asking once."""
    return ask_for(kind=KIND, key=f"{cycle.period:%Y-%m}", payload={"cycle": cycle.pk}, person=person)


def opening_job(period: date) -> Job | None:
    """Return the job that is opening this month now, if there is one."""
    return Job.objects.filter(kind=KIND, key=f"{month_start(period):%Y-%m}", status__in=OPEN).first()


@handles(KIND, title="Open a month", stops=True)
def _open(job: Job) -> dict[str, Any]:
    cycle = Cycle.objects.get(pk=job.payload["cycle"])
    person = job.started_by
    # Whoever asked may have left or lost the post while the job waited.
    if person is None or not may(person, "audits.open_cycle"):
        raise JobRefused("Only somebody who may open a month can do this.")
    try:
        open_cycle(cycle=cycle, person=person)
    except TransitionRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
    return {"audits": cycle.audits.count()}
