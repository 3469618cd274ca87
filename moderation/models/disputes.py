"""Disagreement: who brought it, the ladder that it climbs, how each step ended."""

from django.db import models

from audits.frameworks.models import VersionKey
from moderation.enums import DisputeStatus, Polarity, StepOutcome
from qaf.tenants.models import TenantForeignKey, TenantModel


class Dispute(TenantModel):
    """A disagreement about a grade, conduct or practice, or good practice that somebody acknowledges (WSX-95).

    Sensitivity: special-category data of a child and disagreement between staff. Kept with the audit or the case,
    and deleted with it.
    """

    case = TenantForeignKey("cases.Case", related_name="disputes")
    audit = TenantForeignKey("audits.Audit", null=True, blank=True, related_name="disputes")
    framework_version = VersionKey(related_name="+")
    key = models.CharField(max_length=60, help_text="Key of the framework's dispute.")
    polarity = models.CharField(max_length=16, choices=Polarity.choices, default=Polarity.CHALLENGE)
    status = models.CharField(max_length=14, choices=DisputeStatus.choices, default=DisputeStatus.OPEN)
    raised_by = TenantForeignKey("tenants.Person", related_name="disputes_raised")
    party = models.CharField(max_length=60, help_text="Key of the party that they speak for.")
    raised_at = models.DateTimeField()
    ground = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    proposed_grade = models.CharField(max_length=40, blank=True, help_text="The overall grade they ask for.")
    grade_before = models.CharField(max_length=40, blank=True)
    grade_after = models.CharField(max_length=40, blank=True)
    outcome = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        indexes = [models.Index(fields=["authority", "status"], name="moderation_dispute_status")]


class DisputeStep(TenantModel):
    """One step of a ladder: who is asked to settle it, by when, and how it ended.

    Sensitivity: as the dispute. Kept with it, and deleted with it.
    """

    dispute = TenantForeignKey(Dispute, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField(help_text="Place on the framework's ladder, from 1.")
    name = models.CharField(max_length=200)
    parties = models.JSONField(default=list, help_text="Keys of the parties who settle it.")
    asked = models.JSONField(
        default=list, help_text="Ids of the people behind them; looked up again every day."
    )
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=StepOutcome.choices, blank=True)
    words = models.TextField(blank=True)
    met_on = models.DateField(null=True, blank=True)
    ended_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "dispute", "number"], name="moderation_dispute_step_once"
            )
        ]
