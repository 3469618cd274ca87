"""Findings that reach beyond the grades."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class WiderFinding(TenantModel):
    """A practice or organisational finding beyond the one child, taken to the monthly meeting (HER-57).

    Sensitivity: about services and practice, not about a child. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="wider_findings")
    assessment = TenantForeignKey("audits.Assessment", null=True, blank=True, related_name="wider_findings")
    text = models.TextField()
    raised_by = TenantForeignKey("tenants.Person", related_name="+")
    raised_at = models.DateTimeField()
    plan = models.TextField(blank=True, help_text="What the monthly meeting decided.")
    plan_owner = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    plan_due_on = models.DateField(null=True, blank=True)
    discussed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class ImmediateChange(TenantModel):
    """Something changed at once for the child, outside the action plan (HER-48).

    Sensitivity: special-category data of a child. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="immediate_changes")
    text = models.TextField()
    made_on = models.DateField()
    recorded_by = TenantForeignKey("tenants.Person", related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
