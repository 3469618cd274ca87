"""Asking the calendar what is due and not yet done, and having it done: each thing once, in order.

Nobody asks whether today is the day: a look that comes late finds what was missed, one that comes twice finds the job
that is there.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction

from audits.programme.dates import period_in_words
from audits.programme.enums import OccurrenceKind
from audits.programme.models import Occurrence
from audits.programme.registry import work_for
from audits.programme.selectors import AHEAD_MONTHS, JOB, first_to_do, job_key, standing_of_calendar
from audits.programme.services.planning import plan_calendar
from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.jobs.services import JobRefused, ask_for, handles, run
from qaf.lib import calendar, clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope, current_authority_id
from qaf.tenants.transitions import TransitionRefused


def look() -> Job | None:
    """Look at the open council's calendar; ask for the first thing due, and return its job.

    The next thing is asked for when that is done. Where nothing is due this is one query.
    """
    today = clock.today()
    standing = standing_of_calendar(today)
    enough = calendar.add_months(today, AHEAD_MONTHS - 1)
    if (
        standing is None
        or standing.in_force != standing.framework_version_id  # type: ignore[attr-defined]
        or standing.planned_until < enough
    ):
        if plan_calendar() is None:
            return None
    elif not standing.has_due:  # type: ignore[attr-defined]
        return None
    first = first_to_do()
    return _ask(first[0]) if first and first[1] is None else None


def _ask(occurrence: Occurrence) -> Job:
    key = job_key(occurrence)
    return ask_for(kind=JOB, key=key, payload={"kind": occurrence.kind, "period": occurrence.period})


def _about(job: Job) -> str:
    try:
        label = OccurrenceKind(job.payload["kind"]).label
    except (KeyError, ValueError):
        return ""
    return f"{label}, {period_in_words(job.payload['period'])}"


@handles(JOB, title="Calendar", about=_about, tells=True)
def do_occurrence(job: Job) -> dict[str, Any]:
    """Do what the calendar says, and mark it as done; what is done already is left alone."""
    occurrence = Occurrence.objects.select_for_update(no_key=True).get(
        kind=job.payload["kind"], period=job.payload["period"]
    )
    if occurrence.done_at is not None:
        return {"outcome": occurrence.outcome}
    if occurrence.due_on > clock.today():
        raise JobRefused("This date was moved to a later day.")
    try:
        said = [work(occurrence) for work in work_for(occurrence.kind)]
    except TransitionRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
    occurrence.done_at = clock.now()
    occurrence.outcome = " ".join(filter(None, said))[:300]
    occurrence.save(update_fields=["done_at", "outcome"])
    transaction.on_commit(partial(_look_again, current_authority_id()), robust=True)
    return {"outcome": occurrence.outcome}


def _look_again(authority_id: int) -> None:
    with authority_scope(authority_id):
        look()


def run_missed(authority: Authority) -> Iterator[tuple[Occurrence, Job]]:
    """Do here and now what ``authority``'s calendar has missed, in order; yield each date with its job.

    Belongs outside any scope: each piece of work has a transaction of its own. What a worker is doing at this
    moment is left to it.
    """
    while True:
        with authority_scope(authority, why="catching up"):
            look()
            if (first := first_to_do()) is None:
                return
            occurrence = first[0]
            job = _ask(occurrence)
        run(authority.pk, job.pk)
        with authority_scope(authority):
            job.refresh_from_db()
            occurrence.refresh_from_db()
        yield occurrence, job
        if job.status in (JobStatus.WAITING, JobStatus.RUNNING):
            return
