"""Who audits which case: pure, deterministic, and honest about what cannot be filled.

A place is filled by the person whom the case names (the lead) or from a pool of roles (the peer). Inside a pool the
work is shared so that no chain of swaps could even it out further: loads differ by at most one where eligibility
allows (HER-18).
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from audits.frameworks.enums import Relation
from audits.frameworks.vocabulary import CaseFacts, FromCase, PersonFacts, Pool
from audits.services.sampling import chance


@dataclass(frozen=True, slots=True)
class Auditor:
    """Somebody of the council on the day of allocation."""

    id: int
    name: str
    roles: frozenset[str] = frozenset()
    cleared: bool = False
    away: bool = False
    deputy: int | None = None
    """Who answers for them while they are away."""
    services: frozenset[str] = frozenset()
    completed_audits: int = 0

    @property
    def facts(self) -> PersonFacts:
        """The person as eligibility rules see them."""
        return PersonFacts(self.id, self.roles, self.services, self.completed_audits)


@dataclass(frozen=True, slots=True)
class CaseToAllocate:
    """A drawn case with the people around it on the day; ``unnamed`` says why nobody leads it, where nobody does."""

    local_id: str
    facts: CaseFacts
    restricted: bool = False
    unnamed: str = ""
    knows_family: frozenset[int] = frozenset()
    """Auditors who have declared that they know the family."""


Wanted = Callable[[Mapping[str, int]], bool]
"""Whether a slot is needed beside the auditors found so far, who are given by slot with their completed audits."""


@dataclass(frozen=True, slots=True)
class SlotRule:
    """One slot of the framework; ``wanted`` says for which cases it exists, for all where it is ``None``."""

    key: str
    label: str
    eligible: FromCase | Pool
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A filled slot of one case, or the reason why it is not filled."""

    slot: str
    person: int | None
    problem: str = ""
    stands_in_for: int | None = None


@dataclass
class _Work:
    """What is being filled, and the loads as they grow."""

    people: Mapping[int, Auditor]
    seed: str
    loads: Counter[int]
    filled: dict[str, dict[str, Place]] = field(default_factory=dict)

    def taken(self, local_id: str) -> set[int]:
        return {place.person for place in self.filled.get(local_id, {}).values() if place.person is not None}


def allocate(
    cases: Sequence[CaseToAllocate],
    slots: Sequence[SlotRule],
    people: Iterable[Auditor],
    *,
    seed: str,
    loads: Mapping[int, int] | None = None,
    settled: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, dict[str, Place]]:
    """Return for each case (by local id) and slot who fills it, or the problem in words.

    ``loads`` are assessments that people already have in this cycle; ``settled`` are places whose person is known
    before, by local id and slot, because a case was drawn for their quota. Slots are filled in the framework's order;
    nobody fills two places of one case; a slot that a case does not need has no place. The input's order makes no
    difference.
    """
    work = _Work({one.id: one for one in people}, seed, Counter(loads or {}))
    in_order = sorted(cases, key=lambda case: chance(seed, case.local_id))
    for case in in_order:
        work.filled[case.local_id] = {}
    for slot in slots:
        known = {key: by_slot[slot.key] for key, by_slot in (settled or {}).items() if slot.key in by_slot}
        for local_id, person in known.items():
            work.filled[local_id][slot.key] = Place(slot.key, person)
            work.loads[person] += 1
        todo = [case for case in in_order if case.local_id not in known and _is_wanted(slot, case, work)]
        if isinstance(slot.eligible, FromCase):
            for case in todo:
                _fill_from_case(case, slot, slot.eligible, work)
        else:
            _fill_from_pool(todo, slot, slot.eligible, work)
    return work.filled


def _is_wanted(slot: SlotRule, case: CaseToAllocate, work: _Work) -> bool:
    if slot.wanted is None:
        return True
    found = work.filled[case.local_id]
    return slot.wanted(
        {
            key: work.people[place.person].completed_audits
            for key, place in found.items()
            if place.person is not None and place.person in work.people
        }
    )


# The person named by the case --------------------------------------------------------------------------------


def acting(person_id: int, people: Mapping[int, Auditor]) -> int | None:
    """Return who answers for somebody today, along a chain of deputies; ``None`` when the chain ends with absence."""
    seen: set[int] = set()
    while person_id not in seen:
        seen.add(person_id)
        person = people.get(person_id)
        if person is None:
            return None
        if not person.away:
            return person_id
        if person.deputy is None:
            return None
        person_id = person.deputy
    return None


def _fill_from_case(case: CaseToAllocate, slot: SlotRule, rule: FromCase, work: _Work) -> None:
    named = case.facts.team_manager if rule.relation is Relation.TEAM_MANAGER else case.facts.worker
    place = _named_place(case, slot, named, rule, work)
    work.filled[case.local_id][slot.key] = place
    if place.person is not None:
        work.loads[place.person] += 1


