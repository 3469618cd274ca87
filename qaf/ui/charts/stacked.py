"""Shares of a whole by group: one bar of 100% each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qaf.ui import words
from qaf.ui.charts.model import CHARACTER, WIDTH, Chart, legend, px
from qaf.ui.charts.palette import Look, looks

BAR, PITCH = 28, 66


@dataclass(frozen=True, slots=True)
class Group:
    """One bar: counts in the order of the series; their sum is its n."""

    label: str
    counts: Sequence[int]
    note: str = ""

    @property
    def n(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class _Segment:
    x: str
    width: str
    middle: str
    text: str
    look: Look
    back_x: str
    back_width: str


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    n: str
    label_y: str
    bar_y: str
    text_y: str
    segments: Sequence[_Segment]


def stacked(
    *,
    title: str,
    series: Sequence[tuple[str, str]],
    groups: Sequence[Group],
    description: str = "",
    muted: Collection[str] = (),
    first_column: str = "Group",
    key: str = "",
) -> Chart:
    """Return stacked 100% bars. ``series`` is (key, label), best first; ``muted`` keys are drawn outside the scale.

    A group whose counts do not match the series raises ``ValueError``.
    """
    for group in groups:
        if len(group.counts) != len(series):
            raise ValueError(f"“{group.label}” has {len(group.counts)} counts for {len(series)} series.")
    look_of = looks([name for name, _ in series], muted)
    entries, top = legend([(label, look_of[name]) for name, label in series])
    rows = [
        _row(group, [look_of[name] for name, _ in series], top + index * PITCH)
        for index, group in enumerate(groups)
    ]
    return Chart(
        kind="stacked",
        title=title,
        description=description or _describe(series, groups),
        drawing={"legend": entries, "rows": rows, "height": px(top + len(groups) * PITCH), "bar": BAR},
        head=[first_column, *(label for _, label in series), "Number counted"],
        rows=[
            [group.label, *(_cell(count, group.n) for count in group.counts), f"{group.n:,}"]
            for group in groups
        ],
        notes=[f"{group.label}: {group.note}" for group in groups if group.note],
        given_key=key,
    )


def _row(group: Group, group_looks: Sequence[Look], y: float) -> _Row:
    segments: list[_Segment] = []
    x = 0.0
    for count, look in zip(group.counts, group_looks, strict=True):
        width = WIDTH * count / group.n if group.n else 0
        if count:
            segments.append(_segment(count, look, x, width))
        x += width
    n = f"n = {group.n:,}" if group.n else "nothing counted"
    return _Row(group.label, n, px(y + 16), px(y + 24), px(y + 24 + BAR / 2 + 5), segments)


def _segment(count: int, look: Look, x: float, width: float) -> _Segment:
    room = len(f"{count:,}") * CHARACTER + 8
    text = f"{count:,}" if width > room else ""
    middle = x + width / 2 - 1
    return _Segment(px(x), px(max(width - 2, 1)), px(middle), text, look, px(middle - room / 2), px(room))


def _cell(count: int, whole: int) -> str:
    if whole < words.TOO_FEW or not count:
        return f"{count:,}"
    return f"{count:,} ({words.percent(count, whole)}%)"


def _describe(series: Sequence[tuple[str, str]], groups: Sequence[Group]) -> str:
    said = []
    for group in groups:
        parts = [f"{label} {count}" for (_, label), count in zip(series, group.counts, strict=True) if count]
        said.append(f"{group.label}: {', '.join(parts) or 'nothing counted'}")
    return "; ".join(said) + "."
