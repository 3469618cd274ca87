"""The case list: what audit needs to know of a child, and nothing more."""

from django.db import models
from django.db.models import F, Q

from audits.cases.enums import AliasKind, AssignmentKind, CaseStatus, ImportStatus, RowAction
from qaf.tenants.models import TenantForeignKey, TenantModel


class Case(TenantModel):
    """A child's record as the case system last reported it.

    Sensitivity: special-category data of a child. Deleted on the council's date when never sampled.
    """

    local_id = models.CharField(max_length=60, help_text="The case system's id: text, leading zeros kept.")
    initials = models.CharField(max_length=6, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(null=True, blank=True)
    gender = models.CharField(max_length=40, blank=True)
    ethnicity = models.CharField(max_length=60, blank=True)
    disability = models.CharField(max_length=40, blank=True)
    family_id = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, choices=CaseStatus.choices)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    last_supervision_on = models.DateField(null=True, blank=True)
    restricted = models.BooleanField(default=False)
    # As of the last import; the dated truth is in Assignment and StatusPeriod.
    team = TenantForeignKey("tenants.Unit", null=True, blank=True, related_name="cases")
    service = TenantForeignKey("tenants.Unit", null=True, blank=True, related_name="service_cases")
    worker = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="cases")
    chair = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="chaired_cases")
    manager = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="managed_cases")
    listed_in = models.CharField(max_length=40, blank=True, help_text="The lists it came from, such as 6,8.")
    last_seen_on = models.DateField(null=True, blank=True)
    last_review_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["local_id"]
        indexes = [
            models.Index(
                fields=["authority", "service", "status"], condition=Q(closed_on=None), name="cases_case_open"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["authority", "local_id"], name="cases_case_local_id")]

    def __str__(self) -> str:
        return self.local_id

    @property
    def is_open(self) -> bool:
        """Whether the case was open at the last import."""
        return self.closed_on is None


class Assignment(TenantModel):
    """Who or which team a child had, from a day to a day.

    Sensitivity: who worked with which child. Deleted with the case.
    """

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    kind = models.CharField(max_length=10, choices=AssignmentKind.choices)
    person = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="assignments")
    unit = TenantForeignKey("tenants.Unit", null=True, blank=True, related_name="assignments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day; empty: still so.")
    begun_by = TenantForeignKey("cases.CaseImport", null=True, blank=True, related_name="+", db_index=False)
    ended_by = TenantForeignKey("cases.CaseImport", null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["starts_on", "id"]
        indexes = [models.Index(fields=["authority", "case", "kind"], name="cases_assignment_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="team", unit__isnull=False, person=None)
                | Q(~Q(kind="team"), person__isnull=False, unit=None),
                name="cases_assignment_target",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="cases_assignment_days"
            ),
            models.UniqueConstraint(
                fields=["authority", "case", "kind"],
                condition=Q(ends_on=None),
                name="cases_assignment_one_current",
            ),
        ]


class StatusPeriod(TenantModel):
    """A child's status from a day to a day.

    Sensitivity: special-category data of a child. Deleted with the case.
    """

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="status_periods")
    status = models.CharField(max_length=20, choices=CaseStatus.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    begun_by = TenantForeignKey("cases.CaseImport", null=True, blank=True, related_name="+", db_index=False)
    ended_by = TenantForeignKey("cases.CaseImport", null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "case"], condition=Q(ends_on=None), name="cases_status_one_current"
            )
        ]


class CaseImport(TenantModel):
    """One import: what was read, what was previewed, what was written.

    Sensitivity: names of files, teams and workers; no child. Kept as the history of the case list.
    """

    as_of = models.DateField()
    status = models.CharField(max_length=10, choices=ImportStatus.choices, default=ImportStatus.READING)
    format = models.CharField(max_length=20, blank=True)
    file_names = models.JSONField(
        default=list, help_text="As they were called on the computer they came from."
    )
    stored_as = models.JSONField(
        default=list, help_text="Where the uploads lie until they are read; empty afterwards."
    )
    counts = models.JSONField(default=dict, help_text="Rows by what the import does with them.")
    lists_seen = models.JSONField(default=list, help_text="The lists found in the files.")
    faults = models.JSONField(default=list, help_text="Why the files were refused, in sentences.")
    unmapped = models.JSONField(default=dict, help_text="Teams and workers that the import had to create.")
    oddities = models.JSONField(
        default=list, help_text="What was taken in stride: file, list, row, sentence."
    )
    open_before = models.PositiveIntegerField(default=0, help_text="Open cases when the preview was made.")
    follows = TenantForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="+",
        help_text="The last import that the preview built on.",
    )
    started_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    confirmed_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    form_key = models.CharField(
        max_length=36, blank=True, help_text="Of the upload form: posting it twice is once."
    )
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "form_key"], condition=~Q(form_key=""), name="cases_import_form_once"
            )
        ]

    @property
    def closes_many(self) -> bool:
        """Whether it would close more than a fifth of the open cases: that needs a confirmation of its own."""
        return self.counts.get(RowAction.CLOSED, 0) * 5 > self.open_before


class ImportRow(TenantModel):
    """A previewed row: what the import will do, with the columns that audit keeps and no others.

    Untracked: a staging area. Once written, a row keeps only what undoing the import needs.

    Sensitivity: special-category data of a child. Deleted when the import is discarded, at the latest after
    five weeks, and with the child.
    """

    tracked = False

    case_import = TenantForeignKey(CaseImport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    action = models.CharField(max_length=10, choices=RowAction.choices)
    local_id = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict, help_text="The columns that audit keeps, by name.")
    case = TenantForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changes = models.JSONField(default=list, help_text="Label, before, after: for people.")
    before = models.JSONField(default=dict, help_text="The columns as they were: for undoing.")
    refusal = models.JSONField(default=dict, help_text="file, list, row, column, value, expected.")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["authority", "case_import", "action"], name="cases_row_action")]


class NameAlias(TenantModel):
    """Another spelling under which the case list knows a person or a team, learnt when two were merged.

    Sensitivity: names of staff. Kept as long as the person or the team.
    """

    kind = models.CharField(max_length=10, choices=AliasKind.choices)
    key = models.CharField(max_length=160, help_text="The spelling in its compared form.")
    person = TenantForeignKey(
        "tenants.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    unit = TenantForeignKey("tenants.Unit", null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["authority", "kind", "key"], name="cases_alias_key")]


class RoleCode(TenantModel):
    """What a local role code of the Standard Safeguarding Dataset means in this council.

    Sensitivity: none. Kept until the council changes it.
    """

    code = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=10, choices=AssignmentKind.choices, blank=True, help_text="Empty: ignored."
    )

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="cases_role_code")]
