"""The draw by quota: so many cases for each holder of a role. Pure, like the draw by service.

Holders with the fewest cases to choose from come first, ties are settled by hash; each gets the first case of their
scope, in the order that the seed and their own number give, which nobody has and which they may audit. The same
population, quotas and seed give the same list on any machine and in any order of input.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from audits.services.sampling import Candidate, Draw, Pick, Rule, account_by_service, chance, population_hash

METHOD = "quota-by-hash-1"
_WEIGHT_PLACES = Decimal("0.000001")
_EVERYTHING = Rule(sizes={}, whole=True)

AUDITS, CHOOSES, MODERATES, AWAY = "audits", "chooses", "moderates", "away"
"""What a holder's share of the month is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose cases somebody may be given: of these teams or services, or outside these services; empty: any."""

    teams: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()

    def holds(self, one: Candidate) -> bool:
        """Say whether the case lies in the scope."""
        if self.teams or self.services:
            return one.team in self.teams or one.service in self.services
        return one.service not in self.outside


@dataclass(frozen=True, slots=True)
class Share:
    """One audit that one holder of a role owes this month, or what they do instead."""

    person: int
    name: str
    role: str
    number: int
    method: str
    scope: Scope
    statuses: tuple[str, ...] = ()
    """The kinds of case in the order in which they are tried; empty: any."""
    spread_over_workers: bool = False
    outcome: str = AUDITS
    problem: str = ""

    @property
    def key(self) -> str:
        """Tells it from every other share of the month."""
        return f"{self.role} {self.person} {self.number}"


@dataclass(frozen=True)
class Quotas:
    """Everybody's shares of a month."""

    shares: tuple[Share, ...]
    may_audit: Callable[[int, Candidate], bool] = field(compare=False)
    """Whether the framework lets this person audit this case."""

    @property
    def asked(self) -> int:
        """Audits that the framework asks for in all."""
        return sum(one.outcome in (AUDITS, CHOOSES) for one in self.shares)

    @cached_property
    def drawn_shares(self) -> tuple[Share, ...]:
        """The shares for which chance draws."""
        return tuple(one for one in self.shares if one.outcome == AUDITS)


@dataclass(frozen=True)
class QuotaDraw(Draw):
    """The draw with everybody's shares as they came out."""

    shares: tuple[Share, ...] = ()


def turn(
    statuses: Sequence[str], month_number: int, person: int, audits: int, number: int
) -> tuple[str, ...]:
    """Return the kinds of case in the order in which this holder is due for them.

    ``month_number`` counts months, so over as many months as there are kinds each comes round; people begin at
    different kinds, so a month has all of them (SLO-110).
    """
    if not statuses:
        return ()
    first = (month_number * audits + number - 1 + person) % len(statuses)
    return (*statuses[first:], *statuses[:first])


def draw_quotas(
    candidates: Sequence[Candidate],
    quotas: Quotas,
    seed: str,
    settled: Mapping[str, str] | None = None,
) -> QuotaDraw:
    """Draw for every share that chance decides.

    ``settled`` are local ids by the key of the share for which somebody has settled on them. One that cannot be
    audited any more, or not by that person, gives way to the next by lot.
    """
    free = [one for one in candidates if not one.excluded]
    chosen = _still_possible(settled or {}, free, quotas)
    pools = {share.key: [one for one in free if share.scope.holds(one)] for share in quotas.drawn_shares}
    hopes = _chances(quotas.drawn_shares, pools)
    in_order = sorted(quotas.drawn_shares, key=lambda share: (len(pools[share.key]), chance(seed, share.key)))
    taken: dict[str, Share] = {}
    workers: dict[int, set[int]] = {}
    picks: list[Pick] = []
    problems: dict[str, str] = {}
    kept = {one.local_id for one in chosen.values()}
    for share in in_order:
        known = workers.setdefault(share.person, set())
        found = chosen.get(share.key) or first_for(
            share, pools[share.key], quotas, seed, taken=kept.union(taken), workers=known
        )
        if found is None:
            problems[share.key] = _why_nothing(share, pools[share.key], taken)
            continue
        taken[found.local_id] = share
        if found.worker:
            known.add(found.worker)
        weight = (1 / min(Decimal(1), hopes[found.local_id])).quantize(_WEIGHT_PLACES)
        picks.append(Pick(found, _stratum(found), weight, 0, auditor=share.person, share=share.key))
    picks.sort(key=lambda pick: (pick.stratum, chance(seed, pick.candidate.local_id)))
    numbered = tuple(replace(pick, position=position) for position, pick in enumerate(picks, start=1))
    shares = tuple(replace(one, problem=problems.get(one.key, one.problem)) for one in quotas.shares)
    return QuotaDraw(
        picks=numbered,
        services=account_by_service(candidates, numbered, _EVERYTHING),
        population_hash=population_hash(candidates),
        seed=seed,
        asked=quotas.asked,
        method=METHOD,
        shares=shares,
    )


