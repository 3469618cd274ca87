"""Compose what auditors, workers and families write, from the banks in ``words/``, so that no two read the same."""

import random
import re
from binascii import crc32
from calendar import month_name
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

BANKS = Path(__file__).resolve().parent.parent / "words"
TOPICS = Path(__file__).resolve().parent.parent / "data" / "topics.yaml"
SLOT = re.compile(r"\{(\w+?)(?:_c)?\}")

# Slots that stay the same through one audit, so that its parts are about one family.
HELD = (
    "worker", "plan", "assessment", "meeting", "reviewer", "threshold", "child", "setting", "relative", "absent",
    "risk", "identity", "need", "language",
)  # fmt: skip
TRIES = 12

# What an auditor who gives this grade writes: (bank, how many sentences) for strengths, then for development.
SHAPE = {
    "outstanding": ((("strong", 3),), (("minor", 1),)),
    "good": ((("strong", 2),), (("minor", 1),)),
    "requires_improvement": ((("modest", 1), ("strong", 1)), (("areas", 2),)),
    "inadequate": ((("modest", 1),), (("serious", 1), ("areas", 2))),
}


@cache
def bank(name: str) -> dict[str, tuple[str, ...]]:
    """Return a bank's rules by name, such as ``bank("family")["child_helped"]``."""
    raw = yaml.safe_load((BANKS / f"{name}.yaml").read_text(encoding="utf-8"))
    return {rule: tuple(sentences) for rule, sentences in raw.items()}


@cache
def _settings() -> dict[str, dict]:
    return yaml.safe_load((BANKS / "settings.yaml").read_text(encoding="utf-8"))


@cache
def _topics() -> dict[str, list[str]]:
    return yaml.safe_load(TOPICS.read_text(encoding="utf-8"))


@cache
def topic_of(title: str) -> str:
    """Return the bank that suits a domain by the words of its title; some bank, always the same, where none does."""
    words = re.findall(r"[a-z]+", title.lower())
    counts = {
        topic: sum(word.startswith(tuple(stems)) for word in words) for topic, stems in _topics().items()
    }
    best = max(counts, key=lambda topic: counts[topic])
    return best if counts[best] else list(counts)[crc32(title.encode()) % len(counts)]


@dataclass(frozen=True)
class Note:
    """What an auditor writes about one domain."""

    strengths: str
    development: str
    evidence: str


def age_group(age: int) -> str:
    """Return the words' age band for an age in years (unborn children count as infants)."""
    for limit, group in ((3, "infant"), (12, "child"), (18, "teenager")):
        if age < limit:
            return group
    return "adult"


def look_back(month: int) -> list[str]:
    """Return the names of the six calendar months before ``month``, oldest first."""
    return [month_name[(month - back - 1) % 12 + 1] for back in range(6, 0, -1)]


class Writer:
    """One author's hand: fills slots for one case, and avoids a sentence that any author has used before."""

    def __init__(
        self, rng: random.Random, status: str, age: int, *, month: int = 12, used: set[str] | None = None
    ) -> None:
        """Hold the facts of one case, looked at in a calendar ``month``; writers share ``used`` sentences."""
        self._rng = rng
        settings = _settings()
        by_case = {**settings["by_status"][status], **settings["by_age"][age_group(age)]}
        self._slots = {**settings["always"], **by_case, "month": look_back(month)}
        self._held = {slot: rng.choice(self._slots[slot]) for slot in HELD}
        self._used = used if used is not None else set()

    def colleague(self, rng: random.Random) -> "Writer":
        """Return another author who writes about the same case."""
        other = object.__new__(Writer)
        other._rng, other._slots, other._held, other._used = rng, self._slots, self._held, self._used
        return other

    def say(self, name: str, rule: str, count: int = 1, **facts: str) -> str:
        """Return ``count`` different sentences of a rule, each filled and, where the bank allows, not used before."""
        pool = list(bank(name)[rule])
        self._rng.shuffle(pool)
        said = []
        for _ in range(count):
            template, text = self._fresh(pool, facts)
            said.append(text)
            if len(pool) > 1:
                pool.remove(template)
        return " ".join(said)

    def note(self, domain: str, grade: str) -> Note:
        """Return the words that go with a grade in a domain; unknown domains borrow from the general banks."""
        name = domain if (BANKS / f"{domain}.yaml").exists() else "assessments"
        strengths, development = SHAPE[grade]
        return Note(
            strengths=" ".join(self.say(name, rule, count) for rule, count in strengths),
            development=" ".join(self.say(name, rule, count) for rule, count in development),
            evidence=self.evidence(),
        )

    def evidence(self) -> str:
        """Return where the evidence was found: two or three records with a month each."""
        records = self._rng.sample(self._slots["record"], k=self._rng.choice((2, 2, 3)))
        months = self._rng.sample(self._slots["month"], k=len(records))
        places = [f"{record} ({month})" for record, month in zip(records, months, strict=True)]
        text = ", ".join(places[:-1]) + f" and {places[-1]}."
        text = text[0].upper() + text[1:]
        return f"{text} {self.say('overall', 'extra_evidence')}" if self._rng.random() < 0.4 else text

    def action(self, domain: str) -> str:
        """Return an action that answers a weakness in a domain."""
        return self.say("actions", domain if domain in bank("actions") else "other")

    def slot(self, name: str) -> str:
        """Return the value that a held slot has in this case."""
        return self._held[name]

    def _fresh(self, pool: list[str], facts: dict[str, str]) -> tuple[str, str]:
        """Return a sentence of the bank and its text."""
        template = text = ""
        for attempt in range(TRIES):
            template = pool[attempt % len(pool)]
            text = self._fill(template, facts)
            if text not in self._used:
                break
        self._used.add(text)
        return template, text

    def _fill(self, template: str, facts: dict[str, str]) -> str:
        def value(match: re.Match) -> str:
            slot = match.group(1)
            key = slot[0].lower() + slot[1:]
            text = facts.get(key) or self._held.get(key) or self._rng.choice(self._slots[key])
            return text[0].upper() + text[1:] if slot[0].isupper() else text

        return SLOT.sub(value, template)


def tags_for(writer: Writer, domain: str) -> list[str]:
    """Return the issue tags that go with the case's risk and the domain, as the demonstration's tool has them."""
    by_domain = {
        "management_oversight": ["supervision"],
        "assessments": ["chronology"],
        "quality_of_plans": ["step_down"],
    }
    found = [*_settings()["tags"].get(writer.slot("risk"), []), *by_domain.get(domain, [])]
    return list(dict.fromkeys(found))
