"""A council's framework, version by version. A version never changes once written."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class FrameworkVersion(TenantModel):
    """One published version of a council's framework: the validated document and its checksum.

    Sensitivity: none. Kept for ever: audits are read by the version they began with.
    """

    immutable = True

    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    source = models.TextField(help_text="The YAML as it was loaded.")
    effective_from = models.DateField()
    published_at = models.DateTimeField()
    published_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "number"], name="frameworks_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"
