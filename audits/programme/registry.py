"""What is done when a date of the calendar comes, and who has what to do by which day: declared by the apps above."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from audits.programme.enums import OccurrenceKind

if TYPE_CHECKING:
    from audits.programme.models import Occurrence
    from qaf.tenants.models import Person
    from qaf.tenants.registry import ToDo

Work = Callable[["Occurrence"], str]
_work: dict[OccurrenceKind, list[Work]] = {}
TeamWork = Callable[[Iterable["Person"]], Iterable[tuple["Person", "ToDo"]]]
_team_work: list[TeamWork] = []


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


def add_team_work(provider: TeamWork) -> None:
    """Declare who knows what many people have to do by a day, in a fixed number of queries; from ``ready()``."""
    if provider not in _team_work:
        _team_work.append(provider)


def team_work(people: Iterable["Person"]) -> list[tuple["Person", "ToDo"]]:
    """Return what each of ``people`` has to do by a day, in words for others."""
    some = list(people)
    return [found for provider in _team_work for found in provider(some)]
