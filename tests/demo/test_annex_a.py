"""What the simulation writes is what the product's own reader understands."""

import csv
from collections import Counter
from datetime import date, timedelta

import pytest

from audits.cases.formats.process import read_upload
from qaf.demo.world import World, load_plans, plan_for
from qaf.demo.world.annex_a import SUPPLEMENT_COLUMNS, write_month

FIRST = date(2025, 10, 31)
LATER = date(2025, 11, 30)
COUNCILS = [plan.framework for plan in load_plans()]


def read_back(world, folder, **options):
    """Write the world's month and read it through the real reader."""
    files = write_month(world, folder, **options)
    return read_upload([(path, path.name) for path in files], as_of=world.as_of)


@pytest.mark.parametrize("council", COUNCILS)
def test_the_reader_finds_exactly_the_open_children_in_their_statuses(council, tmp_path):
    world = World(plan_for(council), FIRST)
    world.advance(LATER)
    reading = read_back(world, tmp_path)
    # A contact counts as a front-door case for 31 days, even where it led to nothing.
    recent = LATER - timedelta(days=31)
    expected = {
        child.reference: child.status
        for child in world.children
        if child.is_open() or (child.status == "front_door" and child.contact_on > recent)
    }
    assert {row.local_id: row.status for row in reading.rows if row.open} == expected
    assert reading.refused == []
    assert set(expected.values()) == set(world.plan.mix)


def test_the_reader_finds_team_worker_chair_manager_and_family_of_every_child(tmp_path):
    world = World(plan_for("herefordshire"), FIRST)
    reading = read_back(world, tmp_path)
    main = {row.local_id: row for row in reading.rows if row.status}
    extra = {row.local_id: row for row in reading.rows if "supplement" in row.lists}
    for child in world.open_children():
        assert (main[child.reference].team or "") == child.team
        if child.status != "early_help":
            assert main[child.reference].worker == (child.worker.name if child.worker else "")
        assert extra[child.reference].iro == (child.reviewer.name if child.reviewer else None)
        assert extra[child.reference].manager == world.staff.managers[child.team].name
        assert extra[child.reference].family_id == child.family.reference


def test_leading_zeros_of_a_child_s_id_survive(tmp_path):
    world = World(plan_for("herefordshire"), FIRST)
    reading = read_back(world, tmp_path)
    assert all(len(row.local_id) == 7 and row.local_id.startswith("00") for row in reading.rows)


def test_the_workbook_holds_lists_1_to_9_and_the_supplement_its_seven_columns(tmp_path):
    world = World(plan_for("durham"), FIRST)
    reading = read_back(world, tmp_path)
    assert {seen.list for seen in reading.lists} >= {"1", "2", "3", "6", "7", "8", "9", "supplement"}
    _, supplement = write_month(world, tmp_path)
    with supplement.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == SUPPLEMENT_COLUMNS
    assert len(rows) - 1 == len(world.open_children())


def test_rows_that_were_spoilt_are_refused_and_the_rest_are_read(tmp_path):
    world = World(plan_for("herefordshire"), FIRST)
    spoilt = []

    def spoil(number, rows):
        if number == 6:
            spoilt.append(rows[3][0])
            rows[3][-3] = "f) Not a status"

    reading = read_back(world, tmp_path, spoil=spoil)
    assert [refusal.local_id for refusal in reading.refused] == spoilt
    open_now = Counter(row.status for row in reading.rows if row.open)
    assert sum(open_now.values()) == len(world.open_children()) - 1


def test_writing_a_month_twice_gives_the_same_lines_and_changes_nothing_to_come(tmp_path):
    once, twice = World(plan_for("slough"), FIRST), World(plan_for("slough"), FIRST)
    write_month(twice, tmp_path / "a")
    write_month(twice, tmp_path / "b")
    name = "slough-2025-10-31-supplement.csv"
    assert (tmp_path / "a" / name).read_text() == (tmp_path / "b" / name).read_text()
    once.advance(LATER)
    twice.advance(LATER)
    assert [child.reference for child in once.children] == [child.reference for child in twice.children]
