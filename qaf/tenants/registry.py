"""What the platform asks without knowing it: menu, things to do, what waits to be read; declared by the apps."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qaf.tenants.permissions import may

if TYPE_CHECKING:
    from qaf.tenants.models import Person


_REFERENCE = re.compile(r"(?::| of| on| after)? [A-Z]{2,}-[0-9]{4}-[0-9]+$")
"""An audit's reference at the end of what somebody has to do, with the word before it."""


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
    group: str = ""
    """Under which words it stands in a long list; empty: its own text without the reference."""

    @property
    def kind(self) -> str:
        """The words for all things of its kind."""
        return self.group or _REFERENCE.sub("", self.text)


_menu: list[MenuEntry] = []
_todo: list[Callable[["Person"], Iterable[ToDo]]] = []

Keeper = Callable[["Person", Iterable[int]], Mapping[int, tuple[str, ...]]]
"""Tells, for rows of one table, which fields a person may not read yet, by the row's number."""
EVERY_FIELD = ("*",)
"""What a keeper returns for a row of which nothing is told, its reason neither."""
_keepers: dict[str, list[Keeper]] = {}


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


def keep_from(table: str, keeper: Keeper) -> None:
    """Declare what the trail of a table keeps from somebody; called from an app's ``ready()``."""
    kept = _keepers.setdefault(table, [])
    if keeper not in kept:
        kept.append(keeper)


def kept_from(person: "Person", table: str, ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the fields of rows of the table that ``person`` may not read (yet), by the row's number."""
    wanted = list(ids)
    found: dict[int, tuple[str, ...]] = {}
    for keeper in _keepers.get(table, ()):
        for row, fields in keeper(person, wanted).items():
            found[row] = (*found.get(row, ()), *fields)
    return found
