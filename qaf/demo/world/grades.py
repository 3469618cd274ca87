"""How the demonstration's auditors grade: believable, seeded, and only a model.

Every team has a quality that rises a little each month. An auditor sees it with some noise, a lead auditor
somewhat more kindly than a peer. Ranks run from 1 (the lowest grade) to 4 (the highest).
"""

import random
from dataclasses import dataclass, field
from statistics import fmean, median

LEAD_IS_KINDER = 0.3
IMPROVES_BY = 0.035
SEES_WITHIN = 0.16
GOES_BADLY = 0.07
LOWEST, HIGHEST = 1, 4

# How the domains differ from a team's usual standard; a domain not named here lies at the usual.
DOMAINS = {
    "voice_of_child": 0.22,
    "assessments": 0.05,
    "quality_of_plans": -0.15,
    "management_oversight": -0.32,
    "partnership_working": 0.12,
    "embracing_diversity": -0.1,
}
KEYS = {1: "inadequate", 2: "requires_improvement", 3: "good", 4: "outstanding"}


@dataclass
class Opinion:
    """One auditor's ranks by domain (None: not applicable) and the overall rank."""

    domains: dict[str, int | None]
    overall: int

    def differs_from(self, other: "Opinion") -> list[str]:
        """Return the domains on which two opinions differ, ``overall`` last."""
        keys = [key for key, rank in self.domains.items() if rank != other.domains[key]]
        return [*keys, "overall"] if self.overall != other.overall else keys


@dataclass(frozen=True)
class Change:
    """A grade that one side changed after the reveal."""

    side: str
    key: str
    rank: int


@dataclass
class Verdict:
    """Both auditors' first opinions and what they submit after talking."""

    lead: Opinion
    peer: Opinion
    changes: list[Change] = field(default_factory=list)
    lead_submits: Opinion = field(init=False)
    peer_submits: Opinion = field(init=False)

    def __post_init__(self) -> None:
        """Apply the changes to copies of the first opinions."""
        self.lead_submits = Opinion(dict(self.lead.domains), self.lead.overall)
        self.peer_submits = Opinion(dict(self.peer.domains), self.peer.overall)
        for change in self.changes:
            opinion = self.lead_submits if change.side == "lead" else self.peer_submits
            if change.key == "overall":
                opinion.overall = change.rank
            else:
                opinion.domains[change.key] = change.rank


def _rank(value: float) -> int:
    return min(HIGHEST, max(LOWEST, round(value)))


class Practice:
    """The quality of a council's teams over time, and how auditors see it."""

    def __init__(self, seed: str, teams: list[str]) -> None:
        """Draw a starting quality for each team."""
        rng = random.Random(f"practice:{seed}")
        self._seed = seed
        self._quality = {team: min(3.1, max(1.95, rng.gauss(2.5, 0.28))) for team in teams}

    def quality(self, team: str, month: int) -> float:
        """Return a team's latent quality in a month, counted from the first."""
        return self._quality[team] + IMPROVES_BY * month

    def judge(self, case: str, team: str, month: int, domains: list[str], *, brief: bool = False) -> Verdict:
        """Return both auditors' opinions of a case; ``brief`` involvement leaves some domains not applicable."""
        rng = random.Random(f"{self._seed}:{case}:{month}")
        level = self.quality(team, month) + rng.gauss(0, 0.38)
        if rng.random() < GOES_BADLY:
            level -= 1.1
        truth = {key: level + DOMAINS.get(key, 0.0) + rng.gauss(0, 0.24) for key in domains}
        absent = {key for key in domains if rng.random() < _not_applicable(key, brief=brief)}
        lead = _opinion(rng, truth, absent, LEAD_IS_KINDER)
        peer = _opinion(rng, truth, absent, 0.0)
        return Verdict(lead, peer, _talk(rng, lead, peer))


def _not_applicable(key: str, *, brief: bool) -> float:
    if key == "quality_of_plans":
        return 0.45 if brief else 0.0
    return 0.06 if key in ("partnership_working", "embracing_diversity") and brief else 0.01


def _opinion(rng: random.Random, truth: dict[str, float], absent: set[str], kindness: float) -> Opinion:
    mood = kindness + rng.gauss(0, 0.08)
    ranks = {
        key: None if key in absent else _rank(value + mood + rng.gauss(0, SEES_WITHIN))
        for key, value in truth.items()
    }
    given = [rank for rank in ranks.values() if rank is not None]
    overall = _rank(fmean(given) + rng.gauss(0, 0.12)) if given else _rank(fmean(truth.values()))
    if given and min(given) == LOWEST and overall > median(given):
        overall -= 1
    return Opinion(ranks, overall)


def _talk(rng: random.Random, lead: Opinion, peer: Opinion) -> list[Change]:
    """Return the changes made after the discussion: most often the kinder side moves, often nobody does."""
    changes = []
    for key in lead.differs_from(peer):
        theirs = peer.overall if key == "overall" else peer.domains[key]
        ours = lead.overall if key == "overall" else lead.domains[key]
        if ours is None or theirs is None:
            continue
        chance = rng.random()
        if chance < 0.42:
            changes.append(Change("lead", key, theirs))
        elif chance < 0.58:
            changes.append(Change("peer", key, ours))
    return changes
