"""The trail: every change of a tenant row, and every look at a child's record."""

from django.db import models
from django.db.models import Q

from qaf.tenants.models.base import TenantForeignKey, TenantModel


class TrailEvent(TenantModel):
    """One change, written by the database itself (``qaf_trail``): who, when, from what, to what, why.

    Sensitivity: as the row it tells of. Purged with it, under the purge role only.
    """

    tracked = False
    immutable = True
    append_only = True

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    before = models.JSONField(
        null=True, help_text="The columns that changed, as they were; the whole row where it was deleted."
    )
    after = models.JSONField(
        null=True, help_text="The columns that changed, as they are; the whole row where it was added."
    )
    at = models.DateTimeField(help_text="Database time.")
    business_at = models.DateTimeField(help_text="The time the work believed it was.")
    person_id = models.BigIntegerField(null=True)
    why = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["authority", "table_name", "row_id"], name="tenants_trail_row")]


class ReadEvent(TenantModel):
    """Somebody opened a child's record or an audit of it.

    Sensitivity: who read about whom. Purged with the record it tells of.
    """

    tracked = False
    immutable = True
    append_only = True

    person = TenantForeignKey("tenants.Person", related_name="+")
    subject = models.CharField(max_length=63, help_text="Kind of record, such as case or audit.")
    subject_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["authority", "subject", "subject_id"], name="tenants_read_subject")]


class PurgeOrder(TenantModel):
    """Rows that were deleted for good: what the trail still holds of them must go too.

    Written by the app role with the deletion, carried out under the purge role, replayed after a restore.
    Sensitivity: numbers only. Kept as the proof that the purge was done.
    """

    tracked = False

    table_name = models.CharField(max_length=63)
    row_ids = models.JSONField(help_text="Ids of the rows that were deleted.")
    why = models.CharField(max_length=200)
    ordered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["authority", "id"], condition=Q(done_at=None), name="tenants_purge_waiting")
        ]
