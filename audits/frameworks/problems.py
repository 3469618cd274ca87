"""What is wrong with a framework file, in words: file, path, value and what is allowed."""

import inspect
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One fault of a framework file."""

    file: str
    path: str
    message: str
    value: str = ""
    allowed: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        text = f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"
        text += f" (is: {self.value})" if self.value else ""
        return text + (f" (allowed: {self.allowed})" if self.allowed else "")


class FrameworkError(ValueError):
    """A framework file cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.path)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def dotted(path: Path) -> str:
    """`("slots", 0, "due")` gives "slots.0.due"."""
    return ".".join(str(part) for part in path)


def short(value: Any) -> str:
    """A value as it may stand in a message."""
    if isinstance(value, Mapping | list | tuple):
        return ""
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _stands_in(node: Any, part: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, Mapping) and part in node


def real_path(document: Any, loc: Sequence[str | int]) -> Path:
    """The path in the document for pydantic's `loc`, without the names of union members it adds."""
    path: list[str | int] = []
    node = document
    for index, part in enumerate(loc):
        if _stands_in(node, part):
            node = node[part]
        elif (
            index == len(loc) - 1
            and isinstance(part, str)
            and isinstance(node, Mapping)
            and part != node.get("kind")
        ):
            return (*path, part)
        else:
            continue
        path.append(part)
    return tuple(path)


_PLAIN = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text; put it in quotation marks",
    "tuple_type": "must be a list",
    "model_type": "must be a block of keys and values",
    "model_attributes_type": "must be a block of keys and values",
    "dict_type": "must be a block of keys and values",
    "date_from_datetime_parsing": "must be a date such as 2026-04-01",
    "date_type": "must be a date such as 2026-04-01",
}


def in_words(error: ErrorDetails, root: type[BaseModel], document: Any) -> tuple[str, str, str]:
    """Message, value and what is allowed for one of pydantic's errors."""
    kind, context = error["type"], error.get("ctx", {})
    value = short(error.get("input"))
    if kind == "missing":
        return "is required", "", ""
    if kind == "extra_forbidden":
        return "is not known here", value, ", ".join(_fields_at(root, error["loc"][:-1]))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        given = error["input"].get("kind") if isinstance(error["input"], Mapping) else None
        allowed = str(context.get("expected_tags") or "") or ", ".join(_tags_at(root, error["loc"]))
        message = "is not a kind of rule this product knows" if given else "needs a `kind`"
        return message, short(given) if given else "", allowed.replace("'", "").replace(" or ", ", ")
    if kind in ("enum", "literal_error"):
        return (
            "is not one of the values allowed",
            value,
            str(context.get("expected", "")).replace("'", "").replace(" or ", ", "),
        )
    if kind == "value_error":
        return str(context.get("error", error["msg"])), "", ""
    if kind == "string_pattern_mismatch":
        return "is not written as it must be", value, f"pattern {context.get('pattern')}"
    if kind in _PLAIN:
        return _PLAIN[kind], value, ""
    return error["msg"][:1].lower() + error["msg"][1:], value, ""


def _fields_at(root: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    models = _models_at(root, loc)
    return sorted({name for model in models for name in model.model_fields})


def _tags_at(root: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    tags = {_tag(model) for model in _models_at(root, loc)}
    return sorted(tag for tag in tags if tag)


def _tag(model: type[BaseModel]) -> str | None:
    field = model.model_fields.get("kind")
    return typing.get_args(field.annotation)[0] if field else None


def _models_at(root: type[BaseModel], loc: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models that may stand at a place of pydantic's `loc`."""
    current: list[type[BaseModel]] = [root]
    for part in loc:
        if isinstance(part, int):
            continue
        chosen = [model for model in current if _tag(model) == part]
        if chosen:
            current = chosen
            continue
        current = [
            found
            for model in current
            if part in model.model_fields
            for found in _models_in(model.model_fields[part].annotation)
        ]
    return current


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if typing.get_origin(annotation) is None and inspect.isclass(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for argument in typing.get_args(annotation) for model in _models_in(argument)]
