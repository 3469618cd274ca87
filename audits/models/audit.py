"""One audit of one child's record, and its links to what follows from it."""

from django.db import models
from django.db.models import Q

from audits.enums import AuditStatus, CorrectionStatus, Origin
from audits.frameworks.models import VersionKey
from qaf.tenants.models import TenantForeignKey, TenantModel


class Audit(TenantModel):
    """An audit as allocated. Worker, team, service, chair and status are frozen: then is not now.

    Sensitivity: special-category data of a child. Kept as long as the council keeps the child's record,
    then deleted with the case.
    """

    reference = models.CharField(max_length=20)
    cycle = TenantForeignKey("audits.Cycle", null=True, blank=True, related_name="audits")
    case = TenantForeignKey("cases.Case", related_name="audits")
    framework_version = VersionKey(related_name="audits")
    tool = models.CharField(max_length=60, help_text="Key of the framework's tool.")
    origin = models.CharField(max_length=20, choices=Origin.choices)
    programme = TenantForeignKey("audits.ThemedProgramme", null=True, blank=True, related_name="audits")
    status = models.CharField(max_length=14, choices=AuditStatus.choices, default=AuditStatus.ALLOCATED)
    re_audit_of = TenantForeignKey("self", null=True, blank=True, related_name="re_audits")

    allocated_on = models.DateField()
    due_on = models.DateField()
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="When the last auditor submitted.")
    outcome_at = models.DateTimeField(
        null=True, blank=True, help_text="When the outcome was reached: agreed or moderated."
    )
    final_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    good_practice = models.BooleanField(
        default=False, help_text="Marked as worth sharing, by a rule of the framework (HER-69)."
    )

    actions_by = models.DateField(
        null=True, blank=True, help_text="A rule's shorter limit for every action of the audit."
    )

    worker = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="audited_work")
    worker_since = models.DateField(null=True, blank=True)
    team = TenantForeignKey("tenants.Unit", null=True, blank=True, related_name="audits")
    service = TenantForeignKey("tenants.Unit", null=True, blank=True, related_name="service_audits")
    manager = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    chair = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    case_status = models.CharField(max_length=20)
    line = models.JSONField(
        default=list, help_text="Ids of everyone in the case's line on the day of sampling."
    )

    class Meta:
        ordering = ["-allocated_on", "reference"]
        indexes = [
            models.Index(fields=["authority", "status"], name="audits_audit_status"),
            models.Index(fields=["authority", "case"], name="audits_audit_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["authority", "reference"], name="audits_audit_reference"),
            models.UniqueConstraint(
                fields=["authority", "cycle", "case"],
                condition=~Q(status="withdrawn") & Q(cycle__isnull=False),
                name="audits_audit_once_a_cycle",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ReferenceCounter(TenantModel):
    """The last number given to an audit of a year, so that references have no gaps and never collide.

    Sensitivity: none. Kept for ever: a number is never given twice.
    """

    tracked = False

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "year"], name="audits_reference_year")]


class AuditAction(TenantModel):
    """An action that an audit raised, and in which slot or by which moderation it was proposed.

    Sensitivity: as the audit. Kept with it, and deleted with it.
    """

    audit = TenantForeignKey(Audit, related_name="action_links")
    action = TenantForeignKey("followup.Action", related_name="audit_links")
    assessment = TenantForeignKey("audits.Assessment", null=True, blank=True, related_name="action_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "action"], name="audits_action_once")]


class AuditFollowUp(TenantModel):
    """A follow-up (oversight, review, re-audit, supervision, filing …) that an audit opened, once per rule.

    Sensitivity: as the audit. Kept with it, and deleted with it.
    """

    audit = TenantForeignKey(Audit, related_name="follow_up_links")
    follow_up = TenantForeignKey("followup.FollowUp", related_name="audit_links")
    rule = models.CharField(
        max_length=140, help_text="Key of the framework's rule, and its effect, that asked for it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "rule"], name="audits_follow_up_once")
        ]


class AuditConcern(TenantModel):
    """An urgent concern raised while auditing.

    Sensitivity: as the audit. Kept with it, and deleted with it.
    """

    audit = TenantForeignKey(Audit, related_name="concern_links")
    concern = TenantForeignKey("followup.UrgentConcern", related_name="audit_links")


class FactCorrection(TenantModel):
    """A matter of fact that the worker asks to have put right before the outcome is final.

    Sensitivity: special-category data of a child. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey(Audit, related_name="corrections")
    asked_by = TenantForeignKey("tenants.Person", related_name="+")
    asked_at = models.DateTimeField()
    where = models.CharField(
        max_length=60, blank=True, help_text="Key of the domain it is about; empty: the whole."
    )
    text = models.TextField()
    status = models.CharField(max_length=10, choices=CorrectionStatus.choices, default=CorrectionStatus.ASKED)
    answer = models.TextField(blank=True)
    answered_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
