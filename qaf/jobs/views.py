"""A job's progress, which can be left and found again, and the queue of work."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from qaf.jobs.enums import OPEN, JobStatus
from qaf.jobs.filters import JobFilter
from qaf.jobs.models import Job
from qaf.jobs.selectors import jobs, queue
from qaf.jobs.services import cancel, kind_of, title_of, try_again
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.words import plural

SEE, RETRY = "jobs.see_all", "jobs.retry"
PER_PAGE = 50
STANDS: dict[str, str] = {JobStatus.WAITING: "Waiting to begin", JobStatus.RUNNING: "Under way"}
TONES: dict[str, str] = {
    JobStatus.WAITING: "yellow",
    JobStatus.RUNNING: "blue",
    JobStatus.DONE: "green",
    JobStatus.FAILED: "red",
    JobStatus.CANCELLED: "grey",
}


def _visible(request: CouncilRequest, pk: int) -> Job:
    """Return a job that the person asked for, or any where they see the whole queue; else 404."""
    found = jobs() if may(request.person, SEE) else jobs().filter(started_by=request.person)
    return get_object_or_404(found, pk=pk)


@council_view()
def job(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show how far a job is to who asked for it, and to those who see the whole queue."""
    found = _visible(request, pk)
    ended = found.status in (JobStatus.FAILED, JobStatus.CANCELLED)
    progress = {
        "label": found.step or STANDS.get(found.status) or kind_of(found).title,
        "done": found.done_steps,
        "total": found.total_steps or 1,
        "finished": found.status not in OPEN,
        "failed": ended,
    }
    mine = found.started_by_id == request.person.pk
    retries = may(request.person, RETRY)
    stoppable = found.status == JobStatus.WAITING or (
        found.status == JobStatus.RUNNING and kind_of(found).stops and not found.cancel_asked
    )
    context = {
        "job": found,
        "title": title_of(found),
        "progress": progress,
        "may_retry": ended and retries,
        "may_cancel": stoppable and (mine or retries),
        "sees_queue": may(request.person, SEE),
        "rows": _facts(found),
    }
    return render(request, "jobs/job.html", context)


def _facts(found: Job) -> list[dict[str, str]]:
    who = found.started_by.name if found.started_by else "The calendar, or QAF itself"
    rows = [{"key": "Asked for by", "value": who}]
    rows.append({"key": "Waited", "value": in_words(found.waited(datetime.now(UTC)))})
    if found.attempts > 1:
        rows.append({"key": "Attempts", "value": str(found.attempts)})
    outcome = found.result.get("outcome") if isinstance(found.result, dict) else None
    if outcome:
        rows.append({"key": "Outcome", "value": str(outcome)})
    return rows


@council_view(SEE)
def queue_page(request: CouncilRequest) -> HttpResponse:
    """Show what waits, runs, ran and failed, and how late."""
    found = JobFilter(request.GET, queryset=jobs(), request=request)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    now, standing = datetime.now(UTC), queue()
    late = f"the oldest for {in_words(standing.oldest)}" if standing.waiting else ""
    figures: list[dict[str, Any]] = [
        {"label": "Waiting", "value": standing.waiting, "note": late, "href": "?status=waiting"},
        {"label": "Running", "value": standing.running, "href": "?status=running"},
        {
            "label": "Failed",
            "value": standing.failed,
            "href": "?status=failed",
            "tone": "late" if standing.failed else "",
        },
        {"label": "Done in seven days", "value": standing.done, "href": "?status=done"},
    ]
    rows = [
        {"job": one, "title": title_of(one), "tone": TONES[one.status], "waited": in_words(one.waited(now))}
        for one in page
    ]
    context = {"filter": found, "page_obj": page, "rows": rows, "figures": figures}
    return render(request, "jobs/queue.html", context)


@require_POST
@council_view(RETRY)
def retry(request: CouncilRequest, pk: int) -> HttpResponse:
    """Put a failed job back into the queue."""
    if try_again(job=_visible(request, pk), person=request.person):
        messages.success(request, "It is in the queue again.")
    else:
        messages.info(request, "It was in the queue already.")
    return redirect("jobs:job", council=request.authority.slug, pk=pk)


@require_POST
@council_view()
def stop(request: CouncilRequest, pk: int) -> HttpResponse:
    """Cancel a job that waits, or one that runs and can be undone."""
    if cancel(job=_visible(request, pk), person=request.person):
        messages.success(request, "Cancelled: nothing is left half done.")
    else:
        messages.warning(request, "It was too late to cancel this.")
    return redirect("jobs:job", council=request.authority.slug, pk=pk)


def in_words(time: timedelta) -> str:
    """Return how long in the largest unit that tells: "3 hours"."""
    seconds = int(time.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return plural(seconds // length, unit)
    return "less than a minute"
