"""What the readable document is made of."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from audits.frameworks.base import Provenance, Sourced
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary.wording import sentence


@dataclass(frozen=True)
class Sentence:
    """One rule in plain English, and where it comes from."""

    text: str
    provenance: Provenance
    requirements: tuple[str, ...] = ()
    block: Sourced | None = field(default=None, compare=False, repr=False)
    """The block the rule is read from; `part` is the field of it that the rule is about, empty for the whole."""
    part: str = ""

    @property
    def is_default(self) -> bool:
        """Whether the rule is ours until the council confirms it."""
        return self.provenance.is_default

    @property
    def source(self) -> str:
        """The place in the council's document, or the reason for our default."""
        return self.provenance.source or self.provenance.default_reason or ""


@dataclass(frozen=True)
class Listing:
    """A heading with short lines below it, such as the prompts of a domain."""

    title: str
    lines: tuple[str, ...]
    provenance: Provenance | None = None
    block: Sourced | None = field(default=None, compare=False, repr=False)
    part: str = ""


@dataclass(frozen=True)
class Group:
    """Sentences that come from the same place."""

    sentences: tuple[Sentence, ...]
    provenance: Provenance


@dataclass(frozen=True)
class Section:
    """A part of the framework under one heading."""

    key: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    listings: tuple[Listing, ...] = ()
    parts: tuple["Section", ...] = field(default=())

    @property
    def groups(self) -> tuple["Group", ...]:
        """The sentences, those that follow each other with the same provenance together."""
        return tuple(
            Group(tuple(texts), provenance)
            for provenance, texts in groupby(self.sentences, key=lambda text: text.provenance)
        )

    @property
    def all_sentences(self) -> tuple[Sentence, ...]:
        """The sentences of this section and of its parts."""
        return (*self.sentences, *(text for part in self.parts for text in part.all_sentences))

    @property
    def defaults(self) -> int:
        """How many of its sentences are our defaults."""
        return sum(text.is_default for text in self.all_sentences)


Writer = Callable[[Framework], Section]
WRITERS: dict[str, Writer] = {}


def section_of(key: str, title: str) -> Callable[[Callable[[Framework], Iterable[object]]], Writer]:
    """Register the function that writes a section: it yields sentences, listings and parts in order."""

    def register(write: Callable[[Framework], Iterable[object]]) -> Writer:
        def whole(framework: Framework) -> Section:
            return build(key, title, write(framework))

        WRITERS[key] = whole
        return whole

    return register


def build(key: str, title: str, items: Iterable[object]) -> Section:
    """A section of these sentences, listings and parts."""
    found = list(items)
    return Section(
        key=key,
        title=title,
        sentences=tuple(item for item in found if isinstance(item, Sentence)),
        listings=tuple(item for item in found if isinstance(item, Listing)),
        parts=tuple(item for item in found if isinstance(item, Section)),
    )


def say(text: str, block: Sourced, field_name: str | None = None) -> Sentence:
    """A sentence about a block, or about one of its fields."""
    return Sentence(sentence(text), block.provenance(field_name), block.requirements, block, field_name or "")


def listing(
    title: str, lines: Iterable[str], block: Sourced, field_name: str | None = None
) -> Iterator[Listing]:
    """A listing where there are lines; nothing where there are none."""
    if found := tuple(lines):
        yield Listing(title, found, block.provenance(field_name), block, field_name or "")
