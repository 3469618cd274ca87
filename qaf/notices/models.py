"""Messages to people: written in the transaction that caused them, sent afterwards."""

from django.db import models
from django.db.models import Q

from qaf.notices.enums import DeliveryStatus
from qaf.tenants.models import TenantForeignKey, TenantModel


class Notice(TenantModel):
    """One message to one person: why, and one link. It names a child by local id only.

    Untracked: the row itself is the record of what was sent and when.

    Sensitivity: personal data of staff; a child by local id at most. Kept with the person.
    """

    tracked = False

    person = TenantForeignKey("tenants.Person", related_name="notices")
    kind = models.CharField(max_length=60)
    key = models.CharField(
        max_length=160, help_text="Names the cause, so that nobody is told the same thing twice."
    )
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    href = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    delivery = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["authority", "person", "read_at"], name="notices_unread"),
            models.Index(fields=["authority", "id"], condition=Q(delivery="waiting"), name="notices_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["authority", "person", "kind", "key"], name="notices_once")
        ]
