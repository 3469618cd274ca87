"""What a report is made of, as plain data: it can be frozen as JSON and read back without loss."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from qaf.ui import charts, words

Cell = str | int | None | tuple[int, int]
"""Words, a count, nothing, or a share as part and whole."""


@dataclass(frozen=True)
class Figure:
    """One number with what it means. ``n`` is the whole it is a share of; a plain count has none."""

    key: str
    label: str
    definition: str
    population: str
    value: int
    n: int | None = None
    tone: str = ""

    @property
    def text(self) -> str:
        """The figure in words: "62% (13 of 21)", "3 of 4", "none", or the count."""
        return words.percent_n(self.value, self.n) if self.n is not None else f"{self.value:,}"

    @property
    def short(self) -> str:
        """The figure as a tile shows it, its n said beside it."""
        if self.n is None or self.n < words.TOO_FEW:
            return self.text
        return f"{words.percent(self.value, self.n)}%"

    @property
    def note(self) -> str:
        """What stands under the tile: the count behind a share, and that it is small."""
        if not self.n:
            return ""
        if self.n < words.TOO_FEW:
            return "too few for a rate"
        return f"{self.value:,} of {self.n:,}"


@dataclass(frozen=True)
class Column:
    """A column of a table: ``kind`` is text, count or share."""

    label: str
    kind: str = "count"


@dataclass(frozen=True)
class Tiles:
    """Figures side by side."""

    type: ClassVar[str] = "tiles"
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """A table with what it counts. The first column is the row's heading."""

    type: ClassVar[str] = "table"
    key: str
    title: str
    definition: str
    population: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing to show."

    @property
    def is_wide(self) -> bool:
        """Whether it needs small print on paper."""
        return sum(2 if column.kind == "share" else 1 for column in self.columns) > 9

    @property
    def lines(self) -> list[list[dict[str, Any]]]:
        """Every cell in words with whether it is a number, for the page and the PDF."""
        return [
            [
                {"text": said(cell), "numeric": column.kind != "text"}
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]


@dataclass(frozen=True)
class ChartBlock:
    """A chart as its figures; ``kind`` is stacked, trend or bars. Its table is made from the same figures."""

    type: ClassVar[str] = "chart"
    key: str
    kind: str
    title: str
    definition: str
    population: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def chart(self) -> charts.Chart:
        """The drawing and its table."""
        return _DRAW[self.kind](self)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was counted."""
        if self.kind == "stacked":
            return not any(sum(group["counts"]) for group in self.data["groups"])
        if self.kind == "trend":
            return not any(point["whole"] for line in self.data["lines"] for point in line["points"])
        return not any(bar["value"] for bar in self.data["bars"])


@dataclass(frozen=True)
class Quotes:
    """What people said, in words that name nobody."""

    type: ClassVar[str] = "quotes"
    title: str
    items: tuple[tuple[str, str], ...]
    """Text, and who said it in general words."""


@dataclass(frozen=True)
class Note:
    """A plain paragraph, such as what a reader must know about the figures above."""

    type: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True)
class Words:
    """What somebody wrote under a heading, such as a part of an evaluation."""

    type: ClassVar[str] = "words"
    title: str
    text: str
    by: str = ""


Block = Tiles | Table | ChartBlock | Quotes | Note | Words


@dataclass(frozen=True)
class Section:
    """A part of a report. ``commentary`` names what a person writes in it, under ``heading``."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    intro: str = ""
    commentary: str = ""
    heading: str = ""


def said(cell: Cell) -> str:
    """Return a cell in words."""
    if cell is None:
        return "–"
    if isinstance(cell, tuple | list):
        return words.percent_n(*cell)
    return f"{cell:,}" if isinstance(cell, int) else cell


# Frozen and back -----------------------------------------------------------------------------------------------------

_TYPES: dict[str, type[Any]] = {kind.type: kind for kind in (Tiles, Table, ChartBlock, Quotes, Note, Words)}


def as_data(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return sections as JSON can hold them."""
    return [
        {**asdict(section), "blocks": [{"type": block.type, **asdict(block)} for block in section.blocks]}
        for section in sections
    ]


def from_data(data: Sequence[Mapping[str, Any]]) -> list[Section]:
    """Return the sections that ``as_data`` was given."""
    return [
        Section(**{**section, "blocks": tuple(_block(dict(block)) for block in section["blocks"])})
        for section in data
    ]


def _block(data: dict[str, Any]) -> Block:
    kind = _TYPES[data.pop("type")]
    if kind is Tiles:
        return Tiles(tuple(Figure(**figure) for figure in data["figures"]))
    if kind is Table:
        data["columns"] = tuple(Column(**column) for column in data["columns"])
        data["rows"] = tuple(
            tuple(tuple(c) if isinstance(c, list) else c for c in row) for row in data["rows"]
        )
    if kind is Quotes:
        data["items"] = tuple(tuple(item) for item in data["items"])
    found: Block = kind(**data)
    return found


# Charts --------------------------------------------------------------------------------------------------------------


def _stacked(block: ChartBlock) -> charts.Chart:
    return charts.stacked(
        title=block.title,
        series=[(key, label) for key, label in block.data["series"]],
        groups=[charts.Group(group["label"], group["counts"]) for group in block.data["groups"]],
        muted=("not_applicable",),
        first_column=block.data.get("first_column", "Group"),
        key=f"chart-{block.key}",
    )


def _trend(block: ChartBlock) -> charts.Chart:
    lines = [
        charts.Line(
            line["label"],
            [
                charts.Point(p["label"], part=p["part"], whole=p["whole"], final=p["final"])
                for p in line["points"]
            ],
        )
        for line in block.data["lines"]
    ]
    return charts.trend(
        title=block.title,
        lines=lines,
        first_column=block.data.get("first_column", "Month"),
        notes=block.data.get("notes", ()),
        key=f"chart-{block.key}",
    )


def _bars(block: ChartBlock) -> charts.Chart:
    bars = [charts.Bar(bar["label"], bar["value"], bar.get("text", "")) for bar in block.data["bars"]]
    return charts.bars(
        title=block.title,
        bars=bars,
        unit=block.data.get("unit", ""),
        first_column=block.data.get("first_column", "What"),
        maximum=block.data.get("maximum"),
        key=f"chart-{block.key}",
    )


_DRAW = {"stacked": _stacked, "trend": _trend, "bars": _bars}