def _still_possible(
    settled: Mapping[str, str], free: Sequence[Candidate], quotas: Quotas
) -> dict[str, Candidate]:
    by_id = {one.local_id: one for one in free}
    return {
        key: by_id[local_id]
        for key, local_id in settled.items()
        if local_id in by_id and quotas.may_audit(int(key.split()[1]), by_id[local_id])
    }


def first_for(
    share: Share,
    pool: Iterable[Candidate],
    quotas: Quotas,
    seed: str,
    *,
    taken: Iterable[str] = (),
    workers: Iterable[int] = (),
) -> Candidate | None:
    """Return the case that comes first for a share by lot, of those nobody has; ``None`` where there is none.

    Where the quota is to be spread, another worker's case comes before one of a worker whom the holder audits
    already; then the kind whose turn it is comes before the others. Both give way before the share stays empty.
    """
    gone, known = set(taken), set(workers)
    rank = {status: place for place, status in enumerate(share.statuses)}

    def order(one: Candidate) -> tuple[bool, int, str]:
        again = share.spread_over_workers and one.worker in known
        return again, rank.get(one.status, len(rank)), chance(seed, f"{share.key} {one.local_id}")

    wanted = (one for one in pool if not one.excluded and one.local_id not in gone and share.scope.holds(one))
    if share.statuses:
        wanted = (one for one in wanted if one.status in rank)
    return next((one for one in sorted(wanted, key=order) if quotas.may_audit(share.person, one)), None)


def _chances(shares: Iterable[Share], pools: Mapping[str, Sequence[Candidate]]) -> dict[str, Decimal]:
    """Return about how likely each case is to be drawn: one in so many, for everybody who could be given it."""
    hopes: dict[str, Decimal] = {}
    for share in shares:
        wanted = pools[share.key]
        if share.statuses:
            present = {one.status for one in wanted}
            kind = next((status for status in share.statuses if status in present), "")
            wanted = [one for one in wanted if one.status == kind]
        for one in wanted:
            hopes[one.local_id] = hopes.get(one.local_id, Decimal(0)) + Decimal(1) / len(wanted)
    return _Chances(hopes)


class _Chances(dict[str, Decimal]):
    """A case that is taken although its kind was not due was as likely as anything: it stands for itself."""

    def __missing__(self, key: str) -> Decimal:
        return Decimal(1)


def _why_nothing(share: Share, pool: Sequence[Candidate], taken: Mapping[str, Share]) -> str:
    if not pool:
        return f"No case in {share.name}’s scope can be drawn this month."
    left = [one for one in pool if one.local_id not in taken]
    if not left:
        return f"Every case in {share.name}’s scope was drawn for somebody else."
    if share.statuses and not any(one.status in share.statuses for one in left):
        return f"No case of a kind that takes part is left in {share.name}’s scope."
    return f"{share.name} may not audit any of the {len(left)} cases left in their scope: they stand too close to them."


def _stratum(one: Candidate) -> str:
    return f"{one.service} / {one.status}"
