"""A check of an auditor's work before they finalise it, and the yearly look at a tool."""

from django.db import models
from django.db.models import Q

from qaf.tenants.models import TenantForeignKey, TenantModel


class FinalisationCheck(TenantModel):
    """A look by the quality assurance team at an assessment before its auditor submits it (SEF-78).

    Sensitivity: judgement of an auditor's work and words about a child. Kept with the audit, and deleted with it.
    """

    assessment = TenantForeignKey("audits.Assessment", on_delete=models.CASCADE, related_name="checks")
    required = models.BooleanField(help_text="Whether the auditor was new when they asked.")
    asked_by = TenantForeignKey("tenants.Person", related_name="+")
    asked_at = models.DateTimeField()
    question = models.TextField(blank=True, help_text="What the auditor wants looked at.")
    checked_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    feedback = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "assessment"],
                condition=Q(checked_at__isnull=True),
                name="audits_check_one_open",
            )
        ]


class ToolReview(TenantModel):
    """A dated look at an audit tool itself: what was judged of it, and what is to become of it (SLO-64).

    Sensitivity: none of children; names who reviewed. Kept for ever, as the tool's history.
    """

    tool = models.CharField(max_length=60, help_text="Key of the framework's tool.")
    version = models.PositiveSmallIntegerField(help_text="The tool's version that was reviewed.")
    reviewed_on = models.DateField()
    reviewed_by = TenantForeignKey("tenants.Person", related_name="+")
    answers = models.JSONField(
        default=dict, help_text="What was found, by the key of what the framework asks."
    )
    changes_needed = models.BooleanField()
    note = models.TextField(blank=True, help_text="What is to change, and why.")

    class Meta:
        ordering = ["-reviewed_on", "-id"]
