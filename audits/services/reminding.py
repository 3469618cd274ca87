"""Reminding auditors of what is not submitted or recorded, workers of the question to the family (HER-24, HER-25)."""

from audits.followup.services import remind


def remind_auditors() -> None:
    """Remind everybody whose day has come, by the framework of each audit.

    A missed run reminds late and once; a second run of the day reminds nobody.
    """
    remind(
        "assessment",
        "left_to_record",
        "consent",
        "check",
        "tool_review",
        "choice",
        "performance_question",
    )
