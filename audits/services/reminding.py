"""Reminding auditors of what they have not submitted, and workers of the question to the family (HER-24, HER-25)."""

from audits.followup.services import remind


def remind_auditors() -> None:
    """Remind everybody whose day has come, by the framework of each audit.

    A missed run reminds late and once; a second run of the day reminds nobody.
    """
    remind("assessment", "consent", "check", "tool_review", "choice", "performance_question")
