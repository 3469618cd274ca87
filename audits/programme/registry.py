"""What is done when a date of the calendar comes: declared by the apps that do it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from audits.programme.enums import OccurrenceKind

if TYPE_CHECKING:
    from audits.programme.models import Occurrence

Work = Callable[["Occurrence"], str]
_work: dict[OccurrenceKind, list[Work]] = {}


def on_occurrence(kind: OccurrenceKind) -> Callable[[Work], Work]:
    """Register what an app does when such a date comes; it returns in a sentence what it did, or nothing.

    It runs in the council's scope as the system, in the transaction that marks the date as done, and may find that
    somebody did the work by hand before. ``TransitionRefused`` or ``JobRefused`` leaves the date undone and says why.
    """

    def register(work: Work) -> Work:
        if work not in _work.setdefault(kind, []):
            _work[kind].append(work)
        return work

    return register


def work_for(kind: str) -> list[Work]:
    """Return what is registered for such a date, in the order in which it was."""
    return list(_work.get(OccurrenceKind(kind), ()))
