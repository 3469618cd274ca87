"""What somebody is typing about an audit and has not recorded yet."""

from django.db import models

from qaf.tenants.models import TenantForeignKey, TenantModel


class TypedWords(TenantModel):
    """Words in a form about an audit, kept for the person who types them; ``version`` decides between two tabs.

    Untracked: the trail gets the words when they are recorded; deleted then. An auditor's own sections and
    conversations are ``SectionDraft``; this is for those who may have no assessment.

    Sensitivity: special-category data of a child, in words nobody has recorded yet. Deleted when they are
    recorded, and with the audit.
    """

    tracked = False

    audit = TenantForeignKey("audits.Audit", on_delete=models.CASCADE, related_name="typed_words")
    person = TenantForeignKey("tenants.Person", related_name="+")
    part = models.CharField(max_length=60, help_text="Which form.")
    fields = models.JSONField(default=dict, help_text="What was typed, by control of the form.")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "audit", "person", "part"], name="audits_typed_words_part"
            )
        ]
