"""docs/requirements: every council's rows are carried over whole, and what is said of their tests is true."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent

# core, wide, edge: as many as were read out of each council's document
ROWS = {
    "durham": (143, 107, 23),
    "herefordshire": (54, 77, 10),
    "sefton": (106, 98, 16),
    "slough": (49, 140, 17),
    "west_sussex": (77, 174, 13),
}
LATER = {"durham": 13, "herefordshire": 0, "sefton": 8, "slough": 12, "west_sussex": 11}


def requirements(*arguments, root=REPOSITORY):
    return subprocess.run(
        [sys.executable, str(root / "script/requirements"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def told():
    return json.loads(requirements("--json").stdout)


def test_every_row_of_every_council_is_carried_over(told):
    counted = {
        council: tuple(sum(map(len, split.values())) for split in priorities.values())
        for council, priorities in told["councils"].items()
    }
    assert counted == ROWS


def test_the_core_rows_of_later_work_are_told_apart(told):
    counted = {council: len(priorities["core"]["later"]) for council, priorities in told["councils"].items()}
    assert counted == LATER


def test_every_mark_names_a_row_and_stands_on_a_test(told):
    assert told["faults"] == []


def test_every_core_row_of_herefordshire_is_proven(told):
    assert told["councils"]["herefordshire"]["core"]["without_test"] == []


def test_the_page_of_coverage_is_current():
    done = requirements("--check")
    assert (done.returncode, done.stdout) == (0, "")
