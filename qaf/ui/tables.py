"""Sorting by the address: a view that can be sent to a colleague."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict


def ordering(query: QueryDict, *, allowed: Mapping[str, str | tuple[str, ...]], default: str) -> list[str]:
    """Return ``order_by`` names for ``?sort=key`` or ``?sort=-key``.

    ``allowed`` maps a key to one or more model fields; a key that is not in it is answered with ``default``.
    """
    asked = query.get("sort", default)
    if asked.lstrip("-") not in allowed:
        asked = default
    names = allowed[asked.lstrip("-")]
    names = (names,) if isinstance(names, str) else names
    return [_turned(name) if asked.startswith("-") else name for name in names]


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


@dataclass(frozen=True, slots=True)
class SortLink:
    """Where a column heading leads, and how the column is sorted now (an ``aria-sort`` value)."""

    href: str
    state: str


def sort_link(query: QueryDict, key: str, *, default: str = "") -> SortLink:
    """Return the link of the heading ``key``; it keeps the other parameters and goes back to the first page."""
    now = query.get("sort", default)
    changed = query.copy()
    changed.pop("page", None)
    changed["sort"] = f"-{key}" if now == key else key
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    return SortLink("?" + changed.urlencode(), state)


def page_link(query: QueryDict, number: int) -> str:
    """Return the address of page ``number`` of the same view."""
    changed = query.copy()
    changed["page"] = str(number)
    return "?" + changed.urlencode()


def without(query: QueryDict, name: str, value: str | None = None) -> str:
    """Return the address of the same view with one filter (or one of its values) taken away."""
    changed = query.copy()
    kept = [one for one in changed.getlist(name) if value is not None and one != value]
    changed.setlist(name, kept)
    if not kept:
        del changed[name]
    changed.pop("page", None)
    return "?" + changed.urlencode()


def asked_for(query: QueryDict, name: str) -> str:
    """Return the words of a search in the address, without what no text of the database can hold."""
    return query.get(name, "").replace("\x00", "").strip()
