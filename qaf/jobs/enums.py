"""Closed lists of the job queue."""

from django.db import models


class JobStatus(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


OPEN = (JobStatus.WAITING, JobStatus.RUNNING)
