"""What a chart is: a drawing, and the table that says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

WIDTH = 720
CHARACTER = 7.4
"""About how wide a letter of the 14 px labels is; only used to break legends into lines."""


def px(value: float) -> str:
    """Return a coordinate as SVG writes it, whatever the language of the page."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. ``svg`` draws it; ``head`` and ``rows`` are its table, the first cell of a row its heading.

    ``key`` makes its ids unique on a page; it follows from title and figures unless given.
    """

    kind: str
    title: str
    description: str
    drawing: Mapping[str, Any]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    given_key: str = field(default="", kw_only=True)

    @property
    def key(self) -> str:
        content = repr((self.kind, self.title, self.rows)).encode()
        return self.given_key or f"chart-{sha256(content).hexdigest()[:10]}"

    @property
    def svg(self) -> SafeString:
        context = {"chart": self, "key": self.key, "width": WIDTH, **self.drawing}
        return SafeString(render_to_string(f"ui/charts/{self.kind}.svg", context).strip())


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A place in the legend: the swatch's corner and the words beside it."""

    label: str
    look: Any
    x: str
    y: str
    text_x: str
    text_y: str


def legend(entries: Sequence[tuple[str, Any]]) -> tuple[list[LegendEntry], float]:
    """Lay labels out from left to right in as many lines as they need; also return the height used."""
    placed: list[LegendEntry] = []
    x, y = 0.0, 0.0
    for label, look in entries:
        width = 24 + len(label) * CHARACTER + 20
        if x and x + width > WIDTH:
            x, y = 0.0, y + 26
        placed.append(LegendEntry(label, look, px(x), px(y), px(x + 24), px(y + 13)))
        x += width
    return placed, y + 36
