"""What families said, coded so that it can be counted and heard."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class CodedWords(TenantModel):
    """A theme that the QA team hears in what a family member said.

    Sensitivity: what a family's words are about. Kept with the audit, and deleted with it.
    """

    contact = TenantForeignKey("audits.FamilyContact", related_name="coded")
    theme = models.CharField(max_length=60, help_text="Key of the framework's feedback theme.")
    positive = models.BooleanField()
    coded_by = TenantForeignKey("tenants.Person", related_name="+")
    coded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "contact", "theme"], name="feedback_coded_once")
        ]


class Quotation(TenantModel):
    """A few of a family's words that reports may print: chosen by hand, with nothing that tells who spoke.

    Sensitivity: a family's own words, without what tells who spoke. Kept with the audit, and deleted with it.
    """

    contact = TenantForeignKey("audits.FamilyContact", related_name="quotations")
    text = models.CharField(max_length=400)
    chosen_by = TenantForeignKey("tenants.Person", related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "contact"], name="feedback_quotation_once")
        ]