def _named_place(
    case: CaseToAllocate, slot: SlotRule, named: int | None, rule: FromCase, work: _Work
) -> Place:
    if named is None:
        return Place(slot.key, None, case.unnamed or f"The case does not say who is {rule.relation.label}.")
    if named not in work.people:
        return Place(slot.key, None, "The manager whom the case names does not work here any more.")
    name = work.people[named].name
    person = acting(named, work.people)
    if person is None:
        return Place(slot.key, None, f"{name} is away and nobody deputises.")
    who = work.people[person].name
    if person in case.knows_family:
        return Place(slot.key, None, f"{who} knows the family.")
    if person in work.taken(case.local_id):
        return Place(slot.key, None, f"{who} already audits this case.")
    if person == case.facts.worker and rule.relation is not Relation.ALLOCATED_WORKER:
        return Place(slot.key, None, f"{who} is the child's own worker.")
    if case.restricted and not work.people[person].cleared:
        return Place(
            slot.key, None, f"The record is restricted and {who} is not cleared for restricted records."
        )
    return Place(slot.key, person, stands_in_for=named if person != named else None)


# The pool -----------------------------------------------------------------------------------------------


def eligible_people(
    case: CaseToAllocate, rule: Pool, people: Iterable[Auditor], taken: Iterable[int] = ()
) -> tuple[list[int], Counter[str]]:
    """Return who of the pool may audit the case, and how many may not for which reason."""
    busy = set(taken)
    found: list[int] = []
    why_not: Counter[str] = Counter()
    for person in people:
        if not person.roles & set(rule.roles):
            continue
        verdict = rule.admits(person.facts, case.facts)
        if not verdict:
            why_not[verdict.reasons[0].text.removeprefix("is kept out as ")] += 1
        elif person.id in busy:
            why_not["those who audit this case already"] += 1
        elif person.id in case.knows_family:
            why_not["those who know the family"] += 1
        elif person.away:
            why_not["those who are away"] += 1
        elif case.restricted and not person.cleared:
            why_not["those not cleared for restricted records"] += 1
        else:
            found.append(person.id)
    return found, why_not


def pool_problem(slot: SlotRule, why_not: Mapping[str, int]) -> str:
    """Say why nobody of the pool may audit a case."""
    label = slot.label.lower()
    if not why_not:
        return f"Nobody holds a post that may be {label}."
    total = sum(why_not.values())
    who = "The one person" if total == 1 else f"None of the {total} people"
    causes = sorted(why_not.items(), key=lambda one: (-one[1], one[0]))
    words = "; ".join(f"{text} ({count})" for text, count in causes)
    return (
        f"{who} who could be {label} {'may not' if total == 1 else 'may'} audit this case. Kept out: {words}."
    )


def _fill_from_pool(cases: Sequence[CaseToAllocate], slot: SlotRule, rule: Pool, work: _Work) -> None:
    options: dict[str, list[int]] = {}
    for case in cases:
        found, why_not = eligible_people(case, rule, work.people.values(), work.taken(case.local_id))
        if found:
            options[case.local_id] = sorted(
                found, key=lambda person: chance(work.seed, f"{case.local_id} {slot.key} {person}")
            )
        else:
            work.filled[case.local_id][slot.key] = Place(slot.key, None, pool_problem(slot, why_not))
    for local_id, person in share_out(options, work.loads).items():
        work.filled[local_id][slot.key] = Place(slot.key, person)
        work.loads[person] += 1


def share_out(options: Mapping[str, Sequence[int]], loads: Mapping[int, int]) -> dict[str, int]:
    """Give each case one of its options so evenly that no chain of hand-overs could even the loads further.

    ``loads`` is what people have already; it is not changed. Ties go to the option that stands first.
    """
    given: dict[str, int] = {}
    load = Counter(loads)
    # Cases with the fewest options first: they are the hardest to place.
    for case in sorted(options, key=lambda local_id: len(options[local_id])):
        person = min(options[case], key=lambda one: load[one])
        given[case] = person
        load[person] += 1
    while chain := _evening_chain(given, options, load):
        for case, person in chain:
            load[given[case]] -= 1
            load[person] += 1
            given[case] = person
    return given


def _evening_chain(
    given: Mapping[str, int], options: Mapping[str, Sequence[int]], load: Mapping[int, int]
) -> list[tuple[str, int]]:
    """Return hand-overs that lead from somebody to another who has at least two fewer, or nothing."""
    holds: dict[int, list[str]] = {}
    for case, person in given.items():
        holds.setdefault(person, []).append(case)
    for start in sorted(holds, key=lambda one: (-load[one], one)):
        came: dict[int, tuple[int, str] | None] = {start: None}
        queue = deque([start])
        while queue:
            giver = queue.popleft()
            for case in holds.get(giver, ()):
                for taker in options[case]:
                    if taker in came:
                        continue
                    came[taker] = (giver, case)
                    if load[taker] <= load[start] - 2:
                        return _trace(taker, came)
                    queue.append(taker)
    return []


def _trace(end: int, came: Mapping[int, tuple[int, str] | None]) -> list[tuple[str, int]]:
    chain: list[tuple[str, int]] = []
    taker = end
    while step := came[taker]:
        giver, case = step
        chain.append((case, taker))
        taker = giver
    return chain


def without(case: CaseToAllocate, person: int) -> CaseToAllocate:
    """Return the case as it is after ``person`` has declared that they know the family."""
    return replace(case, knows_family=case.knows_family | {person})
