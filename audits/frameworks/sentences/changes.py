"""Two versions of a framework, sentence by sentence: what was added, removed, changed, confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass

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


_Identity = tuple[str, str, str, int]


def compare(before: Framework, after: Framework) -> tuple[ChangedSection, ...]:
    """The sections in which anything differs. A rule is the same rule where its place in the file is the same."""
    old, new = _lines(before), _lines(after)
    order = list(new) + [section for section in old if section not in new]
    found = []
    for key in order:
        title, was = old.get(key, (new.get(key, ("", {}))[0], {}))
        title, now = new.get(key, (title, {}))
        if changes := tuple(_changes(was, now)):
            found.append(ChangedSection(key, title, changes))
    return tuple(found)


def _changes(
    was: dict[_Identity, tuple[str, Line]], now: dict[_Identity, tuple[str, Line]]
) -> Iterator[Change]:
    for identity, (heading, line) in now.items():
        before = was.get(identity)
        if before is None:
            yield Change(ADDED, heading, None, line)
        elif before[1].text != line.text:
            yield Change(CHANGED, heading, before[1], line)
        elif before[1].source != line.source:
            yield Change(SOURCE, heading, before[1], line)
    for identity, (heading, line) in was.items():
        if identity not in now:
            yield Change(REMOVED, heading, line, None)


def _lines(framework: Framework) -> dict[str, tuple[str, dict[_Identity, tuple[str, Line]]]]:
    where = {identity: place.where for identity, place in places(framework).items()}
    sections = {}
    for section in document(framework):
        lines: dict[_Identity, tuple[str, Line]] = {}
        _collect(section, (), where, lines)
        sections[section.key] = (section.title, lines)
    return sections


def _collect(
    section: Section,
    above: tuple[str, ...],
    where: dict[int, str],
    lines: dict[_Identity, tuple[str, Line]],
) -> None:
    heading = " – ".join(above)
    for sentence in section.sentences:
        place = where.get(id(sentence.block), section.key)
        _put(lines, (place, sentence.part, ""), heading, Line(sentence.text, sentence.provenance.words))
    for listing in section.listings:
        place = where.get(id(listing.block), section.key)
        title = " – ".join((*above, listing.title))
        source = listing.provenance.words if listing.provenance else ""
        # A line of a list has no place of its own: it is the same line where its words are the same.
        for text in listing.lines:
            _put(lines, (place, listing.part, f"{listing.title}: {text}"), title, Line(text, source))
    for part in section.parts:
        _collect(part, (*above, part.title), where, lines)


def _put(
    lines: dict[_Identity, tuple[str, Line]], identity: tuple[str, str, str], heading: str, line: Line
) -> None:
    number = 0
    while (*identity, number) in lines:
        number += 1
    lines[(*identity, number)] = (heading, line)
