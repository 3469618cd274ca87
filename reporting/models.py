"""Reports are frozen: the figures of the day they were made, with their definition and population."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class ReportSnapshot(TenantModel):
    """One report as it was made; page, PDF and spreadsheet are three faces of the same figures."""

    immutable = True

    kind = models.CharField(max_length=30)
    period = models.CharField(max_length=10, help_text="Such as 2026-09 or 2026-Q3.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    number = models.PositiveIntegerField(help_text="Counts the reports made of this kind and period.")
    figures = models.JSONField()
    commentary = models.JSONField(default=dict)
    checksum = models.CharField(max_length=64)
    made_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["authority", "kind", "period", "number"], name="reporting_number")]
