"""Closed lists of the audit loop."""

from django.db import models


class CycleStatus(models.TextChoices):
    """A month of audits."""

    DRAFT = "draft", "Being prepared"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Origin(models.TextChoices):
    """How a case came to be audited; only those that chance chose enter trends."""

    RANDOM = "random", "Drawn at random"
    THEME = "theme", "Drawn at random within the month’s theme"
    REPLACEMENT = "replacement", "Drawn at random to replace another"
    PROGRAMME = "programme", "Drawn for a themed programme"
    RE_AUDIT = "re_audit", "Re-audit"
    NOMINATED = "nominated", "Nominated as good practice"
    AD_HOC = "ad_hoc", "Asked for at short notice"
    NAMED_POST = "named_post", "Chosen by a named post"
    AUDITOR_CHOICE = "auditor_choice", "Chosen by the auditor"
    PANEL = "panel", "Audited by a panel"


TREND_ORIGINS = (Origin.RANDOM, Origin.THEME, Origin.REPLACEMENT)


class ChoiceStatus(models.TextChoices):
    """A case to choose or to confirm for somebody's quota."""

    WAITING = "waiting", "Waiting for a choice"
    CHOSEN = "chosen", "Chosen"
    DRAWN = "drawn", "Not chosen in time, so drawn by lot"
    LAPSED = "lapsed", "Nothing could be chosen or drawn"


class ExtraStatus(models.TextChoices):
    """A case put forward for audit beside the draw."""

    ASKED = "asked", "Waiting for an answer"
    TAKEN = "taken", "Taken up"
    DECLINED = "declined", "Not taken up"


class ProgrammeStatus(models.TextChoices):
    """A themed programme."""

    PLANNED = "planned", "Planned"
    RUNNING = "running", "Running"
    ENDED = "ended", "Ended"
    DROPPED = "dropped", "Dropped"


class QuestionWants(models.TextChoices):
    """What a question raised on performance asks for."""

    ANALYSIS = "analysis", "An analysis of the figures"
    AUDIT = "audit", "A targeted audit of records"


class QuestionStatus(models.TextChoices):
    """A question raised on performance."""

    OPEN = "open", "Waiting for an answer"
    AUDITED = "audited", "Audits begun"
    ANSWERED = "answered", "Answered"


class SampleStatus(models.TextChoices):
    """A drawn case stays, or is replaced with a reason."""

    DRAWN = "drawn", "Drawn"
    REPLACED = "replaced", "Replaced"


class ExclusionStatus(models.TextChoices):
    """A request to leave a child out of the draw."""

    ASKED = "asked", "Waiting for approval"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Not approved"


class AuditStatus(models.TextChoices):
    """Where an audit stands in its loop."""

    ALLOCATED = "allocated", "Allocated"
    IN_PROGRESS = "in_progress", "In progress"
    LOCKED = "locked", "Grades locked"
    REVEALED = "revealed", "Grades shown"
    IN_MODERATION = "in_moderation", "In moderation"
    OUTCOME = "outcome", "Outcome, not final yet"
    FINAL = "final", "Final"
    CLOSED = "closed", "Loop closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


BEFORE_SUBMISSION = (AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS, AuditStatus.LOCKED, AuditStatus.REVEALED)
RUNNING = (*BEFORE_SUBMISSION, AuditStatus.IN_MODERATION, AuditStatus.OUTCOME)
WITH_FINAL_GRADE = (AuditStatus.FINAL, AuditStatus.CLOSED)


class AssessmentStatus(models.TextChoices):
    """Where one auditor's own assessment stands."""

    ALLOCATED = "allocated", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    LOCKED = "locked", "Grades locked"
    SUBMITTED = "submitted", "Submitted"
    EXCUSED = "excused", "Not given, with a reason"
    REASSIGNED = "reassigned", "Given to somebody else"


class GradeStage(models.TextChoices):
    """The moment at which a grade was given; every stage is kept."""

    PROVISIONAL = "provisional", "Provisional"
    SUBMITTED = "submitted", "Submitted"
    SELF = "self", "Self-assessment"
    MODERATED = "moderated", "Moderated"
    FINAL = "final", "Final"


class GradeSource(models.TextChoices):
    """Where a grade of record came from."""

    SINGLE = "single", "Given by the only auditor"
    AGREED = "agreed", "The auditors agreed"
    MODERATED = "moderated", "Decided by a moderator"
    RE_AUDIT = "re_audit", "Given at re-audit"


class ConversationStatus(models.TextChoices):
    """A conversation was held, or excused with a reason."""

    HELD = "held", "Held"
    EXCUSED = "excused", "Excused"


class Consent(models.TextChoices):
    """The family's answer to being contacted by an auditor."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_ASKED = "not_asked", "Not asked"
    NOT_NEEDED = "not_needed", "Not needed before the call"


class Worry(models.TextChoices):
    """Whether a concern that the family named can wait for the end of the audit."""

    NONE = "", "None"
    AT_ONCE = "at_once", "It cannot wait"
    AFTER = "after", "It can wait, as an action of the audit"


class CorrectionStatus(models.TextChoices):
    """A matter of fact that the worker asks to have put right."""

    ASKED = "asked", "Waiting for an answer"
    ACCEPTED = "accepted", "Put right"
    DECLINED = "declined", "Not changed"


NOT_APPLICABLE = "not_applicable"
OVERALL = ""
CHECKLIST = "checklist"
"""Under which a tool's questions are kept, where a domain has its key."""


class CriterionMark(models.TextChoices):
    """What an auditor saw of one criterion; optional, and never counted into a grade (DUR-170)."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not_met", "Not met"
    NOT_SEEN = "not_seen", "Not seen"
    NOT_APPLICABLE = "not_applicable", "Does not apply"

    @classmethod
    def short_of(cls) -> tuple["CriterionMark", ...]:
        """The marks that leave something to put right."""
        return (cls.PARTLY, cls.NOT_MET)
