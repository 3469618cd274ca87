"""Why an audit is moderated, by whom, and what was decided."""

from django.db import models

from moderation.enums import Agreement, CaseMethod, MemberWhy, ModerationStatus, ReasonKind, Standard
from qaf.tenants.models import TenantForeignKey, TenantModel


class Moderation(TenantModel):
    """The moderation of one audit (HER-34 to HER-41); a line manager's review may come before a panel's.

    Sensitivity: special-category data of a child. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="moderations")
    round = models.PositiveSmallIntegerField(default=1, help_text="1, and 2 where it is looked at again.")
    mode = models.CharField(
        max_length=24,
        default="single_decider",
        help_text="The framework's way of deciding, as the audit was opened.",
    )
    reviewer_role = models.CharField(
        max_length=60,
        blank=True,
        help_text="Key of the role whose holder reviews it, where a rule names one.",
    )
    meeting = TenantForeignKey("moderation.Meeting", null=True, blank=True, related_name="cases")
    method = models.CharField(max_length=8, choices=CaseMethod.choices, blank=True)
    status = models.CharField(
        max_length=10, choices=ModerationStatus.choices, default=ModerationStatus.WAITING
    )
    moderator = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="moderations")
    problem = models.TextField(blank=True, help_text="Why nobody could be allocated.")
    opened_at = models.DateTimeField()
    available_on = models.DateField(help_text="When moderators receive it.")
    due_on = models.DateField()
    carried_over = models.BooleanField(
        default=False, help_text="It came too late for the moderation week of its own month (HER-37)."
    )
    allocated_at = models.DateTimeField(null=True, blank=True)
    conversation_needed = models.BooleanField(null=True, blank=True)
    conversation_on = models.DateField(null=True, blank=True)
    conversation_outcome = models.TextField(blank=True)
    rationale = models.TextField(blank=True)
    action_plan_agreed = models.BooleanField(default=False)
    standards_met = models.CharField(max_length=6, choices=Standard.choices, blank=True)
    standards_text = models.TextField(blank=True)
    agreement = models.CharField(
        max_length=12,
        choices=Agreement.choices,
        blank=True,
        help_text="Of moderator and auditor, where both must.",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "round"], name="moderation_once_a_round")
        ]


class ModerationReason(TenantModel):
    """One reason for a moderation; all of them are kept.

    Sensitivity: as the moderation. Kept with it, and deleted with it.
    """

    moderation = TenantForeignKey(Moderation, on_delete=models.CASCADE, related_name="reasons")
    kind = models.CharField(max_length=16, choices=ReasonKind.choices)
    rule = models.CharField(max_length=60, blank=True, help_text="Key of the framework's selector.")
    domain = models.CharField(max_length=60, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["id"]


class Decision(TenantModel):
    """The moderator's grade for one disputed domain (empty key: overall), with its reason (HER-39).

    Sensitivity: special-category data of a child and judgement of staff. Kept with the audit, and deleted
    with it.
    """

    moderation = TenantForeignKey(Moderation, on_delete=models.CASCADE, related_name="decisions")
    domain = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=40)
    reason = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "moderation", "domain"], name="moderation_decision_once"
            )
        ]


class DecisionDraft(TenantModel):
    """What a moderator has typed and not submitted, saved as typed; ``version`` decides between two tabs.

    Untracked: the trail gets the words with the decision; deleted then.

    Sensitivity: special-category data of a child, in words nobody has submitted yet. Deleted when the
    moderation is submitted.
    """

    tracked = False

    moderation = TenantForeignKey(Moderation, on_delete=models.CASCADE, related_name="drafts")
    fields = models.JSONField(default=dict, help_text="What was typed, by field of the form.")
    version = models.PositiveIntegerField(default=1)
    saved_by = TenantForeignKey("tenants.Person", related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "moderation"], name="moderation_draft_once")
        ]


class PanelMember(TenantModel):
    """One member of the panel that decides a moderation: why they sit on it, and what they think.

    Sensitivity: special-category data of a child and judgement of staff. Kept with the audit, and deleted
    with it.
    """

    moderation = TenantForeignKey(Moderation, on_delete=models.CASCADE, related_name="members")
    person = TenantForeignKey("tenants.Person", related_name="panel_places")
    role = models.CharField(max_length=60, help_text="Key of the role for which they sit.")
    why = models.CharField(max_length=8, choices=MemberWhy.choices)
    reason = models.TextField(blank=True, help_text="What they know that helps, for somebody who was asked.")
    added_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    grade = models.CharField(max_length=40, blank=True, help_text="The overall grade in their view.")
    view = models.TextField(blank=True)
    standards_met = models.CharField(max_length=6, choices=Standard.choices, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "moderation", "person"], name="moderation_member_once"
            )
        ]
