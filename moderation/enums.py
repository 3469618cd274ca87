"""Closed lists of moderation."""

from django.db import models


class ModerationStatus(models.TextChoices):
    """Where a moderation stands."""

    NAMED = "named", "Moderator named, audit not submitted yet"
    WAITING = "waiting", "Waiting for a moderator"
    ALLOCATED = "allocated", "With a moderator"
    DECIDED = "decided", "Decided"
    WITHDRAWN = "withdrawn", "No longer needed"


OPEN = (ModerationStatus.WAITING, ModerationStatus.ALLOCATED)
"""What somebody works on, or will when its day comes; a named moderator has nothing to do yet."""
NOT_ENDED = (ModerationStatus.NAMED, *OPEN)


class ReasonKind(models.TextChoices):
    """Why an audit is moderated."""

    OVERALL_DIFFERS = "overall_differs", "The overall grades differ"
    DOMAIN_DIFFERS = "domain_differs", "A domain's grades differ"
    RANDOM_SAMPLE = "random_sample", "Drawn for moderation at random"
    RULE = "rule", "A rule of the framework"
    ASKED = "asked", "Asked for"
    DISAGREEMENT = "disagreement", "Somebody disagrees with the overall grade"


class Mode(models.TextChoices):
    """The framework's ways of deciding."""

    SINGLE = "single_decider", "One moderator"
    CONSENSUS = "consensus_else_dispute", "Discussion and agreement"
    PANEL = "panel", "A panel"
    SESSION = "consistency_session", "A consistency session"


class Agreement(models.TextChoices):
    """Whether moderator and auditor agree on the grades."""

    AGREED = "agreed", "They agree"
    NOT_AGREED = "not_agreed", "They do not agree"


class Standard(models.TextChoices):
    """A conclusion in a word."""

    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"


class MemberWhy(models.TextChoices):
    """Why somebody sits on a panel."""

    STANDING = "standing", "Standing member"
    ADDED = "added", "Their view is needed for this reason"
    ASKED = "asked", "Asked to join"
    TIE = "tie", "Decides where the panel is divided"


class MeetingKind(models.TextChoices):
    """A meeting that looks at several audits."""

    PANEL = "panel", "Audit moderation meeting"
    SESSION = "session", "Consistency session"


class MeetingStatus(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", "To be held"
    HELD = "held", "Held"


class CaseMethod(models.TextChoices):
    """How a meeting's case was chosen."""

    RANDOM = "random", "At random"
    THEMATIC = "thematic", "By theme"


class Attendance(models.TextChoices):
    """Whether somebody came to a meeting."""

    ATTENDED = "attended", "Attended"
    APOLOGIES = "apologies", "Sent apologies"
    ABSENT = "absent", "Did not come"


class DisputeStatus(models.TextChoices):
    """Where a disagreement stands on its ladder."""

    OPEN = "open", "Being settled"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Taken back"
    ACKNOWLEDGED = "acknowledged", "Kept as good practice"


class StepOutcome(models.TextChoices):
    """How one step of a ladder ended."""

    SETTLED = "settled", "Settled here"
    NOT_SETTLED = "not_settled", "Not settled: taken to the next step"
    OVERDUE = "overdue", "Not settled in time: taken to the next step"
    TAKEN_BACK = "taken_back", "Taken back by whoever raised it"


class Polarity(models.TextChoices):
    """What somebody brings: a challenge, or thanks worth keeping."""

    CHALLENGE = "challenge", "A challenge"
    ACKNOWLEDGEMENT = "acknowledgement", "Good practice to acknowledge"
