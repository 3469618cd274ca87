"""A council's framework, version by version. A version never changes once written; the next one is a draft."""

from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from qaf.tenants.models import TenantForeignKey, TenantModel
from qaf.tenants.scope import current_scope, scope_is_open


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


def kept_version(pk: int) -> FrameworkVersion:
    """Return a version of the open scope's council, read once however often it is asked for."""
    kept, key = current_scope().kept, (FrameworkVersion, pk)
    if key not in kept:
        kept[key] = FrameworkVersion.objects.get(pk=pk)
    version: FrameworkVersion = kept[key]
    return version


class _KeptVersion(ForwardManyToOneDescriptor):
    """Reads each version once a scope: its text is long, and every audit of a list names the same one."""

    def get_object(self, instance: models.Model) -> models.Model:
        if not scope_is_open() or current_scope().authority_id != getattr(instance, "authority_id", None):
            return super().get_object(instance)
        return kept_version(getattr(instance, self.field.attname))


class VersionKey(TenantForeignKey):
    """A key to the version that something began with; lists need not join it."""

    forward_related_accessor_class = _KeptVersion

    def __init__(self, to: Any = "frameworks.FrameworkVersion", **kwargs: Any) -> None:
        super().__init__(to, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what a migration writes: to the database it is any key between tenant rows."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "qaf.tenants.models.base.TenantForeignKey", args, kwargs


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
