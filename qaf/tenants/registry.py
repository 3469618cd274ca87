"""What the platform lists without knowing it: menu entries and things to do, declared by the apps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qaf.tenants.permissions import may

if TYPE_CHECKING:
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the service navigation; shown to people with one of ``permissions`` (none: everybody).

    With a ``hint`` it stands, with those words, on the page "More" instead: what is opened now and then. ``offered``
    is asked on that page: an entry stands there only where the council has what it leads to.
    """

    text: str
    url_name: str
    order: int
    permissions: tuple[str, ...] = ()
    hint: str = ""
    offered: Callable[["Person"], bool] | None = None


@dataclass(frozen=True)
class ToDo:
    """One thing that a person has to do: what, about what, by when, where."""

    text: str
    href: str
    due_on: date | None = None
    about: str = ""
    urgent: bool = False


_menu: list[MenuEntry] = []
_todo: list[Callable[["Person"], Iterable[ToDo]]] = []


def add_menu(*entries: MenuEntry) -> None:
    """Declare menu entries; called from an app's ``ready()``."""
    for entry in entries:
        if entry not in _menu:
            _menu.append(entry)


def menu_for(person: "Person") -> list[MenuEntry]:
    """Return the entries that ``person`` may open, in order."""
    allowed = [entry for entry in _menu if not entry.permissions or may(person, *entry.permissions)]
    return sorted(allowed, key=lambda entry: (entry.order, entry.text))


def add_todo(provider: Callable[["Person"], Iterable[ToDo]]) -> None:
    """Declare a function that lists a person's open work; called from an app's ``ready()``."""
    if provider not in _todo:
        _todo.append(provider)


def todo_for(person: "Person") -> list[ToDo]:
    """Return everything ``person`` has to do: urgent first, then oldest due, then undated."""
    found = [item for provider in _todo for item in provider(person)]
    return sorted(
        found, key=lambda item: (not item.urgent, item.due_on is None, item.due_on or date.max, item.text)
    )
