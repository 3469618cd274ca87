"""Why an audit is moderated, by whom, and what was decided."""

from django.db import models

from moderation.enums import ModerationStatus, ReasonKind
from qaf.tenants.models import TenantForeignKey, TenantModel


class Moderation(TenantModel):
    """The moderation of one audit (HER-34 to HER-41).

    Sensitivity: special-category data of a child. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="moderations")
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
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["authority", "audit"], name="moderation_once")]


class ModerationReason(TenantModel):
    """One reason for a moderation; all of them are kept.

    Sensitivity: as the moderation. Kept with it, and deleted with it.
    """

    moderation = TenantForeignKey(Moderation, on_delete=models.CASCADE, related_name="reasons")
    kind = models.CharField(max_length=16, choices=ReasonKind.choices)
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
