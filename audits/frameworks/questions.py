"""What can be asked about a block in a form: its plain values, one question each, made from the schema.

A question knows how a value looks to a reader and how an answer is written in the file; forms.py draws it. Values
with a shape of their own (lists of conditions, criteria) have no question: they are edited in the text.
"""

import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import chain
from types import UnionType
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from audits.frameworks.base import Choice, Ref, Text
from audits.frameworks.checks import keys_of
from audits.frameworks.enums import Relation
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary.eligibility import EXCLUSIONS, Exclude
from audits.frameworks.wordlist import LABELS, VALUES

SKIPPED = frozenset(
    {
        "key",
        "kind",
        "schema_version",
        "source",
        "default_reason",
        "defaults",
        "confirmed",
        "note",
        "requirements",
    }
)
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """One value. `shape` says how it is asked: yes_no, number, text, lines, numbers, choice, choices, date, labels,
    table, block or items.
    """

    name: str
    label: str
    hint: str
    shape: str
    value: Any
    """As the file has it: plain text, numbers, lists, mappings; None where it is not given."""
    required: bool
    options: Options = ()
    low: float | None = None
    high: float | None = None
    whole: bool = True
    variants: tuple["Variant", ...] = ()
    """For a block: what it may be; one variant without a kind where it is no rule."""
    items: tuple["Question", ...] = ()
    """For a list of blocks: each of them; `variants` says what a further one may be."""
    rows: Options = ()
    """For a table: the keys with their words."""
    cell: str = ""
    """For a table: the shape of each value, `lines` or `number`."""


@dataclass(frozen=True)
class Variant:
    """One kind that a rule may be of, and what it asks."""

    kind: str
    label: str
    parts: tuple[Question, ...]
    keyed: bool = False
    """Whether each of them has a key of its own, which is made from its words."""


_RELATIONS = {relation.value: relation.label for relation in Relation}


