"""Simple horizontal bars: how many of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from qaf.ui.charts.model import WIDTH, Chart, px

BAR, PITCH, VALUE_ROOM = 18, 54, 90


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``text`` replaces the number where it is worded ("62% (13 of 21)")."""

    label: str
    value: float
    text: str = ""

    @property
    def said(self) -> str:
        return self.text or (f"{self.value:,.1f}" if self.value % 1 else f"{int(self.value):,}")


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    text: str
    width: str
    label_y: str
    bar_y: str
    text_x: str
    text_y: str


def bars(
    *,
    title: str,
    bars: Sequence[Bar],
    unit: str = "",
    description: str = "",
    first_column: str = "What",
    maximum: float | None = None,
    key: str = "",
) -> Chart:
    """Return horizontal bars from zero, in the order given. ``unit`` heads the column of values."""
    longest = max((len(bar.said) for bar in bars), default=0)
    room = WIDTH - max(VALUE_ROOM, longest * 8 + 12)
    top = maximum or max((bar.value for bar in bars), default=0) or 1
    rows = [_row(bar, room * bar.value / top, index * PITCH) for index, bar in enumerate(bars)]
    return Chart(
        kind="bars",
        title=title,
        description=description or "; ".join(f"{bar.label}: {bar.said}" for bar in bars) + ".",
        drawing={"rows": rows, "height": px(len(bars) * PITCH), "bar": BAR},
        head=[first_column, unit.capitalize() or "Number"],
        rows=[[bar.label, bar.said] for bar in bars],
        given_key=key,
    )


def _row(bar: Bar, width: float, y: float) -> _Row:
    return _Row(
        bar.label, bar.said, px(width), px(y + 16), px(y + 23), px(width + 8), px(y + 23 + BAR / 2 + 5)
    )
