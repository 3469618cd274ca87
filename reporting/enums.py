"""Closed lists of reports."""

from django.db import models


class ReportKind(models.TextChoices):
    """A report that this release makes."""

    MONTHLY = "monthly", "Monthly managers’ briefing"
    QUARTERLY = "quarterly", "Quarterly quality assurance report"


class FileFormat(models.TextChoices):
    """A face of a report that can be taken away."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel spreadsheet"


class Commentary(models.TextChoices):
    """What a person writes beside the figures."""

    SUMMARY = "summary", "What these figures tell us"
    WORKING_WELL = "working_well", "What is working well"
    TO_IMPROVE = "to_improve", "What needs to improve, and what we are doing"
    FAMILIES = "families", "What children and families told us"
    ASKED = "asked", "What we ask of the readers"
