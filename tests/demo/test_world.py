"""The simulated councils: steady, believable and the same every time."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from qaf.demo.world import World, load_plans, plan_for
from qaf.demo.world.plan import STATUSES
from qaf.lib.calendar import add_months

FIRST = date(2025, 10, 31)
COUNCILS = [plan.framework for plan in load_plans()]


def month_ends(months):
    """Return so many month ends after FIRST."""
    return [add_months(FIRST + timedelta(days=1), n) - timedelta(days=1) for n in range(1, months + 1)]


def lived(council, months):
    """Return the sets of open children at each month end, and the world at the end."""
    world = World(plan_for(council), FIRST)
    snapshots = [{child.reference for child in world.open_children()}]
    for day in month_ends(months):
        world.advance(day)
        snapshots.append({child.reference for child in world.open_children()})
    return snapshots, world


def test_the_five_councils_are_those_of_the_built_in_frameworks():
    assert sorted(COUNCILS) == ["durham", "herefordshire", "sefton", "slough", "west_sussex"]
    assert [plan.framework for plan in load_plans() if plan.full_history] == ["herefordshire"]


@pytest.mark.parametrize("council", COUNCILS)
def test_a_council_keeps_about_nine_hundred_open_children_in_all_seven_statuses(council):
    snapshots, world = lived(council, 12)
    assert all(850 <= len(snapshot) <= 1050 for snapshot in snapshots)
    shares = {status: world.count(status) / world.plan.mix[status] for status in STATUSES}
    assert all(0.7 <= share <= 1.5 for share in shares.values()), shares


@pytest.mark.parametrize("council", COUNCILS)
def test_about_eight_per_cent_join_and_eight_per_cent_leave_each_month(council):
    snapshots, _ = lived(council, 12)
    joined = [len(after - before) / len(before) for before, after in pairwise(snapshots)]
    left = [len(before - after) / len(before) for before, after in pairwise(snapshots)]
    assert 0.065 <= sum(joined) / 12 <= 0.1
    assert 0.065 <= sum(left) / 12 <= 0.1


def test_workers_carry_about_eighteen_children_and_few_children_wait_for_one():
    _, world = lived("herefordshire", 6)
    load = Counter(child.worker for child in world.open_children())
    waiting = load.pop(None, 0)
    assert waiting <= 25
    assert 15 <= sum(load.values()) / len(load) <= 22
    assert max(load.values()) <= 32


def test_every_open_child_has_a_team_that_takes_the_status_and_a_worker_who_is_still_there():
    _, world = lived("herefordshire", 12)
    takes = {team.name: team.takes for team in world.plan.teams}
    for child in world.open_children():
        assert child.status in takes[child.team]
        assert child.worker is None or child.worker.works_on(world.as_of)
        assert (child.reviewer is not None) == (child.status in world.plan.reviewers)


def test_siblings_share_a_family_and_mostly_a_worker():
    world = World(plan_for("herefordshire"), FIRST)
    families = {child.family.reference: child.family for child in world.open_children()}.values()
    several = [family for family in families if len(family.children) > 1]
    assert len(several) > 100
    assert all(len({child.worker for child in family.children}) == 1 for family in several)


def test_over_a_year_workers_leave_and_others_take_their_cases_over():
    _, world = lived("herefordshire", 12)
    assert len(world.staff.former) >= 4
    assert all(person.left is not None for person in world.staff.former)
    held = {child.worker for child in world.open_children()}
    assert held.isdisjoint(world.staff.former)


def test_nobody_s_name_or_address_is_used_twice():
    _, world = lived("herefordshire", 12)
    everyone = world.staff.everyone()
    assert len({person.name for person in everyone}) == len(everyone)
    assert all(person.email.endswith(".example.org") for person in everyone)


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    def told(seed):
        world = World(plan_for("sefton"), FIRST, seed)
        world.advance(month_ends(1)[0])
        return [(child.reference, child.status, child.team, child.born) for child in world.open_children()]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_a_world_does_not_go_back_in_time():
    world = World(plan_for("sefton"), FIRST)
    with pytest.raises(ValueError, match="already at 2025-10-31"):
        world.advance(FIRST)
