"""What is due: the one list that reminders are made from, and asked again just before they are sent.

Each app that asks somebody to do something by a day declares who knows what is still open. What is not in the list
any more needs no reminder.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from qaf.tenants.registry import ToDo

if TYPE_CHECKING:
    from audits.followup.selectors.parties import Around
    from audits.frameworks.schema import Framework
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class DueThing:
    """One thing that somebody has to do by a day, or with ``due_at`` by a moment."""

    kind: str
    pk: int
    text: str
    """What it is, to whoever has to do it: "your audit"."""
    what: str
    """What it is, to others: "the audit"."""
    href: str
    due_on: date
    asked_on: date
    people: tuple["Person", ...]
    framework: "Framework"
    around: "Callable[[], Around] | None" = None
    """Who is around the child, for the framework's parties; asked only when somebody else is to be told."""
    trigger: str = ""
    """The framework's word for its lateness; empty: nobody else is told."""
    about: str = ""
    """A reference, such as the audit's."""
    watchers: tuple["Person", ...] = ()
    """Those who hear of its lateness together with whoever has to do it."""
    never: frozenset[int] = frozenset()
    """Ids of those who never hear of it, whatever the framework's steps say."""
    due_at: datetime | None = None
    urgent: bool = False

    @property
    def cause(self) -> str:
        """Its name for ever."""
        return f"{self.kind}-{self.pk}"


Provider = Callable[[Iterable[int] | None], Iterable[DueThing]]
_providers: dict[str, Provider] = {}


def add_due(kind: str, provider: Provider) -> None:
    """Declare who knows the open things of ``kind``: all, or those with the given ids."""
    _providers[kind] = provider


def due_things(kind: str, ids: Iterable[int] | None = None) -> list[DueThing]:
    """Return the open things of ``kind``."""
    provider = _providers.get(kind)
    return list(provider(ids)) if provider else []


def dated_work(people: Iterable["Person"]) -> Iterable[tuple["Person", ToDo]]:
    """Yield what each of ``people`` has to do by a day, in words for others: as many queries for one as for fifty."""
    wanted = {person.pk for person in people}
    for kind in _providers:
        for thing in due_things(kind):
            words = thing.what[:1].upper() + thing.what[1:]
            for person in thing.people:
                if person.pk in wanted:
                    yield person, ToDo(words, thing.href, thing.due_on, thing.about, thing.urgent)
