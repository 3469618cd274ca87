"""The month's draw: pure, so that the same population, rule and seed give the same list on any machine (HER-14).

Chance comes from SHA-256 of the seed and the child's local id, never from the order of rows or a random generator.
Within a service every eligible case has the same chance: the cases lie in a row, stratum by stratum and by hash
inside a stratum, and the draw walks along it in even steps from a start that the seed gives. The mix of the strata
is thereby that of the service. Only the caps move a pick, to the next of its stratum.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

METHOD = "systematic-by-hash-1"
WHOLE = ""
"""The group of a draw that does not count by service."""
_WEIGHT_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One child's record as the draw sees it; people and family are only told apart, never looked into.

    ``excluded`` holds why it is left out: empty means that it may be drawn.
    """

    case_id: int
    local_id: str
    service: str
    status: str
    team: str = ""
    worker: int | None = None
    lead: int | None = None
    family: str = ""
    excluded: tuple[str, ...] = ()
    locality: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most cases that one lead auditor, one worker and one family are drawn with; ``None`` is no limit."""

    per_lead: int | None = None
    per_worker: int | None = None
    per_family: int | None = None


@dataclass(frozen=True)
class Rule:
    """How many of each group, spread over which strata, under which caps.

    A group is a service; with ``whole`` everybody is one group, whose size stands under ``WHOLE``.
    """

    sizes: Mapping[str, int]
    stratify_by: tuple[str, ...] = ("service", "status")
    limits: Limits = Limits()
    whole: bool = False

    def group(self, candidate: Candidate) -> str:
        """Return the group that a case is drawn in."""
        return WHOLE if self.whole else candidate.service

    @property
    def asked(self) -> int:
        """Cases asked for in all."""
        return sum(self.sizes.values())


@dataclass(frozen=True, slots=True)
class Pick:
    """A drawn case. ``weight`` is one over its chance: eligible cases over drawn ones of its group.

    ``auditor`` is the person for whose quota it was drawn, where it was for somebody's.
    """

    candidate: Candidate
    stratum: str
    weight: Decimal
    position: int
    moved_by_cap: bool = False
    auditor: int | None = None
    share: str = ""
    """Key of the share of that quota."""


@dataclass(frozen=True)
class ServiceCount:
    """What the draw found and took in one service."""

    service: str
    population: int
    excluded: int
    eligible: int
    asked: int
    drawn: int
    moved_by_caps: int = 0
    strata: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Stratum to eligible and drawn."""

    @property
    def missing(self) -> int:
        """How many fewer than asked were drawn."""
        return self.asked - self.drawn


@dataclass(frozen=True)
class Draw:
    """The outcome: the picks in order, and the account by service."""

    picks: tuple[Pick, ...]
    services: tuple[ServiceCount, ...]
    population_hash: str
    seed: str
    asked: int = 0
    """Cases asked for in all."""
    method: str = METHOD

    @cached_property
    def undrawn_services(self) -> tuple[str, ...]:
        """Services without a single drawn case (HER-03)."""
        return tuple(one.service for one in self.services if not one.drawn)


def chance(seed: str, text: str) -> str:
    """Return the hexadecimal digest that orders ``text`` under ``seed``; sorting by it is drawing lots."""
    return sha256(f"{seed}|{text}".encode()).hexdigest()


def fraction(seed: str, text: str) -> float:
    """Return a number from 0 up to (never reaching) 1 that the seed gives for ``text``."""
    return int(chance(seed, text)[:13], 16) / 16**13


def population_hash(candidates: Iterable[Candidate]) -> str:
    """Return the digest of everything about the population that the draw depends on, in any input order."""
    lines = sorted(
        "|".join(
            (
                one.local_id,
                one.service,
                one.status,
                one.team,
                str(one.worker or ""),
                str(one.lead or ""),
                one.family,
                ";".join(sorted(one.excluded)),
                # A list that knows no locality keeps the fingerprint it always had.
                *filter(None, (one.locality,)),
            )
        )
        for one in candidates
    )
    return sha256("\n".join(lines).encode()).hexdigest()


def stratum_of(candidate: Candidate, rule: Rule) -> str:
    """Return the stratum's name, such as ``safeguarding / child_protection``."""
    return " / ".join(str(getattr(candidate, name)) for name in rule.stratify_by)


class _Counts:
    """How often each lead, worker and family has been taken."""

    def __init__(self, limits: Limits, taken: Iterable[Candidate] = ()) -> None:
        self._limits = {"lead": limits.per_lead, "worker": limits.per_worker, "family": limits.per_family}
        self._counts: dict[str, Counter[object]] = {name: Counter() for name in self._limits}
        for one in taken:
            self.add(one)

    def allow(self, one: Candidate) -> bool:
        return all(
            limit is None or not getattr(one, name) or self._counts[name][getattr(one, name)] < limit
            for name, limit in self._limits.items()
        )

    def add(self, one: Candidate) -> None:
        for name, counts in self._counts.items():
            if key := getattr(one, name):
                counts[key] += 1


