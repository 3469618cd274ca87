"""Work that must be done once: rows in PostgreSQL; Celery only rings the bell."""

from datetime import datetime, timedelta

from django.db import models

from qaf.jobs.enums import JobStatus
from qaf.tenants.models import TenantForeignKey, TenantModel


class Job(TenantModel):
    """One piece of work, unique by kind and key; it holds ids, never a child's data.

    Untracked: progress would drown the trail; what a job changes is tracked where it is changed.

    Sensitivity: none: ids only. Kept as the record of what was done.
    """

    tracked = False

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, help_text="Names the work, so that asking twice is asking once.")
    payload = models.JSONField(default=dict, help_text="What the work needs: ids and choices.")
    status = models.CharField(max_length=10, choices=JobStatus.choices, default=JobStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_steps = models.PositiveIntegerField(default=0)
    total_steps = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict, help_text="What the work came to: ids and counts.")
    error = models.TextField(blank=True, help_text="In plain words; never what a record says.")
    started_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    run_after = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True, help_text="When a worker was last called.")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When the last attempt began.")
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_asked = models.BooleanField(
        default=False, help_text="It stops at its next step, and undoes itself."
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["authority", "status"], name="jobs_job_status"),
            models.Index(
                fields=["authority", "id"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="jobs_job_open",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["authority", "kind", "key"], name="jobs_job_once")]

    @property
    def percent(self) -> int:
        """Progress from 0 to 100."""
        if self.status == JobStatus.DONE:
            return 100
        return min(99, 100 * self.done_steps // self.total_steps) if self.total_steps else 0

    def waited(self, now: datetime) -> timedelta:
        """How long it waited for a worker, or has waited until ``now``, after it could have begun."""
        could_begin = max(self.created_at, self.run_after or self.created_at)
        return max(timedelta(0), (self.started_at or now) - could_begin)
