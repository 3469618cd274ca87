"""Audits done before the product: kept to be read, apart from all others."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class HistoricAudit(TenantModel):
    """A former audit's result, as the council brought it in (WSX-22).

    A score of the former scale is kept beside the grade that it converts to. Never part of a month, a trend of
    practitioners or a sample; trends of the whole council show them as a series of their own.

    Sensitivity: special-category data of a child. Kept as long as the council keeps audits, deleted with them.
    """

    local_id = models.CharField(max_length=40, help_text="The child's number in the council's records.")
    audited_on = models.DateField()
    service = models.CharField(max_length=120, blank=True, help_text="As the file names it.")
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="On the former scale.")
    grade = models.CharField(max_length=40)
    domains = models.JSONField(
        default=dict, help_text="By domain as the file names it: the score, if it was one, and the grade."
    )
    converted = models.BooleanField(help_text="Whether the grade was read from a score.")
    brought_in_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    brought_in_at = models.DateTimeField()

    class Meta:
        ordering = ["-audited_on", "local_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "local_id", "audited_on"], name="audits_historic_once"
            )
        ]
