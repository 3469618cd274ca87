"""Every key of a file, and every key that names something the file does not have."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from audits.frameworks.base import Ref
from audits.frameworks.checks.sense import Found
from audits.frameworks.enums import Relation
from audits.frameworks.problems import Path


@dataclass
class Keys:
    """Keys of the file by what they name. Taken from the raw document too, so that a faulty role is still a role."""

    spaces: dict[str, list[str]] = field(default_factory=dict)

    def known(self, spaces: Iterable[str]) -> list[str]:
        """Every key of these spaces."""
        return [key for space in spaces for key in self.spaces.get(space, [])]


def keys_of(document: Any) -> Keys:
    """Collect the keys of a raw document."""

    def items(*path: str) -> list[Any]:
        node = document
        for part in path:
            node = node.get(part) if isinstance(node, Mapping) else None
        return node if isinstance(node, list) else []

    def keys(nodes: Iterable[Any], name: str = "key") -> list[str]:
        return [str(node[name]) for node in nodes if isinstance(node, Mapping) and name in node]

    def inner(nodes: Iterable[Any], name: str) -> list[Any]:
        return [item for node in nodes if isinstance(node, Mapping) for item in node.get(name) or []]

    tools = items("tools")
    return Keys(
        {
            "role": keys(items("roles")),
            "service": keys(items("services")),
            "document": keys(items("documents")),
            "grade_set": keys(items("grade_sets")),
            "grade": keys(inner(items("grade_sets"), "grades")),
            "tool": keys(tools),
            "domain": keys(inner(tools, "domains")),
            "slot": keys(items("process", "slots")),
            "conversation": keys(items("process", "conversations")),
            "forum": keys(items("forums")),
            "flag": keys(items("flags")),
            "relation": [relation.value for relation in Relation],
        }
    )


def references(model: BaseModel, keys: Keys, path: Path = ()) -> Iterator[Found]:
    """Every key that names something the file does not have."""
    for name, info in type(model).model_fields.items():
        if name in model.__dict__:
            yield from _references_in(
                getattr(model, name), info.annotation, info.metadata, keys, (*path, name)
            )


def _references_in(
    value: Any, annotation: Any, metadata: Iterable[Any], keys: Keys, path: Path
) -> Iterator[Found]:
    for marker in metadata:
        if isinstance(marker, Ref) and value is not None:
            yield from _unresolved(value, marker, keys, path)
    if isinstance(value, BaseModel):
        yield from references(value, keys, path)
        return
    arguments = [
        argument for argument in getattr(annotation, "__args__", ()) if argument not in (type(None), Ellipsis)
    ]
    if isinstance(value, Mapping) and len(arguments) == 2:
        for key, item in value.items():
            yield from _references_in(key, *_parts(arguments[0]), keys, (*path, key))
            yield from _references_in(item, *_parts(arguments[1]), keys, (*path, key))
    elif isinstance(value, tuple) and arguments:
        for index, item in enumerate(value):
            argument = arguments[min(index, len(arguments) - 1)]
            yield from _references_in(item, *_parts(argument), keys, (*path, index))
    elif value is not None and len(arguments) == 1:
        yield from _references_in(value, *_parts(arguments[0]), keys, path)


def _parts(annotation: Any) -> tuple[Any, Iterable[Any]]:
    metadata = getattr(annotation, "__metadata__", None)
    return (annotation.__origin__, metadata) if metadata else (annotation, ())


def _unresolved(value: Any, marker: Ref, keys: Keys, path: Path) -> Iterator[Found]:
    known = keys.known(marker.spaces)
    if isinstance(value, str) and value not in known:
        what = " or ".join(space.replace("_", " ") for space in marker.spaces)
        yield path, f"names a {what} this framework does not have", value, ", ".join(dict.fromkeys(known))
