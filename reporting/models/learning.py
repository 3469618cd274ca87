"""What is learned from the audits of a month: coded findings, sessions, cases for senior leaders, the plan."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel
from reporting.enums import IdeaKind, Mark, PlanSource, SessionKind, SessionStatus


class CodedFinding(TenantModel):
    """What the quality assurance team hears in one text of an audit: a strength or a barrier, and its themes.

    Sensitivity: what a text about a child is about; never the text. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="coded_findings")
    text_key = models.CharField(max_length=40, help_text="Which text, such as strength:12.")
    mark = models.CharField(max_length=10, choices=Mark.choices)
    themes = models.JSONField(default=list, help_text="Keys of the tool's tags.")
    coded_by = TenantForeignKey("tenants.Person", related_name="+")
    coded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "audit", "text_key"], name="reporting_finding_coded_once"
            )
        ]


class ChosenCase(TenantModel):
    """An audit that the quality assurance team puts before the senior leaders of a quarter, and its paper.

    Sensitivity: special-category data of a child, without a name. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="chosen_for_leaders")
    period = models.CharField(max_length=10, help_text="Such as 2026-Q3.")
    reason = models.TextField(help_text="Why this audit.")
    paper = models.JSONField(default=dict, help_text="Text by key of the paper's section.")
    version = models.PositiveIntegerField(default=0)
    chosen_by = TenantForeignKey("tenants.Person", related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "period", "audit"], name="reporting_chosen_once")
        ]


class LeaderComment(TenantModel):
    """What one senior leader says to a chosen case: their overview and their comments.

    Sensitivity: special-category data of a child, without a name. Kept with the chosen case.
    """

    case = TenantForeignKey(ChosenCase, on_delete=models.CASCADE, related_name="comments")
    person = TenantForeignKey("tenants.Person", related_name="+")
    overview = models.TextField()
    comments = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "case", "person"], name="reporting_comment_once")
        ]


class Session(TenantModel):
    """A session in which people learn from the audits of some months, or managers talk about their figures.

    Sensitivity: words about practice, not about a child. Kept as the record of what was learned.
    """

    kind = models.CharField(max_length=10, choices=SessionKind.choices)
    period = models.CharField(max_length=10, help_text="The audits it is about, such as 2026-09 or 2026-Q3.")
    unit = TenantForeignKey("tenants.Unit", null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    held_on = models.DateField()
    starts_at = models.CharField(max_length=10, blank=True, help_text="Such as 2pm.")
    place = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=SessionStatus.choices, default=SessionStatus.PLANNED)
    notes = models.TextField(blank=True, help_text="What the findings were and what was said.")
    agreed = models.TextField(blank=True)
    planned_by = TenantForeignKey("tenants.Person", related_name="+")
    planned_at = models.DateTimeField()
    recorded_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-held_on", "-id"]


class SessionPerson(TenantModel):
    """Somebody invited to a session, and whether they came.

    Sensitivity: personal data of staff. Kept with the session.
    """

    session = TenantForeignKey(Session, on_delete=models.CASCADE, related_name="people")
    person = TenantForeignKey("tenants.Person", related_name="+")
    came = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["person__name"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "session", "person"], name="reporting_invited_once")
        ]


class Improvement(TenantModel):
    """An idea or feedback from a session, recorded as an improvement made together.

    Sensitivity: words about practice. Kept with the session.
    """

    session = TenantForeignKey(Session, on_delete=models.CASCADE, related_name="improvements")
    kind = models.CharField(max_length=10, choices=IdeaKind.choices)
    text = models.TextField()
    from_whom = models.CharField(max_length=200, blank=True, help_text="Such as practitioners of one team.")
    recorded_by = TenantForeignKey("tenants.Person", related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class PlanAction(TenantModel):
    """An action of the organisation's plan: where it comes from. The action itself is tracked like any other.

    Sensitivity: none of a child. Kept with the action.
    """

    action = TenantForeignKey("followup.Action", on_delete=models.CASCADE, related_name="plan_entries")
    source = models.CharField(max_length=12, choices=PlanSource.choices)
    period = models.CharField(max_length=10, blank=True)
    improvement = TenantForeignKey(Improvement, null=True, blank=True, related_name="actions")
    snapshot = TenantForeignKey("reporting.ReportSnapshot", null=True, blank=True, related_name="actions")
    wider_finding = TenantForeignKey(
        "audits.WiderFinding", null=True, blank=True, related_name="plan_actions"
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["authority", "action"], name="reporting_planned_once")]
