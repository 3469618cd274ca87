"""What audits look at: themes of months and programmes, questions raised on performance, cases added beside a draw."""

from django.db import models
from django.db.models import Q

from audits.enums import ChoiceStatus, ExtraStatus, Origin, ProgrammeStatus, QuestionStatus, QuestionWants
from audits.frameworks.models import VersionKey
from qaf.tenants.models import TenantForeignKey, TenantModel


class Theme(TenantModel):
    """A question that audits are to answer, why it is asked, whose records can answer it, and who hears of it.

    A theme with a ``month`` is that month's; one without belongs to a ``ThemedProgramme`` (SEF-141, DUR-91, DUR-92).

    Sensitivity: none by itself; the list of children behind it is ``ThemeCase``. Kept with its audits.
    """

    title = models.CharField(max_length=120)
    question = models.TextField(help_text="What the audits are to find out.")
    month = models.DateField(null=True, blank=True, help_text="The first day of the month whose theme it is.")
    reason = models.CharField(max_length=60, help_text="Key of the framework's reason for choosing it.")
    reason_label = models.CharField(max_length=200, help_text="The reason as it read when it was chosen.")
    triggered_by = models.TextField(help_text="The figure, feedback or earlier work behind it, in words.")
    triggered_link = models.CharField(max_length=500, blank=True, help_text="Where that can be read.")
    statuses = models.JSONField(default=list, help_text="Statuses of the children; empty: all.")
    services = models.JSONField(default=list, help_text="Keys of the services; empty: all that take part.")
    open_days_at_least = models.PositiveIntegerField(null=True, blank=True)
    open_days_at_most = models.PositiveIntegerField(null=True, blank=True)
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    months_without_supervision = models.PositiveSmallIntegerField(null=True, blank=True)
    listed_only = models.BooleanField(default=False, help_text="Only the children whose ids were given.")
    guidance = models.TextField(blank=True, help_text="What auditors should look for.")
    recipients = models.JSONField(default=list, help_text="Keys of the roles that hear what was found.")
    chosen_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["-month", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "month"], condition=Q(month__isnull=False), name="audits_theme_month"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ThemeCase(TenantModel):
    """A child whose id was given for a theme.

    Sensitivity: which children a list of concern named. Deleted with the case.
    """

    theme = TenantForeignKey(Theme, on_delete=models.CASCADE, related_name="listed")
    case = TenantForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "theme", "case"], name="audits_theme_case_once")
        ]


class PerformanceQuestion(TenantModel):
    """A question that somebody raised on performance: answered by an analysis, or by audits (DUR-59).

    Sensitivity: none; it names no child. Kept as the record of what was asked and what came of it.
    """

    question = models.TextField()
    figure = models.TextField(help_text="The figure or finding that gave rise to it.")
    raised_at = models.CharField(max_length=200, help_text="The meeting, in words.")
    raised_on = models.DateField()
    wants = models.CharField(max_length=10, choices=QuestionWants.choices)
    status = models.CharField(max_length=10, choices=QuestionStatus.choices, default=QuestionStatus.OPEN)
    answer_by = models.DateField()
    answer = models.TextField(blank=True)
    asked_by = TenantForeignKey("tenants.Person", related_name="+")
    answered_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_on", "-id"]

    def __str__(self) -> str:
        return self.question


class ThemedProgramme(TenantModel):
    """Audits on one theme between two dates, beside the monthly draw (DUR-91).

    Sensitivity: the receipt names children by the database's number. Kept as the proof of its draw.
    """

    theme = TenantForeignKey(Theme, related_name="programmes")
    raised_by = TenantForeignKey(PerformanceQuestion, null=True, blank=True, related_name="programmes")
    framework_version = VersionKey(related_name="+")
    tool = models.CharField(max_length=60, help_text="Key of the framework's tool.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    size = models.PositiveIntegerField(help_text="Records to audit.")
    status = models.CharField(max_length=10, choices=ProgrammeStatus.choices, default=ProgrammeStatus.PLANNED)
    seed = models.CharField(max_length=64)
    receipt = models.JSONField(
        default=dict, help_text="How the cases were drawn: enough for anybody to check it again."
    )
    planned_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    opened_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    opened_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="audits_programme_dates"
            )
        ]

    def __str__(self) -> str:
        return self.theme.title


class CaseChoice(TenantModel):
    """A case that somebody has to choose, or to confirm, for one auditor's quota of a month.

    The auditor of ``auditor_choice`` picks; for ``named_post`` chance proposes and whoever the framework names
    confirms or exchanges (SLO-148, WSX-39).

    Sensitivity: which child somebody chose, and why. Kept with the month, and deleted with the case.
    """

    cycle = TenantForeignKey("audits.Cycle", related_name="choices")
    auditor = TenantForeignKey("tenants.Person", related_name="+")
    role = models.CharField(max_length=60, help_text="Key of the role whose quota it is.")
    number = models.PositiveSmallIntegerField(help_text="Which of the quota's audits, from 1.")
    method = models.CharField(max_length=20, help_text="auditor_choice or named_post, as the framework says.")
    status = models.CharField(max_length=10, choices=ChoiceStatus.choices, default=ChoiceStatus.WAITING)
    case = TenantForeignKey("cases.Case", null=True, blank=True, related_name="+")
    origin = models.CharField(max_length=20, choices=Origin.choices, default=Origin.RANDOM)
    reason = models.TextField(blank=True)
    choose_by = models.DateField()
    decided_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    audit = TenantForeignKey("audits.Audit", null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "cycle", "auditor", "role", "number"], name="audits_choice_once"
            )
        ]


class ExtraCase(TenantModel):
    """A case put forward for audit beside the draw: a nominated example, or asked for at short notice (SEF-43, SEF-47).

    Sensitivity: special-category data of a child: the reason may tell of the family. Deleted with the case.
    """

    case = TenantForeignKey("cases.Case", related_name="+")
    origin = models.CharField(max_length=20, choices=Origin.choices)
    tool = models.CharField(max_length=60)
    reason = models.TextField()
    status = models.CharField(max_length=10, choices=ExtraStatus.choices, default=ExtraStatus.ASKED)
    asked_by = TenantForeignKey("tenants.Person", related_name="+")
    asked_at = models.DateTimeField()
    decided_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text="Why it was not taken up.")
    audit = TenantForeignKey("audits.Audit", null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]


class AuditorExperience(TenantModel):
    """The audits somebody had completed before the product came: it tells new auditors from experienced ones.

    Sensitivity: personal data of staff. Kept with the person.
    """

    person = TenantForeignKey("tenants.Person", on_delete=models.CASCADE, related_name="+")
    audits_before = models.PositiveSmallIntegerField()
    recorded_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "person"], name="audits_experience_once")]


class AuditMember(TenantModel):
    """Somebody who audits together with the auditor: one audit, one set of grades, several people present.

    Sensitivity: who audits whom. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="members")
    person = TenantForeignKey("tenants.Person", related_name="+")
    added_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "person"], name="audits_member_once")
        ]
