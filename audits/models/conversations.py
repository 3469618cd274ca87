"""Conversations are data: with the worker, between the auditors, with the family."""

from django.db import models
from django.db.models import Q

from audits.enums import Consent, ConversationStatus, Worry
from qaf.tenants.models import TenantForeignKey, TenantModel


class Conversation(TenantModel):
    """A conversation the framework asks for, held or excused with a reason (HER-21 to HER-23).

    Sensitivity: special-category data of a child and the words of staff. Kept with the audit, and deleted
    with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="conversations")
    kind = models.CharField(max_length=60, help_text="Key of the framework's conversation.")
    status = models.CharField(max_length=8, choices=ConversationStatus.choices)
    held_on = models.DateField(null=True, blank=True)
    mode = models.CharField(max_length=20, blank=True, help_text="In person, video or telephone.")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    participants = models.JSONField(default=list, help_text="Ids of the people who took part.")
    notes = models.TextField(blank=True)
    answers = models.JSONField(default=dict, help_text="By key of the framework's prompt.")
    worker_agrees = models.BooleanField(null=True, blank=True, help_text="With the overall grade (HER-22).")
    worker_comment = models.TextField(blank=True)
    excused_reason = models.CharField(max_length=60, blank=True)
    excused_text = models.TextField(blank=True)
    recorded_by = TenantForeignKey("tenants.Person", related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "kind"], name="audits_conversation_once")
        ]


class Appointment(TenantModel):
    """The day agreed for a conversation, before it is held; moving it keeps the earlier day in the trail.

    Sensitivity: who meets whom about which child. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="appointments")
    kind = models.CharField(max_length=60, help_text="Key of the framework's conversation.")
    booked_for = models.DateField()
    booked_time = models.CharField(max_length=40, blank=True)
    mode = models.CharField(max_length=20, blank=True, help_text="In person, video or telephone.")
    place = models.CharField(max_length=120, blank=True)
    booked_by = TenantForeignKey("tenants.Person", related_name="+")
    booked_at = models.DateTimeField()

    class Meta:
        ordering = ["booked_for", "id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "kind"], name="audits_appointment_once")
        ]


class Contribution(TenantModel):
    """What one person brought to a conversation and takes from it, in their own words.

    Written by themselves, or by whoever recorded the conversation until they write it themselves.

    Sensitivity: the words of staff on their own work. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="contributions")
    kind = models.CharField(max_length=60, help_text="Key of the framework's conversation.")
    person = TenantForeignKey("tenants.Person", related_name="+")
    view = models.TextField(blank=True, help_text="Their own view of the work and of the audit.")
    learning = models.TextField(blank=True, help_text="What they take from it.")
    written_by = TenantForeignKey("tenants.Person", related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "audit", "kind", "person"], name="audits_contribution_once"
            )
        ]


class FamilyConsent(TenantModel):
    """What the worker settled with the family before an auditor may call (HER-29).

    Sensitivity: safety information of a family; seen only by the audit's auditors, worker and managers.
    Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="consents")
    target = models.CharField(max_length=60, help_text="Key of the framework's family member to be asked.")
    consent = models.CharField(max_length=10, choices=Consent.choices)
    asked_on = models.DateField(null=True, blank=True)
    not_asked_reason = models.TextField(blank=True)
    safe_number = models.CharField(max_length=60, blank=True)
    safe_time = models.CharField(max_length=120, blank=True)
    must_not_know = models.TextField(blank=True)
    police_or_court = models.TextField(blank=True)
    parental_responsibility = models.TextField(blank=True)
    adoption_or_bereavement = models.TextField(blank=True)
    communication_needs = models.TextField(blank=True)
    other = models.JSONField(
        default=dict, help_text="Answers to the framework's further questions, by their keys."
    )
    recorded_by = TenantForeignKey("tenants.Person", related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "target"], name="audits_consent_once")
        ]


class FamilyContact(TenantModel):
    """Who of the family was spoken to and what they said, or exactly one reason why not (HER-30 to HER-32).

    Sensitivity: special-category data of a child and what the family said. Kept with the audit, and
    deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="family_contacts")
    target = models.CharField(max_length=60)
    who = models.CharField(max_length=80, blank=True, help_text="Relationship, such as mother; never a name.")
    spoken_on = models.DateField(null=True, blank=True)
    mode = models.CharField(max_length=20, blank=True)
    answers = models.JSONField(default=dict, help_text="By key of the framework's question.")
    words = models.TextField(blank=True, help_text="What they said, in their own words.")
    help_used = models.TextField(blank=True, help_text="Such as an interpreter.")
    worry = models.CharField(max_length=8, choices=Worry.choices, blank=True, default=Worry.NONE)
    worry_text = models.TextField(blank=True, help_text="A concern that they named.")
    no_contact_reason = models.CharField(max_length=60, blank=True)
    no_contact_text = models.TextField(blank=True)
    recorded_by = TenantForeignKey("tenants.Person", related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "audit", "target", "who"], name="audits_contact_once"
            ),
            models.CheckConstraint(
                condition=Q(spoken_on__isnull=False, no_contact_reason="") & ~Q(who="")
                | Q(spoken_on=None, who="") & ~Q(no_contact_reason=""),
                name="audits_contact_or_reason",
            ),
        ]
