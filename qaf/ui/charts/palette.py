"""Fills that stay apart in greyscale: light and dark take turns, and the far end is hatched."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

DARK, PALE_TEXT = "#14212b", "#ffffff"


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is filled; ``pattern`` is "" or the name of an overlay drawn above the fill."""

    fill: str
    text: str
    pattern: str = ""


BEST = Look("#0f4c5c", PALE_TEXT)
GOOD = Look("#7fb5bf", DARK)
MIDDLE = Look("#dfe5e7", DARK)
WEAK = Look("#f2c46d", DARK, "dots")
WORST = Look("#8f3a1c", PALE_TEXT, "hatch")
MUTED = Look("#ffffff", DARK, "light-hatch")

_SCALES: dict[int, Sequence[Look]] = {
    1: (BEST,),
    2: (BEST, WORST),
    3: (BEST, WEAK, WORST),
    4: (BEST, GOOD, WEAK, WORST),
    5: (BEST, GOOD, MIDDLE, WEAK, WORST),
}


def looks(keys: Sequence[str], muted: Collection[str] = ()) -> dict[str, Look]:
    """Return a look for each key, best first; the ``muted`` ones ("not applicable") stand outside the scale."""
    graded = [key for key in keys if key not in muted]
    scale = _SCALES.get(len(graded)) or [_SCALES[5][index % 5] for index in range(len(graded))]
    found = dict(zip(graded, scale, strict=True))
    return {key: found.get(key, MUTED) for key in keys}


LINE_COLOURS = ("#0f4c5c", "#8f3a1c", "#4b3f8f", "#3d6b35", "#5a6570")
LINE_DASHES = ("", "9 4", "2 4", "12 4 2 4", "5 3")
MARKERS = ("circle", "square", "triangle", "diamond", "circle")
