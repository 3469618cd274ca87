"""A figure over months, with the number counted at every point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qaf.ui import words
from qaf.ui.charts.model import WIDTH, Chart, legend, px
from qaf.ui.charts.palette import LINE_COLOURS, LINE_DASHES, MARKERS

PLOT, LEFT, RIGHT = 200, 52, 30


@dataclass(frozen=True, slots=True)
class Point:
    """One month: a share (``part`` of ``whole``) or a ``value`` from ``n``; not ``final`` while it may change."""

    label: str
    part: int | None = None
    whole: int | None = None
    value: float | None = None
    n: int | None = None
    final: bool = True

    @property
    def counted(self) -> int | None:
        return self.whole if self.whole is not None else self.n

    @property
    def height(self) -> float | None:
        """Return what is plotted, or None where nothing was counted."""
        if self.whole is not None:
            return 100 * (self.part or 0) / self.whole if self.whole else None
        return self.value

    @property
    def few(self) -> bool:
        return self.counted is not None and self.counted < words.TOO_FEW

    @property
    def said(self) -> str:
        """Return the whole wording, for the table."""
        if self.whole is not None:
            return words.percent_n(self.part or 0, self.whole)
        return "none" if self.value is None else f"{self.value:,.1f}".removesuffix(".0")

    @property
    def mark(self) -> str:
        """Return the short wording, for the drawing."""
        if self.whole is None or self.few:
            return self.said
        return f"{words.percent(self.part or 0, self.whole)}%"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its points in order of time; every line of a chart has the same months."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class _Look:
    colour: str
    dash: str
    marker: str


@dataclass(frozen=True, slots=True)
class _Dot:
    x: str
    y: str
    shape: str
    hollow: bool
    text: str
    text_y: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    x1: str
    y1: str
    x2: str
    y2: str
    dash: str


@dataclass(frozen=True, slots=True)
class _Count:
    x: str
    y: str
    text: str
    anchor: str = "middle"


def trend(
    *,
    title: str,
    points: Sequence[Point] | None = None,
    lines: Sequence[Line] | None = None,
    unit: str = "percent",
    description: str = "",
    maximum: float | None = None,
    first_column: str = "Month",
    notes: Sequence[str] = (),
    key: str = "",
) -> Chart:
    """Return a line over time. Give ``points`` for one line or ``lines`` for several with the same months.

    Fewer than five counted: hollow, worded and not joined. Not yet final: the stretch that leads there is dashed,
    the month marked. ``notes`` are what else a reader must know.
    """
    drawn = list(lines) if lines is not None else [Line("", points or [])]
    months = [point.label for point in drawn[0].points] if drawn else []
    if any([point.label for point in line.points] != months for line in drawn):
        raise ValueError("Every line of a trend needs the same months in the same order.")
    ceiling = _ceiling(drawn, unit, maximum)
    return Chart(
        kind="trend",
        title=title,
        description=description or _describe(drawn),
        drawing=_drawing(drawn, months, ceiling, unit),
        head=_head(drawn, first_column),
        rows=[_table_row(drawn, index, month) for index, month in enumerate(months)],
        notes=[*_notes(drawn), *notes],
        given_key=key,
    )


def _ceiling(lines: Sequence[Line], unit: str, maximum: float | None) -> float:
    if unit == "percent":
        return 100.0
    highest = max((point.height or 0 for line in lines for point in line.points), default=0)
    step = next(size for size in (1, 2, 4, 8, 20, 40, 100, 200, 400, 1000, 10**6) if highest <= size * 4)
    return maximum or float(step * 4)


def _drawing(lines: Sequence[Line], months: Sequence[str], ceiling: float, unit: str) -> dict[str, object]:
    styles = [
        _Look(LINE_COLOURS[i % 5], LINE_DASHES[i % 5] if len(lines) > 1 else "", MARKERS[i % 5])
        for i in range(len(lines))
    ]
    entries, top = (
        legend([(line.label, look) for line, look in zip(lines, styles, strict=True)])
        if len(lines) > 1
        else ([], 24.0)
    )
    # Lines that run beside each other would write over each other: their table has the words.
    apart = all(sum(line.points[i].height is not None for line in lines) < 2 for i in range(len(months)))
    if apart and len(lines) > 1:
        top += 16
    step = (WIDTH - LEFT - RIGHT) / max(len(months), 1)

    def at_x(index: int) -> float:
        return LEFT + step * (index + 0.5)

    def at_y(value: float) -> float:
        return top + PLOT * (1 - min(value, ceiling) / ceiling)

    foot = top + PLOT
    suffix = "%" if unit == "percent" else ""
    counts, height = _counts(lines, at_x, foot + 72)
    return {
        "legend": entries,
        "grid": [{"y": px(at_y(ceiling * q / 4)), "text": f"{ceiling * q / 4:g}{suffix}"} for q in range(5)],
        "left": px(LEFT),
        "right": px(WIDTH - RIGHT),
        "foot": px(foot),
        "months": [_month(label, at_x(i), foot, lines, i) for i, label in enumerate(months)],
        "lines": [
            {
                "look": look,
                "stretches": [*_stretches(line, look, at_x, at_y)],
                "dots": [*_dots(line, look, at_x, at_y, written=apart)],
            }
            for line, look in zip(lines, styles, strict=True)
        ],
        "counts": counts,
        "height": px(height),
    }


Place = Callable[[int], float]
Scale = Callable[[float], float]


def _month(label: str, x: float, foot: float, lines: Sequence[Line], index: int) -> dict[str, str]:
    first, _, second = label.partition(" ")
    open_month = any(not line.points[index].final for line in lines)
    return {
        "x": px(x),
        "first": first,
        "second": second,
        "first_y": px(foot + 20),
        "second_y": px(foot + 36),
        "mark": "not final" if open_month else "",
        "mark_y": px(foot + 52),
    }


def _stretches(line: Line, look: _Look, at_x: Place, at_y: Scale) -> list[_Stretch]:
    found = []
    for index, (one, two) in enumerate(zip(line.points, line.points[1:], strict=False)):
        # A line through single cases would read as a rate that rose or fell.
        if one.height is None or two.height is None or one.few or two.few:
            continue
        dash = look.dash if one.final and two.final else "3 5"
        start, end = (px(at_x(index)), px(at_y(one.height))), (px(at_x(index + 1)), px(at_y(two.height)))
        found.append(_Stretch(*start, *end, dash))
    return found


def _dots(line: Line, look: _Look, at_x: Place, at_y: Scale, *, written: bool) -> list[_Dot]:
    found = []
    for index, point in enumerate(line.points):
        if point.height is None:
            continue
        x, y = at_x(index), at_y(point.height)
        text = point.mark if written else ""
        found.append(_Dot(px(x), px(y), _shape(look.marker, x, y), point.few, text, px(y - 12)))
    return found


def _shape(marker: str, x: float, y: float) -> str:
    corners = {
        "square": [(-5, -5), (5, -5), (5, 5), (-5, 5)],
        "triangle": [(0, -7), (7, 5), (-7, 5)],
        "diamond": [(0, -7), (7, 0), (0, 7), (-7, 0)],
    }.get(marker)
    return " ".join(f"{px(x + dx)},{px(y + dy)}" for dx, dy in corners) if corners else ""


def _counts(lines: Sequence[Line], at_x: Place, y: float) -> tuple[list[_Count], float]:
    """Write the numbers counted below the months: one row for each line."""
    found: list[_Count] = []
    for line in lines:
        if all(point.counted is None for point in line.points):
            continue
        if line.label:
            found.append(_Count("0", px(y), f"{line.label}, n", "start"))
            y += 18
        else:
            found.append(_Count("0", px(y), "n", "start"))
        found += [
            _Count(px(at_x(i)), px(y), f"{point.counted:,}")
            for i, point in enumerate(line.points)
            if point.counted is not None
        ]
        y += 24
    return found, y - 8


def _head(lines: Sequence[Line], first_column: str) -> list[str]:
    if len(lines) == 1:
        return [first_column, lines[0].label or "Figure", "Number counted"]
    return [first_column, *(part for line in lines for part in (line.label, f"{line.label}: number counted"))]


def _table_row(lines: Sequence[Line], index: int, month: str) -> list[str]:
    points = [line.points[index] for line in lines]
    heading = month if all(point.final for point in points) else f"{month} (not yet final)"
    return [
        heading,
        *(
            text
            for point in points
            for text in (point.said, "" if point.counted is None else f"{point.counted:,}")
        ),
    ]


def _notes(lines: Sequence[Line]) -> list[str]:
    notes = []
    every = [point for line in lines for point in line.points]
    if any(point.few and point.height is not None for point in every):
        notes.append("A hollow point counts fewer than five: read it as single cases, not as a rate.")
    if any(not point.final for point in every):
        notes.append("A dashed stretch leads to a month that is not yet final.")
    return notes


def _describe(lines: Sequence[Line]) -> str:
    said = []
    for line in lines:
        points = [f"{point.label} {point.said}" for point in line.points if point.height is not None]
        said.append((f"{line.label}: " if line.label else "") + (", ".join(points) or "nothing counted"))
    return "; ".join(said) + "."
