"""Meetings that look at several audits: the monthly moderation meeting and the quarterly consistency session."""

from django.db import models

from audits.frameworks.models import VersionKey
from moderation.enums import Attendance, MeetingKind, MeetingStatus
from qaf.tenants.models import TenantForeignKey, TenantModel


class Meeting(TenantModel):
    """One meeting: when, who chairs, by which theme its cases were chosen, what it found (SLO-74, DUR-86).

    Sensitivity: what a council thinks of its practice; its cases hold the children's data. Kept as long as audits.
    """

    kind = models.CharField(max_length=8, choices=MeetingKind.choices)
    period = models.CharField(max_length=7, help_text="The audits' month or quarter: 2026-10, 2026-Q4.")
    status = models.CharField(max_length=8, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED)
    framework_version = VersionKey(related_name="+")
    chair = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    due_on = models.DateField(help_text="By when it is held.")
    held_on = models.DateField(null=True, blank=True)
    theme = models.TextField(blank=True, help_text="The theme by which cases were chosen.")
    notes = models.TextField(blank=True, help_text="What the meeting found across its audits.")
    feedback = models.TextField(blank=True, help_text="What those who audit and the board are told.")
    feedback_due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-due_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "kind", "period"], name="moderation_meeting_once")
        ]


class MeetingPerson(TenantModel):
    """Somebody expected at a meeting or invited to it, and whether they came (SLO-117, SLO-118).

    Sensitivity: attendance of staff, and their view of practice. Kept with the meeting.
    """

    meeting = TenantForeignKey(Meeting, on_delete=models.CASCADE, related_name="people")
    person = TenantForeignKey("tenants.Person", related_name="+")
    role = models.CharField(max_length=60, help_text="Key of the role for which they are there.")
    invited_by = TenantForeignKey(
        "tenants.Person", null=True, blank=True, related_name="+", help_text="Empty: always expected."
    )
    attendance = models.CharField(max_length=10, choices=Attendance.choices, blank=True)
    view = models.TextField(blank=True, help_text="Their feedback on the standards met.")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "people of meetings"
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "meeting", "person"], name="moderation_meeting_person_once"
            )
        ]


class FeedbackReceipt(TenantModel):
    """Feedback of a session as it went to one group or board: when, by whom, to whom (DUR-89, DUR-90).

    Sensitivity: names of staff. Kept with the meeting.
    """

    meeting = TenantForeignKey(Meeting, on_delete=models.CASCADE, related_name="receipts")
    forum = models.CharField(max_length=60, help_text="Key of the framework's forum.")
    issued_at = models.DateTimeField()
    issued_by = TenantForeignKey("tenants.Person", related_name="+")
    people = models.JSONField(default=list, help_text="Names of those who were told in the product.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "meeting", "forum"], name="moderation_feedback_once")
        ]