class Words:
    """The framework's words for keys, for options."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        document = framework.model_dump(mode="json")
        self._keys = keys_of(document)
        self._titles = {item.key: item.title for item in framework.documents}
        self._titles |= {item.key: item.label for item in framework.forums}
        self._titles |= {item.key: item.label for item in framework.grade_sets}
        self._titles |= {item.key: item.name for item in framework.tools}

    def options(self, marker: Ref) -> Options:
        """Everything a key of these spaces may name, with its words."""
        names = self._framework.names
        by_space = {
            "role": names.role,
            "service": names.service,
            "grade": names.grade,
            "domain": names.domain,
            "slot": names.slot,
            "conversation": names.conversation,
            "relation": _RELATIONS.__getitem__,
        }
        order = (
            sorted(marker.spaces, key=("relation", "slot", "role").index)
            if len(marker.spaces) == 3
            else marker.spaces
        )
        found: dict[str, str] = {}
        for space in order:
            for key in self._keys.known([space]):
                word = by_space.get(space, lambda key: self._titles.get(key, key))
                found.setdefault(key, _sentence(word(key)))
        return tuple(found.items())


def questions_of(block: BaseModel, raw: Any, words: Words) -> tuple[Question, ...]:
    """The questions of a block, in the order of the schema."""
    return tuple(_questions(type(block), raw if isinstance(raw, Mapping) else {}, words))


def questions_of_new(model: type[BaseModel], words: Words) -> tuple[Question, ...]:
    """The questions of a block that is not there yet."""
    return tuple(_questions(model, {}, words))


def _questions(model: type[BaseModel], raw: Mapping[str, Any], words: Words) -> Iterator[Question]:
    for name, info in model.model_fields.items():
        if name not in SKIPPED and (found := _question(model, name, info, raw, words)):
            yield found


def _question(
    model: type[BaseModel], name: str, info: FieldInfo, raw: Mapping[str, Any], words: Words
) -> Question | None:
    annotation, metadata, optional = unwrapped(info.annotation, info.metadata)
    value = raw.get(name, _default(info))
    base: dict[str, Any] = {
        "name": name,
        "label": LABELS.get(f"{model.__name__}.{name}")
        or LABELS.get(name)
        or name.replace("_", " ").capitalize(),
        "hint": "" if "`" in (info.description or "") else info.description or "",
        "value": value,
        "required": info.is_required() and not optional,
    }
    shape = _shape(annotation, metadata, value, words)
    return Question(**(base | shape)) if shape else None


def _default(info: FieldInfo) -> Any:
    default = info.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return None
    if isinstance(default, BaseModel):
        return default.model_dump(mode="json", exclude_defaults=True)
    if isinstance(default, tuple):
        return [getattr(item, "value", item) for item in default]
    return default.value if isinstance(default, Enum) else default


def unwrapped(annotation: Any, said: Sequence[Any] = ()) -> tuple[Any, list[Any], bool]:
    """The type without `Annotated` and `None`, with everything said about it, and whether it may be None."""
    optional, metadata = False, list(said)
    while True:
        if typing.get_origin(annotation) is Annotated:
            annotation, *more = typing.get_args(annotation)
            metadata += more
        elif typing.get_origin(annotation) in (Union, UnionType) and type(None) in typing.get_args(
            annotation
        ):
            optional = True
            rest = tuple(item for item in typing.get_args(annotation) if item is not type(None))
            annotation = Union[rest]  # noqa: UP007  (made from a list)
        else:
            return annotation, metadata, optional


def _shape(annotation: Any, metadata: Sequence[Any], value: Any, words: Words) -> dict[str, Any] | None:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (Union, UnionType):
        return _one_of(arguments, value, words)
    if origin is tuple and arguments[-1:] == (Ellipsis,):
        return _list(arguments[0], value, words)
    if origin in (dict, Mapping) or str(origin).endswith("abc.Mapping'>"):
        return _table(arguments, words)
    return _single(annotation, metadata, value, words)


def _one_of(arguments: Sequence[Any], value: Any, words: Words) -> dict[str, Any] | None:
    """Rules of several kinds, or values of several closed lists; other mixtures are edited in the text."""
    if all(isinstance(item, type) and issubclass(item, BaseModel) for item in arguments):
        return _rule(arguments, value, words)
    options = [_closed(item) for item in arguments]
    return {"shape": "choice", "options": tuple(chain(*options))} if all(options) else None


def _single(annotation: Any, metadata: Sequence[Any], value: Any, words: Words) -> dict[str, Any] | None:
    marker = next((item for item in metadata if isinstance(item, Ref)), None)
    if marker:
        return {"shape": "choice", "options": words.options(marker)}
    if annotation is bool:
        return {"shape": "yes_no"}
    if annotation in (int, float):
        return {"shape": "number", "whole": annotation is int, **_limits(metadata)}
    if annotation is date:
        return {"shape": "date"}
    if annotation is str:
        return {"shape": "text"}
    if options := _closed(annotation):
        return {"shape": "choice", "options": options}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not _is_sourced(annotation):
        return _rule((annotation,), value, words)
    return None


def _rule(models: Sequence[Any], value: Any, words: Words) -> dict[str, Any]:
    """A block, or a rule that is one of several kinds: the questions of each that this release can run."""
    raw = value if isinstance(value, Mapping) else {}
    kind = str(raw.get("kind", ""))
    variants = []
    for model in models:
        field = model.model_fields.get("kind")
        own = str(typing.get_args(field.annotation)[0]) if field else ""
        if own == kind or not own or getattr(model, "implemented", True):
            parts = tuple(_questions(model, raw if own == kind else {}, words))
            key = model.model_fields.get("key")
            keyed = key is not None and key.is_required()
            variants.append(Variant(own, _sentence(model.title) if own else "", parts, keyed))
    return {"shape": "block", "variants": tuple(variants)}


MOST_ITEMS = 20
"""Longer lists of blocks are edited in the text: a form of hundreds of boxes helps nobody."""


def _items(models: Sequence[Any], value: Any, words: Words) -> dict[str, Any] | None:
    given = value if isinstance(value, list) else []
    if len(given) > MOST_ITEMS or any(not issubclass(model, BaseModel) for model in models):
        return None
    if any(_is_sourced(model) for model in models):
        return None
    items = (
        Question(
            name=str(number),
            label=f"{number + 1}",
            hint="",
            value=item,
            required=True,
            **_rule(models, item, words),
        )
        for number, item in enumerate(_whole(models, item) for item in given)
    )
    return {"shape": "items", "items": tuple(items), **_further(models, words)}


def _whole(models: Sequence[Any], item: Any) -> Any:
    """The item as a block: one that is only its first field may stand in the file as that alone."""
    return item if isinstance(item, Mapping) else {next(iter(models[0].model_fields)): item}


def _further(models: Sequence[Any], words: Words) -> dict[str, Any]:
    return {"variants": _rule(models, None, words)["variants"]}


def _list(item: Any, value: Any, words: Words) -> dict[str, Any] | None:
    annotation, metadata, _ = unwrapped(item)
    marker = next((found for found in metadata if isinstance(found, Ref)), None)
    if marker:
        return {"shape": "choices", "options": words.options(marker)}
    if annotation is int:
        return {"shape": "numbers", **_limits(metadata)}
    if annotation is str:
        return {"shape": "lines"}
    if annotation is Choice:
        return {"shape": "labels"}
    if options := _closed(annotation):
        return {"shape": "choices", "options": options}
    models = (
        typing.get_args(annotation) if typing.get_origin(annotation) in (Union, UnionType) else (annotation,)
    )
    return _items(models, value, words) if all(isinstance(model, type) for model in models) else None


def _table(arguments: Sequence[Any], words: Words) -> dict[str, Any] | None:
    _, key_metadata, _ = unwrapped(arguments[0])
    marker = next((found for found in key_metadata if isinstance(found, Ref)), None)
    annotation, metadata, _ = unwrapped(arguments[1])
    if not marker:
        return None
    if annotation is int:
        return {"shape": "table", "rows": words.options(marker), "cell": "number", **_limits(metadata)}
    if typing.get_origin(annotation) is tuple and unwrapped(typing.get_args(annotation)[0])[0] is str:
        return {"shape": "table", "rows": words.options(marker), "cell": "lines"}
    return None


def _closed(annotation: Any) -> Options:
    if typing.get_origin(annotation) is Literal:
        return tuple((getattr(item, "value", item), _word(item)) for item in typing.get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple((item.value, _word(item)) for item in annotation)
    return ()


def _word(value: Any) -> str:
    if isinstance(value, Exclude):
        return _sentence(EXCLUSIONS[value].words)
    label = getattr(value, "label", "") or VALUES.get(str(value)) or str(value).replace("_", " ")
    return _sentence(label)


def _limits(metadata: Sequence[Any]) -> dict[str, Any]:
    low = next((item.ge for item in metadata if getattr(item, "ge", None) is not None), None)
    above = next((item.gt for item in metadata if getattr(item, "gt", None) is not None), None)
    high = next((item.le for item in metadata if getattr(item, "le", None) is not None), None)
    return {"low": low if low is not None else above, "high": high}


def _is_sourced(annotation: type[BaseModel]) -> bool:
    return "default_reason" in annotation.model_fields


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


__all__ = ["Options", "Question", "Text", "Words", "questions_of"]
