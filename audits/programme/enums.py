"""Closed lists of the calendar."""

from django.db import models


class OccurrenceKind(models.TextChoices):
    """What a council's calendar holds, in the order in which it is done where several fall on one day."""

    CASE_LIST = "case_list", "List of cases"
    ALLOCATION = "allocation", "Allocation day"
    SUBMISSION = "submission", "Audits submitted"
    MODERATION_OPENS = "moderation_opens", "Moderation opens"
    MODERATION_ENDS = "moderation_ends", "Moderation ends"
    MONTH_END = "month_end", "Month ends"
    MONTHLY_BRIEFING = "monthly_briefing", "Monthly briefing"
    QUARTER_END = "quarter_end", "Quarter ends"
    QUARTERLY_REPORT = "quarterly_report", "Quarterly report"
    FRAMEWORK_REVIEW = "framework_review", "Framework review"

    @property
    def rank(self) -> int:
        """Place in the order of one day."""
        return list(type(self)).index(self)


FIXED = (OccurrenceKind.MONTH_END, OccurrenceKind.QUARTER_END)
"""A month ends when it ends: nobody can move it."""

AFTER_ALLOCATION = (
    OccurrenceKind.SUBMISSION,
    OccurrenceKind.MODERATION_OPENS,
    OccurrenceKind.MODERATION_ENDS,
)
"""Dates that mean nothing until their month has been opened."""

OF_A_MONTH = (
    OccurrenceKind.ALLOCATION,
    OccurrenceKind.SUBMISSION,
    OccurrenceKind.MODERATION_OPENS,
    OccurrenceKind.MODERATION_ENDS,
    OccurrenceKind.MONTH_END,
    OccurrenceKind.MONTHLY_BRIEFING,
)
OF_A_QUARTER = (OccurrenceKind.QUARTER_END, OccurrenceKind.QUARTERLY_REPORT)

KEPT_BY_PEOPLE = (OccurrenceKind.SUBMISSION, OccurrenceKind.MODERATION_ENDS)
"""Days by which people must have done something; the others are days on which the product does something."""


class FeedKind(models.TextChoices):
    """Whose dates a calendar link shows."""

    PERSONAL = "personal", "What I have to do"
    TEAM = "team", "What a team or service has to do"
