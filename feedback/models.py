"""What families said, coded so that it can be counted and heard."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class CodedWords(TenantModel):
    """A theme that the QA team hears in what a family member said."""

    contact = TenantForeignKey("audits.FamilyContact", related_name="coded")
    theme = models.CharField(max_length=60, help_text="Key of the framework's feedback theme.")
    positive = models.BooleanField()
    coded_by = TenantForeignKey("tenants.Person", related_name="+")
    coded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["authority", "contact", "theme"], name="feedback_coded_once")]
