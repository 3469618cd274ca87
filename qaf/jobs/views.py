"""A job's progress: can be left and found again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from qaf.jobs.enums import OPEN, JobStatus
from qaf.jobs.models import Job
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view()
def job(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show how far a job is to who asked for it, and to those who see the whole queue."""
    jobs = Job.objects.select_related("started_by")
    if not may(request.person, "jobs.see_all"):
        jobs = jobs.filter(started_by=request.person)
    found = get_object_or_404(jobs, pk=pk)
    progress = {
        "label": found.step or "Waiting to begin",
        "done": found.done_steps,
        "total": found.total_steps or 1,
        "finished": found.status not in OPEN,
        "failed": found.status == JobStatus.FAILED,
    }
    return render(request, "jobs/job.html", {"job": found, "progress": progress})


@council_view("jobs.see_all")
def queue(request: CouncilRequest) -> HttpResponse:
    """Show what waits, runs and failed."""
    return render(request, "jobs/queue.html", {"jobs": Job.objects.select_related("started_by")[:100]})
