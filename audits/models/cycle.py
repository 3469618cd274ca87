"""A month of audits: its draw, and what was left out of it."""

from django.db import models
from django.db.models import Q

from audits.enums import CycleStatus, ExclusionStatus, Origin, SampleStatus
from audits.frameworks.models import VersionKey
from qaf.tenants.models import TenantForeignKey, TenantModel


class Cycle(TenantModel):
    """One month: the framework version it began with, the seed, and the receipt of the draw (HER-02, HER-14).

    Sensitivity: none by itself; the receipt names children by local id. Kept as the proof of the draw.
    """

    period = models.DateField(help_text="The first day of the month whose cohort this is.")
    status = models.CharField(max_length=10, choices=CycleStatus.choices, default=CycleStatus.DRAFT)
    framework_version = VersionKey(related_name="cycles")
    seed = models.CharField(max_length=64)
    allocated_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    opened_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    theme = TenantForeignKey(
        "audits.Theme",
        null=True,
        blank=True,
        related_name="cycles",
        help_text="What the month's audits look at; months with different themes are not one series.",
    )
    receipt = models.JSONField(
        default=dict,
        help_text="Population hash, rule, seed, sizes, weights and every exclusion, as they were drawn.",
    )

    class Meta:
        ordering = ["-period"]
        constraints = [models.UniqueConstraint(fields=["authority", "period"], name="audits_cycle_month")]


class SampledCase(TenantModel):
    """A case that the draw chose, with its stratum and weight.

    Sensitivity: which child was drawn. Kept with the cycle, and deleted with the case.
    """

    cycle = TenantForeignKey(Cycle, related_name="sample")
    case = TenantForeignKey("cases.Case", related_name="sampled")
    origin = models.CharField(max_length=20, choices=Origin.choices, default=Origin.RANDOM)
    auditor = TenantForeignKey(
        "tenants.Person", null=True, blank=True, related_name="+", help_text="For whose quota it was drawn."
    )
    stratum = models.CharField(max_length=120)
    weight = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        help_text="One over its chance of being drawn; 0 where somebody chose it.",
    )
    position = models.PositiveIntegerField(help_text="Place in the draw, from 1.")
    status = models.CharField(max_length=10, choices=SampleStatus.choices, default=SampleStatus.DRAWN)
    replaces = TenantForeignKey("self", null=True, blank=True, related_name="replaced_by")
    reason = models.TextField(blank=True, help_text="Why it was replaced.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "cycle", "case"], name="audits_sample_once")
        ]


class CaseExclusion(TenantModel):
    """A reasoned request to leave a child out of one month's draw; only the QA lead approves.

    Sensitivity: special-category data of a child: the reason may tell of the family. Kept with the cycle,
    and deleted with the case.
    """

    case = TenantForeignKey("cases.Case", related_name="exclusions")
    period = models.DateField()
    reason = models.TextField()
    asked_by = TenantForeignKey("tenants.Person", related_name="+")
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ExclusionStatus.choices, default=ExclusionStatus.ASKED)
    decided_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "case", "period"],
                condition=~Q(status="refused"),
                name="audits_exclusion_once",
            )
        ]


class KnownFamily(TenantModel):
    """An auditor has said that they know the family, so they audit none of its children. Why is nobody's business.

    Sensitivity: personal data of staff. Deleted with the case.
    """

    case = TenantForeignKey("cases.Case", on_delete=models.CASCADE, related_name="known_to")
    person = TenantForeignKey("tenants.Person", related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "known families"
        constraints = [
            models.UniqueConstraint(fields=["authority", "case", "person"], name="audits_known_family_once")
        ]
