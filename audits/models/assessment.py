"""What one auditor found, and every grade ever given."""

from django.db import models
from django.db.models import Q

from audits.enums import AssessmentStatus, GradeSource, GradeStage
from qaf.tenants.models import TenantForeignKey, TenantModel


class Assessment(TenantModel):
    """One slot of an audit (the framework says which), done by one person (HER-16).

    Sensitivity: who audits whom. Kept with the audit, and deleted with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="assessments")
    slot = models.CharField(max_length=60, help_text="Key of the framework's slot.")
    assessor = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="assessments")
    status = models.CharField(
        max_length=12, choices=AssessmentStatus.choices, default=AssessmentStatus.ALLOCATED
    )
    due_on = models.DateField()
    problem = models.TextField(blank=True, help_text="Why nobody could be allocated.")
    started_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    reassigned_reason = models.TextField(blank=True)
    excused_reason = models.TextField(blank=True, help_text="Why an assessment that may be left out was.")
    no_action_reason = models.TextField(blank=True, help_text="Why this auditor proposes no action.")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["authority", "assessor", "status"], name="audits_assessment_assessor")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "audit", "slot"],
                condition=~Q(status="reassigned"),
                name="audits_assessment_slot",
            )
        ]


class SectionDraft(TenantModel):
    """Unsubmitted words of one section, saved as typed; ``version`` decides between two tabs.

    Untracked: the trail gets the words when grades are locked; deleted then.

    Sensitivity: special-category data of a child, in words nobody has submitted yet. Deleted when the
    grades are locked.
    """

    tracked = False

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=60, help_text="Key of a domain, or 'overall'.")
    fields = models.JSONField(default=dict, help_text="What was typed, by field of the section's form.")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "assessment", "section"], name="audits_draft_section"
            )
        ]


class Judgement(TenantModel):
    """One auditor's words and grade for one domain (empty key: the overall judgement).

    Sensitivity: special-category data of a child. Kept with the audit, and deleted with it.
    """

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="judgements")
    domain = models.CharField(max_length=60, blank=True)
    grade = models.CharField(
        max_length=40,
        blank=True,
        help_text="Key of the framework's grade, or 'not_applicable'; empty where none had to be given.",
    )
    not_applicable_reason = models.TextField(blank=True)
    strengths = models.TextField(blank=True)
    development = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    development_codes = models.JSONField(
        default=list, help_text="Keys of the framework's development codes (HER-55)."
    )
    tags = models.JSONField(default=list, help_text="Issue tags (HER-55).")
    extra = models.JSONField(default=dict, help_text="Answers to the tool's further fields, by their keys.")
    marks = models.JSONField(default=dict, help_text="What the auditor saw of each criterion, by its key.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "assessment", "domain"], name="audits_judgement_once"
            )
        ]


class RecordedGrade(TenantModel):
    """A grade as it was given at one stage, with who, when and why. Never changed, never deleted (HER-26).

    Sensitivity: special-category data of a child and judgement of staff. Kept as long as the audit.
    """

    immutable = True
    append_only = True

    audit = TenantForeignKey("audits.Audit", related_name="recorded_grades")
    assessment = TenantForeignKey(Assessment, null=True, blank=True, related_name="recorded_grades")
    domain = models.CharField(max_length=60, blank=True, help_text="Empty: overall.")
    stage = models.CharField(max_length=12, choices=GradeStage.choices)
    grade = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    given_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["authority", "audit", "stage"], name="audits_recorded_stage")]


class GradeOfRecord(TenantModel):
    """The grade that counts, one per domain (empty key: overall), and where it came from.

    Sensitivity: special-category data of a child and judgement of staff. Kept with the audit, and deleted
    with it.
    """

    audit = TenantForeignKey("audits.Audit", related_name="grades")
    domain = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=GradeSource.choices)
    decided_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "audit", "domain"], name="audits_record_once")
        ]
