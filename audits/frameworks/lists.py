"""What a council may have more or fewer of: lists of whole rules, and rules that it may do without.

Each has an address as a rule has (`places.py`): `moderation.selectors`, `disputes.grade.steps`. So has a list of short
blocks that are told apart by keys, such as the criteria of a domain (`tools.audit.domains.voice.criteria`): its blocks
say nothing of where they come from, the block they belong to does (`BlockList.loose`).
"""

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from audits.frameworks.base import Choice, Sourced, walk
from audits.frameworks.places import address, place_at
from audits.frameworks.problems import Path
from audits.frameworks.questions import Question, Words, questions_of_new, unwrapped
from audits.frameworks.schema.framework import Framework
from audits.frameworks.wordlist import LABELS, LISTS

NAMES = ("label", "name", "title", "text", "question", "mechanism", "key")
"""The fields that may name a block, the best first."""
_SECTIONS = {
    "authority": "council",
    "calendar": "council",
    "documents": "tools",
    "grade_sets": "grades",
    "process": "audit",
    "forums": "reports",
    "activities": "reports",
}


@dataclass(frozen=True)
class BlockList:
    """A list of whole rules, or (`single`) the place of a rule that need not be there."""

    where: str
    path: Path
    model: type[BaseModel]
    blocks: tuple[BaseModel, ...]
    owner: Sourced | Framework
    single: bool = False
    loose: bool = False
    """Whether its blocks have no source of their own; the owner's says for all of them where they come from."""

    @property
    def title(self) -> str:
        """What is listed, with what it belongs to."""
        name = str(self.path[-1])
        words = LISTS.get(f"{type(self.owner).__name__}.{name}") or LISTS.get(name)
        words = words or LABELS.get(name) or name.replace("_", " ").capitalize()
        whose = name_of(self.owner) if isinstance(self.owner, Sourced) else ""
        return f"{words}: {whose}" if whose else words

    @property
    def section(self) -> str:
        """The section of the document in which its rules are read."""
        first = str(self.path[0])
        return _SECTIONS.get(first, first)

    @property
    def is_full(self) -> bool:
        """Whether there is room for no other rule."""
        return self.single and bool(self.blocks)

    def address_of(self, number: int) -> str:
        """The address of one of its rules."""
        if self.single:
            return self.where
        return f"{self.where}.{getattr(self.blocks[number], 'key', number)}"

    def path_of(self, number: int) -> Path:
        """The path of one of its rules in the file."""
        return self.path if self.single else (*self.path, number)


def name_of(block: BaseModel) -> str:
    """The words that name a block; empty where nothing does."""
    return next((str(getattr(block, name)) for name in NAMES if getattr(block, name, None)), "")


def lists_of(framework: Framework) -> tuple[BlockList, ...]:
    """Every list of the framework, in the order of the schema."""
    return tuple(
        found
        for path, node in walk(framework)
        if isinstance(node, Sourced | Framework)
        for found in _lists_in(framework, node, path)
    )


def list_at(framework: Framework, where: str) -> BlockList:
    """The list at an address. Raises KeyError where there is none."""
    above, _, name = where.rpartition(".")
    node: Sourced | Framework = framework
    path: Path = ()
    if above:
        place = place_at(framework, above)
        node, path = place.block, place.path
    for found in _lists_in(framework, node, path):
        if found.path[-1] == name:
            return found
    raise KeyError(where)


def number_of(found: BlockList, item: str) -> int:
    """The place of the rule with this key or number in its list. Raises KeyError."""
    for number, block in enumerate(found.blocks):
        if item in (getattr(block, "key", None), str(number)):
            return number
    raise KeyError(item)


def questions_of_list(found: BlockList, words: Words) -> tuple[Question, ...] | None:
    """What is asked about a new rule of the list; None where a part that it must have has a shape no form draws."""
    asked = questions_of_new(found.model, words)
    names = {question.name for question in asked} | {"key"}
    needed = {name for name, info in found.model.model_fields.items() if info.is_required()}
    return asked if needed <= names else None


def _lists_in(framework: Framework, node: Sourced | Framework, path: Path) -> Iterator[BlockList]:
    for name, info in type(node).model_fields.items():
        annotation, _, optional = unwrapped(info.annotation)
        value: Any = getattr(node, name)
        single = typing.get_origin(annotation) is not tuple
        model = annotation if single else unwrapped(typing.get_args(annotation)[0])[0]
        if (single and not optional) or not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        loose = not issubclass(model, Sourced)
        if loose and (single or model is Choice or not has_key(model) or not isinstance(node, Sourced)):
            continue
        blocks = (value,) if single and value is not None else () if single else value
        where = ".".join(part for part in (address(framework, path), name) if part)
        yield BlockList(where, (*path, name), model, tuple(blocks), node, single, loose)


def has_key(model: type[BaseModel]) -> bool:
    """Whether blocks of this kind have a key of their own."""
    field = model.model_fields.get("key")
    return field is not None and field.is_required()
