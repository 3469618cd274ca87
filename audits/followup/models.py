"""What must change for the child after somebody looked. Knows no audit: complaints and boards raise actions too."""

from django.db import models

from audits.followup.enums import ActionStatus, ConcernStatus, FollowUpKind, FollowUpStatus
from qaf.tenants.models import TenantForeignKey, TenantModel


class Action(TenantModel):
    """One thing that somebody does by a day, and what it changed for the child. Follows the child.

    Sensitivity: special-category data of a child. Kept with the case, and deleted with it.
    """

    case = TenantForeignKey("cases.Case", null=True, blank=True, related_name="actions")
    text = models.TextField(help_text="What will be done.")
    intended_change = models.TextField(blank=True, help_text="What should be different for the child.")
    owner = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="actions")
    owner_role = models.CharField(
        max_length=10,
        blank=True,
        help_text="worker or manager: the action then follows the child to the next one.",
    )
    due_on = models.DateField()
    latest_on = models.DateField(null=True, blank=True, help_text="The framework's maximum.")
    status = models.CharField(max_length=12, choices=ActionStatus.choices, default=ActionStatus.PROPOSED)
    proposed_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(blank=True)
    change_for_child = models.TextField(blank=True)
    done_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    signed_off_at = models.DateTimeField(null=True, blank=True)
    sign_off_comment = models.TextField(blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["authority", "owner", "status"], name="followup_action_owner")]


class FollowUp(TenantModel):
    """Something a rule asks one person to do and answer by a day: oversight, review, supervision, filing …

    Sensitivity: special-category data of a child; a supervision entry is about staff. Kept with the case,
    and deleted with it.
    """

    case = TenantForeignKey("cases.Case", null=True, blank=True, related_name="follow_ups")
    kind = models.CharField(max_length=12, choices=FollowUpKind.choices)
    title = models.CharField(max_length=200)
    guidance = models.TextField(blank=True)
    assignee = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="follow_ups")
    assignee_role = models.CharField(
        max_length=60,
        blank=True,
        help_text="Party of the framework; its holders see it while nobody is named.",
    )
    about = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=FollowUpStatus.choices, default=FollowUpStatus.OPEN)
    answers = models.JSONField(default=dict, help_text="By key of the field.")
    comment = models.TextField(blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    done_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["authority", "assignee", "status"], name="followup_assignee")]


class UrgentConcern(TenantModel):
    """A worry about a child that cannot wait. Never replaces a referral to the front door or emergency duty team.

    Sensitivity: special-category data of a child, or an allegation about staff. Kept with the case, and
    deleted with it.
    """

    case = TenantForeignKey("cases.Case", related_name="urgent_concerns")
    raised_by = TenantForeignKey("tenants.Person", related_name="+")
    raised_at = models.DateTimeField()
    text = models.TextField()
    told_whom = models.TextField(blank=True, help_text="Whom the auditor has already spoken to.")
    safe_now = models.BooleanField(null=True, blank=True)
    about_staff = models.BooleanField(default=False)
    responder = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="concerns")
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ConcernStatus.choices, default=ConcernStatus.RAISED)
    answer = models.TextField(blank=True)
    answered_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at"]
