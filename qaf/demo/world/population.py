"""The simulation: one council's open children, from month end to month end."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from qaf.demo.world import moves
from qaf.demo.world.children import (
    ETHNICITIES,
    FAMILY_SIZES,
    GENDERS,
    HARM,
    NEEDS,
    STAY,
    Child,
    Family,
    birth_date,
    pick,
)
from qaf.demo.world.names import NameBook
from qaf.demo.world.people import CASELOAD, Colleague, Staff
from qaf.demo.world.plan import STATUSES, CouncilPlan

DEFAULT_SEED = 2026
UNALLOCATED = 0.012
RESTRICTED = 0.012
KEPT_AFTER_CLOSURE = 190
FRONT_DOOR_DAYS = 25
LONGEST_DAYS = 2400
ONLY_CHILD_SERVICES = ("looked_after", "care_leaver")


class World:
    """One council on one day. ``advance`` moves it on; nothing else changes it."""

    def __init__(self, plan: CouncilPlan, start: date, seed: int = DEFAULT_SEED) -> None:
        """Build the council as it stands on ``start``, a month end."""
        self.plan = plan
        self.as_of = start
        self.rng = random.Random(f"{seed}:{plan.framework}")
        self.names = NameBook(self.rng)
        self.staff = Staff(plan, self.names, self.rng)
        self.children: list[Child] = []
        self._case_number = plan.start
        self._family_number = plan.start // 3
        for status in STATUSES:
            self._fill(status)

    def advance(self, to: date) -> None:
        """Live one month: people leave and start, cases move, close and arrive. ``to`` is the new day."""
        if to <= self.as_of:
            raise ValueError(f"The world is already at {self.as_of}; it cannot go to {to}.")
        first, self.as_of = self.as_of + timedelta(days=1), to
        self._change_staff(first)
        for family in self._families():
            self._move_family(family, first)
        for status, share in moves.ARRIVALS.items():
            usual = self.plan.mix[status]
            arriving = usual * share + (usual - self.count(status)) * moves.PULL
            self._arrive(status, max(0, round(arriving)), first)
        self._forget_old()

    def open_children(self) -> list[Child]:
        """Return the open children, in the order in which they came."""
        return [child for child in self.children if child.is_open()]

    def count(self, status: str) -> int:
        """Return how many open children hold a status."""
        return sum(1 for child in self.children if child.is_open() and child.status == status)

    # -- building -------------------------------------------------------------------------------------

    def _fill(self, status: str) -> None:
        while self.count(status) < self.plan.mix[status]:
            stay = timedelta(days=int(self.rng.expovariate(1 / (STAY[status] * 30))))
            longest = FRONT_DOOR_DAYS if status == "front_door" else LONGEST_DAYS
            self._new_family(status, self.as_of - min(stay, timedelta(days=longest)))

    def _arrive(self, status: str, number: int, first: date) -> None:
        target = self.count(status) + number
        while self.count(status) < target:
            self._new_family(status, self._day(first))

    def _new_family(self, status: str, day: date) -> None:
        size = (
            1 if status in ONLY_CHILD_SERVICES and self.rng.random() < 0.8 else pick(self.rng, FAMILY_SIZES)
        )
        self._family_number += self.rng.randrange(1, 4)
        family = Family(f"F{self._family_number}", restricted=self.rng.random() < RESTRICTED)
        ethnicity, need = pick(self.rng, ETHNICITIES), pick(self.rng, NEEDS)
        for _ in range(size):
            child = self._new_child(family, status, day, ethnicity, need)
            family.children.append(child)
            self.children.append(child)
            self._place(child)

    def _new_child(self, family: Family, status: str, day: date, ethnicity: str, need: str) -> Child:
        self._case_number += self.rng.randrange(1, 6)
        care = day if status == "looked_after" else None
        if status == "care_leaver":
            care = day - timedelta(days=self.rng.randrange(400, 2600))
        return Child(
            reference=f"{self.plan.prefix}{self._case_number:0{self.plan.width}d}",
            initials=self.names.initials(),
            family=family,
            born=birth_date(self.rng, status, day if status != "care_leaver" else self.as_of),
            gender=pick(self.rng, GENDERS),
            ethnicity=ethnicity,
            disabled=self.rng.random() < (0.5 if need.startswith("N2") else 0.06),
            need=need,
            status=status,
            since=day,
            contact_on=day - timedelta(days=0 if status == "front_door" else self.rng.randrange(1, 50)),
            opened_on=day
            if status in ("front_door", "early_help")
            else day - timedelta(days=self.rng.randrange(40)),
            harm=pick(self.rng, HARM),
            plan_start=day if status == "child_protection" else None,
            care_start=care,
            care_end=day if status == "care_leaver" else None,
        )

    # -- a month --------------------------------------------------------------------------------------

    def _families(self) -> Iterator[Family]:
        seen: dict[str, Family] = {}
        for child in self.children:
            seen.setdefault(child.family.reference, child.family)
        return iter(seen.values())

    def _move_family(self, family: Family, first: date) -> None:
        together, day = self.rng.random(), self._day(first)
        for child in family.children:
            if not child.is_open():
                continue
            draw = together if self.rng.random() < moves.TOGETHER else self.rng.random()
            if child.status == "looked_after" and child.age(self.as_of) >= 18:
                self._step(child, "care_leaver", day)
            elif child.age(self.as_of) >= (25 if child.status == "care_leaver" else 18):
                child.close(day)
            elif target := moves.next_step(child.status, draw):
                self._step(child, target, day)
            elif self._changes_hands(child):
                child.worker = self._lightest(child.team)

    def _changes_hands(self, child: Child) -> bool:
        chance = moves.UNALLOCATED_IS_ALLOCATED if child.worker is None else moves.CASE_CHANGES_WORKER
        return self.rng.random() < chance

    def _step(self, child: Child, target: str, day: date) -> None:
        if target == "closed":
            child.no_further_action = child.status == "front_door"
            child.close(day)
            return
        if child.status == "child_protection":
            child.plan_end = day
        if child.status == "looked_after":
            child.care_end = day
        child.status, child.since = target, day
        if target == "front_door":
            child.contact_on = child.opened_on = day
        if target == "child_protection":
            child.plan_start, child.plan_end = day, None
        if target == "looked_after":
            child.care_start, child.care_end = day, None
        self._place(child)

    def _place(self, child: Child) -> None:
        """Give the child a team, worker and reviewer that suit the new status; siblings share them."""
        sibling = next(
            (s for s in child.family.children if s is not child and s.is_open() and s.status == child.status),
            None,
        )
        options = self.plan.teams_for(child.status, max(child.age(self.as_of), 0))
        if sibling is not None and sibling.team:
            child.team, child.worker, child.reviewer = sibling.team, sibling.worker, sibling.reviewer
            return
        child.team = pick(
            self.rng, tuple((team.name, weight * self._room(team.name)) for team, weight in options)
        )
        child.worker = None if self.rng.random() < UNALLOCATED else self._lightest(child.team)
        reviewers = self.staff.reviewers.get(child.status)
        child.reviewer = self.rng.choice(reviewers) if reviewers else None

    def _room(self, team: str) -> float:
        """Return how many more children a team could take, at least a few: full teams are asked less."""
        carried = sum(1 for child in self.children if child.team == team and child.is_open())
        return max(len(self.staff.workers[team]) * CASELOAD * 1.2 - carried, 4)

    def _lightest(self, team: str) -> Colleague:
        """Return one of the two workers of a team who carry least, so that caseloads stay near each other."""
        load = dict.fromkeys(self.staff.workers[team], 0)
        for child in self.children:
            if child.worker in load and child.is_open():
                load[child.worker] += 1
        return self.rng.choice(sorted(load, key=lambda person: load[person])[:2])

    def _change_staff(self, first: date) -> None:
        for team in self.staff.workers.values():
            for worker in list(team):
                if len(team) > 2 and self.rng.random() < moves.WORKER_LEAVES:
                    self._replace(worker, self._day(first))

    def _replace(self, leaver: Colleague, day: date) -> None:
        starter = self.staff.replace_worker(leaver, day)
        for child in self.children:
            if child.is_open() and child.worker is leaver:
                child.worker = starter

    def _forget_old(self) -> None:
        """Drop what no list of the file would still show: children closed for more than six months."""
        self.children = [
            child
            for child in self.children
            if child.closed_on is None or (self.as_of - child.closed_on).days <= KEPT_AFTER_CLOSURE
        ]

    def _day(self, first: date) -> date:
        return first + timedelta(days=self.rng.randrange((self.as_of - first).days + 1))