def draw(candidates: Sequence[Candidate], rule: Rule, seed: str) -> Draw:
    """Draw the month's cases. Raises ``ValueError`` where a local id stands twice."""
    ids = Counter(one.local_id for one in candidates)
    if doubled := [local_id for local_id, count in ids.items() if count > 1]:
        raise ValueError(f"{len(doubled)} local ids stand more than once in the population")
    counts = _Counts(rule.limits)
    groups: dict[str, list[Candidate]] = {group: [] for group in rule.sizes}
    for one in candidates:
        groups.setdefault(rule.group(one), []).append(one)
    picks: list[Pick] = []
    accounts: dict[str, ServiceCount] = {}
    # Whichever group comes first meets the fewest caps: chance decides that too.
    for group in sorted(rule.sizes, key=lambda key: chance(seed, f"service {key}")):
        drawn, accounts[group] = _draw_group(group, groups[group], rule, seed, counts)
        picks.extend(drawn)
    in_order = sorted(picks, key=lambda pick: (pick.stratum, chance(seed, pick.candidate.local_id)))
    numbered = tuple(
        Pick(pick.candidate, pick.stratum, pick.weight, position, pick.moved_by_cap)
        for position, pick in enumerate(in_order, start=1)
    )
    services = (
        account_by_service(candidates, numbered, rule)
        if rule.whole
        else tuple(accounts[service] for service in rule.sizes)
    )
    return Draw(numbered, services, population_hash(candidates), seed, rule.asked)


def account_by_service(
    candidates: Sequence[Candidate], picks: Sequence[Pick], rule: Rule
) -> tuple[ServiceCount, ...]:
    """Return what each service gave to a draw that asks no number of any of them."""
    found = []
    for service in sorted({one.service for one in candidates} - {""}):
        mine = [one for one in candidates if one.service == service]
        taken = [pick for pick in picks if pick.candidate.service == service]
        eligible = Counter(stratum_of(one, rule) for one in mine if not one.excluded)
        drawn = Counter(pick.stratum for pick in taken)
        found.append(
            ServiceCount(
                service=service,
                population=len(mine),
                excluded=len(mine) - eligible.total(),
                eligible=eligible.total(),
                asked=len(taken),
                drawn=len(taken),
                moved_by_caps=sum(pick.moved_by_cap for pick in taken),
                strata={stratum: (count, drawn[stratum]) for stratum, count in sorted(eligible.items())},
            )
        )
    return tuple(found)


def _draw_group(
    service: str, everyone: Sequence[Candidate], rule: Rule, seed: str, counts: _Counts
) -> tuple[list[Pick], ServiceCount]:
    row = _in_row((one for one in everyone if not one.excluded), rule, seed)
    asked = min(rule.sizes[service], len(row))
    start = fraction(seed, f"start {service}")
    taken: dict[str, bool] = {}
    chosen: list[Candidate] = []
    for step in range(asked):
        wanted = min(int((step + start) * len(row) / asked), len(row) - 1)
        found = next(
            (one for one in _from(row, wanted, rule) if one.local_id not in taken and counts.allow(one)), None
        )
        if found is None:
            continue
        taken[found.local_id] = found is not row[wanted]
        counts.add(found)
        chosen.append(found)
    weight = (Decimal(len(row)) / len(chosen)).quantize(_WEIGHT_PLACES) if chosen else Decimal(0)
    picks = [Pick(one, stratum_of(one, rule), weight, 0, taken[one.local_id]) for one in chosen]
    eligible, drawn = Counter(stratum_of(one, rule) for one in row), Counter(pick.stratum for pick in picks)
    account = ServiceCount(
        service=service,
        population=len(everyone),
        excluded=len(everyone) - len(row),
        eligible=len(row),
        asked=rule.sizes[service],
        drawn=len(picks),
        moved_by_caps=sum(pick.moved_by_cap for pick in picks),
        strata={stratum: (count, drawn[stratum]) for stratum, count in sorted(eligible.items())},
    )
    return picks, account


def _in_row(candidates: Iterable[Candidate], rule: Rule, seed: str) -> list[Candidate]:
    return sorted(candidates, key=lambda one: (stratum_of(one, rule), chance(seed, one.local_id)))


def _from(row: Sequence[Candidate], index: int, rule: Rule) -> Iterable[Candidate]:
    """The pick itself, then the rest of its stratum going round, then the rest of the service."""
    stratum = stratum_of(row[index], rule)
    rest = [*row[index:], *row[:index]]
    yield from (one for one in rest if stratum_of(one, rule) == stratum)
    yield from (one for one in rest if stratum_of(one, rule) != stratum)


def replacement(
    candidates: Sequence[Candidate], rule: Rule, seed: str, *, replaced: Candidate, stay: Sequence[Candidate]
) -> Candidate | None:
    """Return who comes instead of ``replaced``: the next by hash in its stratum, else in its group.

    ``stay`` are the cases still in the sample (their caps count); ``None`` when nobody is left. The caller leaves
    everyone who was drawn before out of ``candidates``, or marks them excluded.
    """
    counts = _Counts(rule.limits, stay)
    kept = {one.local_id for one in stay} | {replaced.local_id}
    group = rule.group(replaced)
    free = [one for one in candidates if not one.excluded and rule.group(one) == group]
    row = _in_row((one for one in free if one.local_id not in kept and counts.allow(one)), rule, seed)
    if not row:
        return None
    stratum = stratum_of(replaced, rule)
    same = [one for one in row if stratum_of(one, rule) == stratum]
    after = [one for one in same if chance(seed, one.local_id) > chance(seed, replaced.local_id)]
    return next(iter([*after, *same, *row]), None)
