"""Closed lists of reports."""

from django.db import models


class ReportKind(models.TextChoices):
    """A report that is counted for a period and kept; the framework gives it its name."""

    MONTHLY = "monthly", "Monthly managers’ briefing"
    QUARTERLY = "quarterly", "Quarterly quality assurance report"
    EVALUATION = "evaluation", "Evaluation of themes, strengths, barriers and impact"
    CASE_PAPER = "case_paper", "Paper on chosen cases"
    THEMES = "themes", "Audit overview and themes"
    SCORECARD = "scorecard", "Scorecard"
    SNAPSHOT = "snapshot", "Snapshot for senior leaders"


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


class Mark(models.TextChoices):
    """What a text of an audit tells about practice."""

    STRENGTH = "strength", "A strength of practice"
    BARRIER = "barrier", "A barrier to effective work"
    NEITHER = "neither", "Neither"


class SessionKind(models.TextChoices):
    """What a session is for."""

    LEARNING = "learning", "Learning session"
    FIGURES = "figures", "Figures discussed"


class SessionStatus(models.TextChoices):
    """Whether a session has been held."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Held"


class IdeaKind(models.TextChoices):
    """What somebody brings to a session."""

    IDEA = "idea", "Idea"
    FEEDBACK = "feedback", "Feedback"


class PlanSource(models.TextChoices):
    """Where an action of the organisation's plan comes from."""

    SESSION = "session", "A learning session"
    FIGURES = "figures", "Figures discussed with managers"
    REPORT = "report", "A report or evaluation"
    LEADERS = "leaders", "Senior leaders’ comments"
    WIDER = "wider", "A finding beyond one child"
    OTHER = "other", "Something else"
