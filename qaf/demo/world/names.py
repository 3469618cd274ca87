"""Invented names: ordinary forenames with surnames taken from trees, birds and weather."""

import random
from functools import cache
from pathlib import Path

import yaml

BANK = Path(__file__).resolve().parent.parent / "data" / "names.yaml"


@cache
def _bank() -> dict[str, tuple[str, ...]]:
    raw = yaml.safe_load(BANK.read_text(encoding="utf-8"))
    return {kind: tuple(names.split()) for kind, names in raw.items()}


class NameBook:
    """Hand out full names, each once; the same generator state gives the same names."""

    def __init__(self, rng: random.Random) -> None:
        """Shuffle the bank with ``rng``: surnames run out before any of them is used twice."""
        self._rng = rng
        self._surnames: list[str] = []
        self._used: set[str] = set()

    def take(self) -> str:
        """Return a full name that this book has not handed out before."""
        if not self._surnames:
            self._surnames = list(_bank()["surnames"])
            self._rng.shuffle(self._surnames)
        surname = self._surnames.pop()
        while True:
            name = f"{self._rng.choice(_bank()['forenames'])} {surname}"
            if name not in self._used:
                self._used.add(name)
                return name

    def initials(self) -> str:
        """Return a child's initials, which may repeat: children carry no names in this product."""
        letters = "ABCDEFGHIJKLMNOPRSTVWYZ"
        return self._rng.choice(letters) + self._rng.choice(letters)
