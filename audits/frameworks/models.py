"""A council's framework, version by version. A version never changes once written; the next one is a draft."""

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
    reason = models.TextField(blank=True, help_text="Why this version was published.")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "number"], name="frameworks_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class FrameworkDraft(TenantModel):
    """The council's next version while it is being written; one at a time, deleted when it is published or given up.

    Untracked: the trail gets the text with the version that comes of it. `revision` decides between two editors.

    Sensitivity: none. Deleted when it is published or given up.
    """

    tracked = False

    based_on = TenantForeignKey(FrameworkVersion, related_name="+")
    text = models.TextField(help_text="The YAML as it stands; it may hold faults.")
    revision = models.PositiveIntegerField(default=1)
    started_by = TenantForeignKey("tenants.Person", related_name="+")
    started_at = models.DateTimeField()
    edited_by = TenantForeignKey("tenants.Person", related_name="+")
    edited_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority"], name="frameworks_one_draft")]
