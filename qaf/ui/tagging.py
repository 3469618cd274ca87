"""Tags for grades, statuses and due dates: always a word, colour only beside it."""

from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from qaf.lib import clock
from qaf.ui import words

TONES = {"grey", "blue", "green", "yellow", "orange", "red", "purple", "teal", "magenta"}
SOON = 3


def _label(value: Any) -> str:
    if isinstance(value, str) and not hasattr(value, "label"):
        return value
    label = getattr(value, "label", None)
    return str(label if label is not None else value)


def grade_tag(grade: Any) -> SafeString:
    """Return the grade's word in a bordered tag; ``rank`` (1 is best), where the grade has one, sets the tint."""
    if grade is None or grade == "":
        return SafeString("")
    rank: Any = getattr(grade, "rank", None)
    if isinstance(grade, list | tuple):
        grade, rank = grade[1], (grade[2] if len(grade) > 2 else None)
    tint = f" qaf-grade--{rank}" if isinstance(rank, int) and 1 <= rank <= 5 else ""
    return format_html('<strong class="qaf-grade{}">{}</strong>', tint, _label(grade))


def status_tag(status: Any, tone: str = "") -> SafeString:
    """Return a status as a tag; the tone is the one given, the status's own ``tone``, or grey."""
    if status is None or status == "":
        return SafeString("")
    if isinstance(status, list | tuple):
        status, tone = status[0], tone or status[1]
    tone = tone or str(getattr(status, "tone", "") or "grey")
    if tone not in TONES:
        raise ValueError(f"There is no tone “{tone}”; choose one of {', '.join(sorted(TONES))}.")
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', tone, _label(status))


def due_on(value: date | None) -> SafeString:
    """Return how far off a due day is, and the day: "2 working days late, was due on Friday 4 December 2026"."""
    if not value:
        return SafeString("")
    joint = "was due on " if words.days_left(value) < 0 else "" if value == clock.today() else "on "
    return format_html("{}, {}{}", due(value), joint, words.long_date(value))


def due(value: date | None) -> SafeString:
    """Return the words of ``words.due_text`` in a span that marks late and soon."""
    if not value:
        return SafeString("")
    left = words.days_left(value)
    state = "late" if left < 0 else "soon" if left <= SOON else "later"
    return format_html('<span class="qaf-due qaf-due--{}">{}</span>', state, words.due_text(value))
