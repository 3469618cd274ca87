"""Where a rule stands in the file: `process.slots.lead`, with an item's key in place of its number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from audits.frameworks.base import Sourced, walk
from audits.frameworks.problems import Path
from audits.frameworks.schema.framework import Framework


@dataclass(frozen=True)
class Place:
    """A block of a framework: its address for readers, its path in the file."""

    where: str
    path: Path
    block: Sourced


def places(framework: Framework) -> dict[int, Place]:
    """Every block that says where its values come from, by the identity of the object."""
    found = {}
    for path, node in walk(framework):
        if isinstance(node, Sourced):
            found[id(node)] = Place(address(framework, path), path, node)
    return found


def place_at(framework: Framework, where: str) -> Place:
    """The block at an address. Raises KeyError where there is none."""
    node: Any = framework
    path: list[str | int] = []
    for part in where.split("."):
        name, node = _step(node, part)
        path.append(name)
    if not isinstance(node, Sourced):
        raise KeyError(where)
    return Place(where, tuple(path), node)


def raw_at(values: Any, path: Path) -> Any:
    """The value of a plain document at a path; None where there is none."""
    for part in path:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def _step(node: Any, part: str) -> tuple[str | int, Any]:
    if isinstance(node, BaseModel):
        if part in type(node).model_fields:
            return part, getattr(node, part)
    elif isinstance(node, Mapping):
        if part in node:
            return part, node[part]
    elif isinstance(node, tuple):
        for number, item in enumerate(node):
            if getattr(item, "key", None) == part:
                return number, item
        if part.isdecimal() and len(part) < 6 and int(part) < len(node):
            return int(part), node[int(part)]
    raise KeyError(part)


def address(framework: Framework, path: Path) -> str:
    """The address of what stands at a path."""
    node: Any = framework
    parts = []
    for part in path:
        node = getattr(node, part) if isinstance(node, BaseModel) else node[part]  # type: ignore[arg-type]
        parts.append(str(getattr(node, "key", part)) if isinstance(part, int) else str(part))
    return ".".join(parts)
