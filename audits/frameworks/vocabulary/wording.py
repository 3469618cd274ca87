"""Small helpers that turn rules into plain English."""

from collections.abc import Iterable, Sequence
from typing import Protocol


class Names(Protocol):
    """Gives the council's own words for the keys of its framework."""

    def role(self, key: str) -> str: ...
    def party(self, key: str) -> str: ...
    def slot(self, key: str) -> str: ...
    def grade(self, key: str) -> str: ...
    def domain(self, key: str) -> str: ...
    def service(self, key: str) -> str: ...
    def conversation(self, key: str) -> str: ...


_NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def number(value: int) -> str:
    """Small whole numbers as words, others as figures."""
    return _NUMBERS[value] if 0 <= value < len(_NUMBERS) else str(value)


def count(value: int, noun: str, plural: str | None = None) -> str:
    """`1, "week"` gives "one week"; `3, "week"` gives "three weeks"."""
    return f"{number(value)} {noun if value == 1 else plural or noun + 's'}"


def join(words: Iterable[str], last: str = "and") -> str:
    """ "a, b and c"."""
    items: Sequence[str] = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def ordinal(value: int) -> str:
    """1 gives "1st", 22 gives "22nd"."""
    suffix = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"


def sentence(text: str) -> str:
    """Capital first letter and one full stop at the end."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!", ":")) else ".")


def percent(share: float) -> str:
    """0.4 gives "40%", a third gives "a third"."""
    return "a third" if abs(share - 1 / 3) < 0.005 else f"{share:.0%}"
