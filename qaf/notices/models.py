"""Messages to people: written in the transaction that caused them, sent afterwards."""

from datetime import time

from django.db import models
from django.db.models import Q

from qaf.notices.enums import DeliveryStatus, EmailStatus, Rhythm
from qaf.tenants.models import TenantForeignKey, TenantModel


class Email(TenantModel):
    """One e-mail to one person, holding one notice or several; tried again under the same Message-ID.

    It is written before it is sent, so that a relay which dies leaves a trace: an e-mail whose lease ran out
    may have been sent, and is sent again word for word.

    Untracked: the row itself is the record of what was sent and when.

    Sensitivity: personal data of staff; a child by local id or reference at most. Kept with the person.
    """

    tracked = False

    person = TenantForeignKey("tenants.Person", related_name="emails")
    message_id = models.CharField(max_length=160)
    to = models.EmailField(max_length=254, help_text="The address it was last sent to.")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    delivery = models.CharField(max_length=10, choices=EmailStatus.choices, default=EmailStatus.SENDING)
    urgent = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    maybe_sent = models.BooleanField(
        default=False, help_text="The mail server's answer to an earlier attempt is not known."
    )
    created_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was not delivered, in words.")
    provider_id = models.CharField(max_length=80, blank=True, help_text="What GOV.UK Notify calls it.")
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When GOV.UK Notify told what became of it."
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["authority", "delivery"],
                condition=Q(delivery__in=["sending", "waiting", "failed"]),
                name="notices_email_open",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["authority", "message_id"], name="notices_message_id")]


class Notice(TenantModel):
    """One message to one person: why, and one link. It names a child by local id only.

    Untracked: the row itself is the record of what was sent and when.

    Sensitivity: personal data of staff; a child by local id at most. Kept with the person.
    """

    tracked = False

    person = TenantForeignKey("tenants.Person", related_name="notices")
    copy_for = TenantForeignKey(
        "tenants.Person",
        null=True,
        blank=True,
        related_name="+",
        help_text="Away; the person reads it in their stead.",
    )
    kind = models.CharField(max_length=60)
    key = models.CharField(
        max_length=160, help_text="Names the cause, so that nobody is told the same thing twice."
    )
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    href = models.CharField(max_length=300, blank=True)
    urgent = models.BooleanField(
        default=False, help_text="Leaves at once, at any hour, whatever the person chose."
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    delivery = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING)
    not_before = models.DateTimeField(
        null=True, blank=True, help_text="When it may leave, by what the person chose and their quiet hours."
    )
    email = TenantForeignKey(Email, null=True, blank=True, related_name="notices")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["authority", "person", "read_at"], name="notices_unread"),
            models.Index(
                fields=["authority", "not_before"], condition=Q(delivery="waiting"), name="notices_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["authority", "person", "kind", "key"], name="notices_once")
        ]


class Preference(TenantModel):
    """When somebody wants e-mail; who has none gets it at once, in working hours.

    Sensitivity: personal data of staff. Kept with the person.
    """

    person = TenantForeignKey("tenants.Person", related_name="notice_preferences")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    quiet_from = models.TimeField(default=time(19), help_text="The quiet hours begin, on England's clocks.")
    quiet_until = models.TimeField(default=time(7), help_text="The quiet hours end; the same time: none.")
    quiet_days_off = models.BooleanField(
        default=True, help_text="Nothing on weekends and bank holidays, unless it is urgent."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "person"], name="notices_one_preference")]
