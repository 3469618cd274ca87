"""Reports are frozen: the figures of the day they were made, with their definition and population."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel
from reporting.enums import FileFormat, ReportKind


class ReportSnapshot(TenantModel):
    """One report as it was made; page, PDF and spreadsheet are three faces of the same figures.

    Sensitivity: figures of a council; small numbers may point to a child. Kept as the council's record of
    its board reports.
    """

    immutable = True

    kind = models.CharField(max_length=30, choices=ReportKind.choices)
    period = models.CharField(max_length=10, help_text="Such as 2026-09 or 2026-Q3.")
    scope = models.CharField(
        max_length=30, blank=True, help_text="Whose audits, such as service-4; empty: all."
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    number = models.PositiveIntegerField(help_text="Counts the reports made of this kind and period.")
    figures = models.JSONField(
        help_text="Every figure with its definition, population and n, as it was computed."
    )
    commentary = models.JSONField(
        default=dict, help_text="The words beside the figures, by key of the section."
    )
    checksum = models.CharField(max_length=64)
    shared_with = models.JSONField(default=list, help_text="Numbers of the people it was sent to.")
    made_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "kind", "period", "scope", "number"], name="reporting_number"
            )
        ]


class ReportFile(TenantModel):
    """A face of a report as it was handed out: the bytes themselves, so that they never change.

    Untracked: the snapshot it is drawn from is in the trail already.

    Sensitivity: as the report. Kept with it.
    """

    tracked = False
    immutable = True

    snapshot = TenantForeignKey(ReportSnapshot, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=4, choices=FileFormat.choices)
    content = models.BinaryField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "snapshot", "format"], name="reporting_file_once")
        ]


class ReportDraft(TenantModel):
    """What the QA lead writes beside the figures before a report is frozen, saved as typed.

    Untracked: the trail gets the words with the snapshot; deleted then. ``version`` decides between two tabs.

    Sensitivity: words about services. Deleted when the report is frozen.
    """

    tracked = False

    kind = models.CharField(max_length=30, choices=ReportKind.choices)
    period = models.CharField(max_length=10)
    scope = models.CharField(
        max_length=30, blank=True, help_text="Whose audits, such as service-4; empty: all."
    )
    commentary = models.JSONField(
        default=dict, help_text="The words beside the figures, by key of the section."
    )
    chosen = models.JSONField(
        default=list, help_text="Keys of the examples from audits that are to be printed."
    )
    version = models.PositiveIntegerField(default=0)
    saved_by = TenantForeignKey("tenants.Person", related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "kind", "period", "scope"], name="reporting_draft_once"
            )
        ]
