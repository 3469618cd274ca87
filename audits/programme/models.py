"""A council's calendar: what is planned, moved and done, and the links by which Outlook reads it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from audits.frameworks.models import VersionKey
from audits.programme.dates import period_in_words
from audits.programme.enums import FeedKind, OccurrenceKind
from qaf.tenants.models import TenantForeignKey, TenantModel


class Calendar(TenantModel):
    """How one council's calendar runs; there is one, made when it is first planned.

    Sensitivity: none. Kept while the council uses QAF.
    """

    automatic_opening = models.BooleanField(
        default=True, help_text="Months open by themselves on allocation day."
    )
    starts_on = models.DateField(help_text="Nothing is planned before this day.")
    planned_until = models.DateField()
    framework_version = VersionKey(related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority"], name="programme_calendar_once")]


class Occurrence(TenantModel):
    """One date of the calendar, and what came of it. One kind happens once in its period.

    Sensitivity: none. Kept as the record of what ran and when.
    """

    kind = models.CharField(max_length=20, choices=OccurrenceKind.choices)
    period = models.CharField(max_length=10, help_text="2026-10 or 2026-Q4.")
    planned_on = models.DateField(help_text="As the framework says.")
    moved_on = models.DateField(null=True, blank=True, help_text="As somebody decided, with a reason.")
    due_on = models.GeneratedField(
        expression=Coalesce("moved_on", "planned_on"), output_field=models.DateField(), db_persist=True
    )
    reason = models.TextField(blank=True)
    moved_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="What was done, in a sentence.")

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["authority", "due_on"], condition=Q(done_at=None), name="programme_occurrence_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["authority", "kind", "period"], name="programme_occurrence_once")
        ]

    @property
    def period_title(self) -> str:
        """The month or quarter as people say it."""
        return period_in_words(self.period)


class Feed(TenantModel):
    """A secret link by which a calendar program reads due dates. Only the token's hash is stored.

    Sensitivity: personal data of staff. Kept with the person; a revoked link as proof that it was.
    """

    person = TenantForeignKey("tenants.Person", related_name="+")
    kind = models.CharField(max_length=10, choices=FeedKind.choices)
    unit = TenantForeignKey(
        "tenants.Unit", null=True, blank=True, related_name="+", help_text="Whose dates, for a team's link."
    )
    token_hash = models.CharField(max_length=64, help_text="SHA-256 of the secret part of the address.")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_read_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "token_hash"], name="programme_feed_token"),
            models.CheckConstraint(
                condition=Q(kind="personal", unit=None) | Q(kind="team", unit__isnull=False),
                name="programme_feed_unit",
            ),
        ]
