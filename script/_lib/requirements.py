"""script/requirements: which rows of the councils' requirements are proven by a test.

The rows stand in docs/requirements/, one file per council; a test names those it proves with
``@pytest.mark.req("HER-14")``. The tests are read, never run: what the marks claim is what is told.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from _lib.console import say
from _lib.marks import Mark, marks_under
from _lib.places import REPOSITORY

PRIORITIES = ("core", "wide", "edge")
FOLDER = "docs/requirements"
TABLE = f"{FOLDER}/coverage.md"
ROW = re.compile(r"^\| (?P<id>[A-Z]{3}-\d+) \| (?P<capability>.*?) \|.*\| (?P<priority>core|wide|edge) \|$")
LATER = re.compile(r"^Core rows that come with later work:\n(?P<ids>(?:.+\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One row of a council's requirements. ``later``: comes with later work, and is told apart until proven."""

    id: str
    capability: str
    priority: str
    later: bool


@dataclass
class Council:
    """A council's rows in the order of its document."""

    slug: str
    name: str
    rows: list[Row]


@dataclass
class Coverage:
    """What is proven: the tests of each row, and the faults of the marks (ids that no council has)."""

    councils: list[Council]
    tests: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def split(self, council: Council, priority: str) -> dict[str, list[str]]:
        """Return the ids of one priority: proven, without a test, and (without one, too) left to later work."""
        rows = [row for row in council.rows if row.priority == priority]
        bare = [row for row in rows if row.id not in self.tests]
        return {
            "proven": [row.id for row in rows if row.id in self.tests],
            "without_test": [row.id for row in bare if not row.later],
            "later": [row.id for row in bare if row.later],
        }


def read_council(path: Path) -> Council:
    """Read one council's document.

    Errors: `ValueError` for an id that stands twice, and for a later row that is not a core row of the document.
    """
    text = path.read_text(encoding="utf-8")
    found = LATER.search(text)
    later = set(re.findall(r"[A-Z]{3}-\d+", found["ids"])) if found else set()
    rows = [
        Row(match["id"], match["capability"], match["priority"], match["id"] in later)
        for match in map(ROW.match, text.splitlines())
        if match
    ]
    ids = [row.id for row in rows]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise ValueError(f"{path.name}: {', '.join(twice)} stand twice")
    if strange := later - {row.id for row in rows if row.priority == "core"}:
        raise ValueError(f"{path.name}: {', '.join(sorted(strange))} come later but are no core rows")
    title = text.split("\n", 1)[0].removeprefix("# ").split(":")[0]
    return Council(path.stem, title, rows)


def read(root: Path) -> Coverage:
    """Read every council's rows and every mark in the tests under ``root``."""
    paths = sorted(path for path in (root / FOLDER).glob("*.md") if path.name != Path(TABLE).name)
    coverage = Coverage([read_council(path) for path in paths])
    known = {row.id for council in coverage.councils for row in council.rows}
    marks, coverage.faults = marks_under(root / "tests", root)
    _match(marks, known, coverage)
    return coverage


def _match(marks: Iterable[Mark], known: set[str], coverage: Coverage) -> None:
    for mark in marks:
        if mark.row not in known:
            coverage.faults.append(f"{mark.test}: no council has {mark.row}")
        elif mark.test not in coverage.tests.setdefault(mark.row, []):
            coverage.tests[mark.row].append(mark.test)


def as_json(coverage: Coverage, councils: list[Council], priorities: Iterable[str]) -> str:
    told = {
        "councils": {
            council.slug: {priority: coverage.split(council, priority) for priority in priorities}
            for council in councils
        },
        "tests": {row.id: coverage.tests[row.id] for council in councils for row in council.rows
                  if row.id in coverage.tests and row.priority in priorities},
        "faults": coverage.faults,
    }  # fmt: skip
    return json.dumps(told, indent=2)


def as_text(coverage: Coverage, councils: list[Council], priorities: Iterable[str]) -> str:
    words = {"proven": "proven", "without_test": "without a test", "later": "with later work"}
    lines: list[str] = []
    for council in councils:
        for priority in priorities:
            for key, ids in coverage.split(council, priority).items():
                if ids:
                    lines.append(f"{council.name}, {priority}, {words[key]} ({len(ids)}): {', '.join(ids)}")
    return "\n".join(lines)


def as_table(coverage: Coverage) -> str:
    """Return the page of docs/: a summary, and each council's core rows with the tests that prove them."""
    lines = [
        "# Requirements and the tests that prove them",
        "",
        "Written by `script/requirements --write`; a test says whether it is current. A row is proven by a test that",
        "would fail if the row were not served and that names it with `@pytest.mark.req`.",
        "",
        "| council | priority | rows | proven | without a test | with later work |",
        "|---|---|---|---|---|---|",
    ]
    for council in coverage.councils:
        for priority in PRIORITIES:
            split = coverage.split(council, priority)
            numbers = [len(split["proven"]), len(split["without_test"]), len(split["later"])]
            cells = [council.name, priority, sum(numbers), *numbers]
            lines.append(f"| {' | '.join(map(str, cells))} |")
    for council in coverage.councils:
        lines += ["", f"## {council.name}", "", "| id | core requirement | proven by |", "|---|---|---|"]
        lines += [
            f"| {row.id} | {row.capability} | {_proof(coverage, row)} |"
            for row in council.rows
            if row.priority == "core"
        ]
        beyond = sorted(row.id for row in council.rows if row.priority != "core" and row.id in coverage.tests)
        if beyond:
            lines += ["", f"Proven beyond the core: {', '.join(beyond)}."]
    return "\n".join(lines) + "\n"


def _proof(coverage: Coverage, row: Row) -> str:
    if tests := coverage.tests.get(row.id):
        return "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests)
    return "*with later work*" if row.later else "**no test yet**"


def command(arguments: list[str]) -> int:
    """Print the coverage; status 1 when a mark names no row, or (with ``--check``) when the page is not current."""
    parser = argparse.ArgumentParser(prog="script/requirements", description="Which requirements are proven.")
    parser.add_argument(
        "--json", action="store_true", help="for a program to read, with the tests of each row"
    )
    parser.add_argument("--council", help="one council's rows: the name of its file in docs/requirements/")
    parser.add_argument("--priority", choices=PRIORITIES, help="the rows of one priority")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help=f"write {TABLE} anew")
    what.add_argument("--check", action="store_true", help=f"say whether {TABLE} is current")
    asked = parser.parse_args(arguments)
    coverage = read(REPOSITORY)
    councils = [council for council in coverage.councils if asked.council in (None, council.slug)]
    if not councils:
        parser.error(f"no such council; there are {', '.join(council.slug for council in coverage.councils)}")
    priorities = [asked.priority] if asked.priority else list(PRIORITIES)
    status = 1 if coverage.faults else 0
    table = REPOSITORY / TABLE
    if asked.write:
        table.write_text(as_table(coverage), encoding="utf-8")
    elif asked.check:
        if not table.exists() or table.read_text(encoding="utf-8") != as_table(coverage):
            say(f"{TABLE} is not current; script/requirements --write writes it anew.")
            status = 1
    else:
        say((as_json if asked.json else as_text)(coverage, councils, priorities))
    if coverage.faults and not asked.json:
        say("\n".join(coverage.faults))
    return status
