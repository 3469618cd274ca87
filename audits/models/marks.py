"""What auditors and rules mark: flags on an audit, patterns over several, audits whose actions are reported upwards."""

from django.db import models
from django.db.models import Q

from qaf.tenants.models import TenantForeignKey, TenantModel


class AuditFlag(TenantModel):
    """A mark that an auditor or moderator set on an audit, such as a safeguarding concern, or took back.

    Sensitivity: special-category data of a child. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="flags")
    flag = models.CharField(max_length=60, help_text="Key of the framework's flag.")
    reason = models.TextField()
    set_by = TenantForeignKey("tenants.Person", related_name="+")
    set_at = models.DateTimeField()
    taken_back_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "audit", "flag"],
                condition=Q(taken_back_at=None),
                name="audits_flag_once",
            )
        ]


class FoundPattern(TenantModel):
    """A pattern that a rule found, so that the same audits are not brought up twice.

    Sensitivity: judgement of staff and teams; never shown as a list of people. Kept with the audits it rests on.
    """

    rule = models.CharField(max_length=60, help_text="Key of the framework's rule.")
    level = models.CharField(max_length=20)
    subject = models.PositiveBigIntegerField(default=0, help_text="Id of the person or unit; 0: the council.")
    text = models.TextField()
    references = models.JSONField(default=list, help_text="References of the audits it rests on.")
    found_at = models.DateTimeField()
    follow_up = TenantForeignKey("followup.FollowUp", null=True, blank=True, related_name="patterns")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["authority", "rule", "level", "subject"], name="audits_pattern_whose")
        ]


class ReportedPosition(TenantModel):
    """An audit whose actions somebody tracks and reports upwards, because a rule says so.

    Sensitivity: as the audit. Kept with it, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="reported_positions")
    rule = models.CharField(max_length=60, help_text="Key of the framework's rule.")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "rule"], name="audits_position_once")
        ]
