"""Who does not agree with an overall grade; which audits were chosen for moderation when their time had ended."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class Disagreement(TenantModel):
    """Somebody's disagreement with the overall grade, with who they are to the audit, why and when (SEF-102).

    Sensitivity: special-category data of a child and the judgement of staff. Kept with the audit, and deleted
    with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="disagreements")
    person = TenantForeignKey("tenants.Person", related_name="+")
    party = models.CharField(max_length=60, help_text="Key of the framework's party that they speak for.")
    reason = models.TextField()
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "person"], name="audits_disagreement_once")
        ]


class ModerationDraw(TenantModel):
    """The audits that a rule chose for moderation when a month or quarter had ended: once, and with its proof.

    Sensitivity: references of audits. Kept as the proof of the draw.
    """

    period = models.CharField(max_length=7, help_text="Such as 2026-10, or 2026-Q4.")
    selector = models.CharField(max_length=60, help_text="Key of the framework's selector.")
    seed = models.CharField(max_length=80)
    pool = models.JSONField(default=list, help_text="References that could be chosen, in order.")
    chosen = models.JSONField(default=dict, help_text="References that were, each with the reason.")
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "period", "selector"], name="audits_draw_once")
        ]
