"""Invented children and families, as a case system would know them."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from qaf.demo.world.people import Colleague

Value = TypeVar("Value")

# Annex A code, then a weight out of about a hundred.
GENDERS = (("a) Male", 52), ("b) Female", 47), ("d) Neither", 1))
ETHNICITIES = (
    ("a) WBRI", 70), ("d) WOTH", 6), ("c) WIRT", 1), ("e) WROM", 2), ("f) MWBC", 3), ("h) MWAS", 3),
    ("i) MOTH", 3), ("k) APKN", 4), ("j) AIND", 1), ("o) BAFR", 3),
    ("n) BCRB", 1), ("r) OOTH", 2), ("s) NOBT", 1),
)  # fmt: skip
NEEDS = (
    ("N1 - Abuse or neglect", 54), ("N2 - Child’s disability", 10),
    ("N3 - Parental disability or illness", 4), ("N4 - Family in acute stress", 11),
    ("N5 - Family dysfunction", 15), ("N6 - Socially unacceptable behaviour", 4), ("N8 - Absent parenting", 2),
)  # fmt: skip
HARM = (("a) Neglect", 49), ("b) Physical abuse", 9), ("c) Sexual abuse", 4), ("d) Emotional abuse", 38))
FAMILY_SIZES = ((1, 55), (2, 25), (3, 13), (4, 5), (5, 2))

AGES = {
    "early_help": (0, 17),
    "front_door": (-1, 17),
    "open_assessment": (-1, 17),
    "child_in_need": (-1, 17),
    "child_protection": (-1, 16),
    "looked_after": (0, 17),
    "care_leaver": (18, 24),
}

# Months for which an open child has typically held the status when the story begins.
STAY = {
    "early_help": 6,
    "front_door": 0.4,
    "open_assessment": 1.2,
    "child_in_need": 8,
    "child_protection": 7,
    "looked_after": 26,
    "care_leaver": 28,
}


def pick(rng: random.Random, table: tuple[tuple[Value, float], ...]) -> Value:
    """Draw one value from pairs of (value, weight)."""
    return rng.choices([value for value, _ in table], [weight for _, weight in table])[0]


@dataclass
class Family:
    """Children who are looked at together: same family id, usually the same worker."""

    reference: str
    children: list["Child"] = field(default_factory=list)
    restricted: bool = False


@dataclass(eq=False)
class Child:
    """One invented child. ``status`` is one of the seven; ``closed_on`` says when the case closed."""

    reference: str
    initials: str
    family: Family
    born: date
    gender: str
    ethnicity: str
    disabled: bool
    need: str
    status: str
    since: date
    contact_on: date
    opened_on: date
    team: str = ""
    worker: Colleague | None = None
    reviewer: Colleague | None = None
    harm: str = ""
    plan_start: date | None = None
    plan_end: date | None = None
    care_start: date | None = None
    care_end: date | None = None
    closed_on: date | None = None
    closed_from: str = ""
    no_further_action: bool = False

    def age(self, on: date) -> int:
        """Return whole years on a day; -1 for a child not born yet, as Annex A has it."""
        if self.born > on:
            return -1
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    def is_open(self) -> bool:
        """Say whether the case is open now."""
        return self.closed_on is None

    def close(self, day: date) -> None:
        """End the case on ``day``, remembering what it was closed from."""
        self.closed_on = day
        self.closed_from = self.status
        self.plan_end = self.plan_end or (day if self.status == "child_protection" else None)
        self.care_end = self.care_end or (day if self.status == "looked_after" else None)


def birth_date(rng: random.Random, status: str, on: date) -> date:
    """Draw a birth date that suits the status; an unborn child's is the expected one."""
    low, high = AGES[status]
    if low == -1 and rng.random() < 0.025:
        return on + timedelta(days=rng.randrange(10, 150))
    years = rng.triangular(max(low, 0), high + 0.99, 19 if status == "care_leaver" else 14 if low == 0 else 7)
    years = min(years, high + 0.95)
    return on - timedelta(days=int(years * 365.25))


def last_visit(rng: random.Random, child: Child, on: date) -> date:
    """Return when the child was last seen: mostly within the visiting rule, now and then well outside it."""
    usual = {
        "child_protection": 12,
        "looked_after": 30,
        "child_in_need": 21,
        "open_assessment": 12,
        "care_leaver": 45,
    }.get(child.status, 25)
    days = rng.randrange(1, usual + 1) if rng.random() < 0.9 else rng.randrange(usual, usual * 3)
    return max(child.opened_on, on - timedelta(days=days))


def last_supervision(rng: random.Random, on: date) -> date | None:
    """Return the last case supervision: monthly for most, older for some, missing for a few."""
    chance = rng.random()
    if chance < 0.03:
        return None
    days = rng.randrange(3, 32) if chance < 0.82 else rng.randrange(32, 95)
    return on - timedelta(days=days)
