"""Two versions of a framework, sentence by sentence: what was added, removed, changed, confirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from audits.frameworks.places import places
from audits.frameworks.schema.framework import Framework
from audits.frameworks.sentences import document
from audits.frameworks.sentences.model import Section

ADDED, REMOVED, CHANGED, SOURCE = "added", "removed", "changed", "source"


@dataclass(frozen=True)
class Line:
    """One sentence or short line as it stands in the document."""

    text: str
    source: str


@dataclass(frozen=True)
class Change:
    """What became of one rule. `before` is None for one that was added, `after` for one that was removed."""

    kind: str
    heading: str
    before: Line | None
    after: Line | None


@dataclass(frozen=True)
class ChangedSection:
    """The changes of one section, in reading order."""

    key: str
    title: str
    changes: tuple[Change, ...]


_Group = tuple[str, str, str]
"""The rules that stand at one place: its address, the field, and for short lines their heading."""
_Lines = dict[_Group, tuple[str, list[Line]]]


def compare(before: Framework, after: Framework) -> tuple[ChangedSection, ...]:
    """The sections in which anything differs. A rule is the same rule where its place in the file is the same."""
    old, new = _sections(before), _sections(after)
    order = list(new) + [section for section in old if section not in new]
    found = []
    for key in order:
        title, was = old.get(key, ("", {}))
        title, now = new.get(key, (title, {}))
        if changes := tuple(_changes(was, now)):
            found.append(ChangedSection(key, title, changes))
    return tuple(found)


def _changes(was: _Lines, now: _Lines) -> Iterator[Change]:
    nothing: tuple[str, list[Line]] = ("", [])
    for place in [*now, *(place for place in was if place not in now)]:
        heading = (now.get(place) or was.get(place) or nothing)[0]
        yield from _at_one_place(heading, was.get(place, nothing)[1], now.get(place, nothing)[1])


def _at_one_place(heading: str, was: Sequence[Line], now: Sequence[Line]) -> Iterator[Change]:
    matcher = SequenceMatcher(a=[line.text for line in was], b=[line.text for line in now], autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        for before, after in zip_longest(was[start:end], now[other_start:other_end]):
            if before is None:
                yield Change(ADDED, heading, None, after)
            elif after is None:
                yield Change(REMOVED, heading, before, None)
            elif before.text != after.text:
                yield Change(CHANGED, heading, before, after)
            elif before.source != after.source:
                yield Change(SOURCE, heading, before, after)


def _sections(framework: Framework) -> dict[str, tuple[str, _Lines]]:
    where = {identity: place.where for identity, place in places(framework).items()}
    sections = {}
    for section in document(framework):
        lines: _Lines = {}
        _collect(section, (), where, lines)
        sections[section.key] = (section.title, lines)
    return sections


def _collect(section: Section, above: tuple[str, ...], where: dict[int, str], lines: _Lines) -> None:
    def put(place: _Group, titles: tuple[str, ...], line: Line) -> None:
        lines.setdefault(place, (" – ".join(titles), []))[1].append(line)

    for sentence in section.sentences:
        address = where.get(id(sentence.block), section.key)
        put((address, sentence.part, ""), above, Line(sentence.text, sentence.provenance.words))
    for listing in section.listings:
        address = where.get(id(listing.block), section.key)
        source = listing.provenance.words if listing.provenance else ""
        for text in listing.lines:
            put((address, listing.part, listing.title), (*above, listing.title), Line(text, source))
    for part in section.parts:
        _collect(part, (*above, part.title), where, lines)
