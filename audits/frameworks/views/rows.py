"""The draft's sentences with what can be done about each."""

from dataclasses import dataclass

from django.urls import reverse

from audits.frameworks.base import Provenance
from audits.frameworks.places import Place
from audits.frameworks.sentences import Listing, Section, Sentence


@dataclass(frozen=True)
class Row:
    """One rule: its words, where they come from, and the links to change or confirm it."""

    text: str
    lines: tuple[str, ...]
    provenance: Provenance | None
    change: str
    confirm: str


@dataclass(frozen=True)
class Part:
    """A heading with its rows."""

    key: str
    title: str
    rows: tuple[Row, ...]
    parts: tuple["Part", ...] = ()


def part_of(section: Section, slug: str, places: dict[int, Place]) -> Part:
    """The section with its links."""
    rows: list[Sentence | Listing] = [*section.sentences, *section.listings]
    return Part(
        key=section.key,
        title=section.title,
        rows=tuple(_row(item, slug, places) for item in rows),
        parts=tuple(part_of(inner, slug, places) for inner in section.parts),
    )


def _row(item: Sentence | Listing, slug: str, places: dict[int, Place]) -> Row:
    listing = isinstance(item, Listing)
    place = places.get(id(item.block))
    provenance = item.provenance
    return Row(
        text=item.title if isinstance(item, Listing) else item.text,
        lines=item.lines if isinstance(item, Listing) else (),
        provenance=provenance,
        change=_link("rule", slug, place, item.part) if place else "",
        confirm=_link("confirm", slug, place, item.part)
        if place and provenance and provenance.is_default and not (listing and not item.part)
        else "",
    )


def _link(name: str, slug: str, place: Place | None, part: str) -> str:
    where = [place.where] if place else []
    return reverse(f"frameworks:{name}", args=[slug, *where, *([part] if part else [])])
