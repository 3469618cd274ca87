"""script/requirements reads what marks claim: where they count, and which of them prove nothing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ROWS = """\
# Larkshire: what the framework asks of the product

Core rows that come with later work:
LAR-03, LAR-04.

| id | capability | parameters | section | kind | priority |
|---|---|---|---|---|---|
| LAR-01 | Draw at random. | monthly | 1 | sampling | core |
| LAR-02 | Tell both. | twice | 2 | report | core |
| LAR-03 | Hold a board. | quarterly | 3 | meeting | core |
| LAR-04 | Keep a register. | always | 3 | people | core |
| LAR-05 | Watch a visit. | yearly | 4 | observation | wide |
"""


class Small:
    """A repository of one council and whatever tests are written into it."""

    def __init__(self, root):
        self.root = root
        for name in ("script/requirements", "script/_lib"):
            source, target = REPOSITORY / name, root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        self.write("docs/requirements/larkshire.md", ROWS)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, str(self.root / "script/requirements"), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    def told(self):
        return json.loads(self.run("--json").stdout)


@pytest.fixture
def small(tmp_path):
    return Small(tmp_path)


def test_a_mark_counts_on_a_test_a_class_a_module_and_a_case(small):
    small.write("tests/test_whole.py", "pytestmark = [x, pytest.mark.req('LAR-05')]\ndef test_any(): ...\n")
    small.write(
        "tests/room/test_parts.py",
        """
        @pytest.mark.req("LAR-01", "LAR-02")
        def test_two_rows(): ...

        @pytest.mark.req("LAR-01")
        class TestClass:
            pytestmark = pytest.mark.req("LAR-04")
            async def test_inside(self): ...
            def helper(self): ...

        @pytest.mark.parametrize("a", [1, pytest.param(2, marks=pytest.mark.req("LAR-02"))])
        def test_case(a): ...
        """,
    )
    told = small.told()
    assert told["tests"] == {
        "LAR-01": [
            "tests/room/test_parts.py::test_two_rows",
            "tests/room/test_parts.py::TestClass::test_inside",
        ],
        "LAR-02": ["tests/room/test_parts.py::test_two_rows", "tests/room/test_parts.py::test_case"],
        "LAR-04": ["tests/room/test_parts.py::TestClass::test_inside"],
        "LAR-05": ["tests/test_whole.py::test_any"],
    }
    assert told["councils"]["larkshire"]["core"] == {
        "proven": ["LAR-01", "LAR-02", "LAR-04"],
        "without_test": [],
        "later": ["LAR-03"],
    }
    assert told["faults"] == []


@pytest.mark.parametrize(
    ("name", "code", "fault"),
    [
        ("test_a", "@pytest.mark.req('LAR-9')\ndef test_x(): ...", "tests/test_a.py::test_x: no council has LAR-9"),
        ("test_a", "@pytest.mark.req('LAR-01')\ndef helper(): ...", "tests/test_a.py:1: no test carries this mark"),
        ("people", "@pytest.mark.req('LAR-01')\ndef test_x(): ...", "tests/people.py:1: no test carries this mark"),
        ("test_a", "@pytest.mark.req(ROW)\ndef test_x(): ...", "tests/test_a.py:1: a mark names its rows as strings"),
        ("test_a", "@pytest.mark.req()\ndef test_x(): ...", "tests/test_a.py:1: a mark names its rows as strings"),
    ],
)  # fmt: skip
def test_a_mark_that_proves_nothing_is_an_error(small, name, code, fault):
    small.write(f"tests/{name}.py", code)
    done = small.run("--council", "larkshire")
    assert done.returncode == 1
    assert fault in done.stdout.splitlines()
    assert small.told()["councils"]["larkshire"]["core"]["proven"] == []


def test_the_printed_list_is_by_council_and_priority(small):
    small.write("tests/test_a.py", "@pytest.mark.req('LAR-01')\ndef test_x(): ...")
    done = small.run("--priority", "core")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "Larkshire, core, proven (1): LAR-01",
            "Larkshire, core, without a test (1): LAR-02",
            "Larkshire, core, with later work (2): LAR-03, LAR-04",
        ],
    )


def test_a_council_nobody_knows_is_refused_with_those_there_are(small):
    done = small.run("--council", "kestrelshire")
    assert done.returncode == 2
    assert "there are larkshire" in done.stderr


def test_the_page_is_written_and_found_stale_once_a_test_is_added(small):
    small.run("--write")
    assert small.run("--check").returncode == 0
    small.write("tests/test_a.py", "@pytest.mark.req('LAR-02')\ndef test_x(): ...")
    done = small.run("--check")
    assert (done.returncode, "is not current" in done.stdout) == (1, True)
    small.run("--write")
    page = (small.root / "docs/requirements/coverage.md").read_text()
    assert "| Larkshire | core | 4 | 1 | 1 | 2 |" in page
    assert "| LAR-02 | Tell both. | `test_a.py::test_x` |" in page
    assert "| LAR-01 | Draw at random. | **no test yet** |" in page
    assert "| LAR-03 | Hold a board. | *with later work* |" in page


def test_a_row_that_stands_twice_is_refused(small):
    small.write("docs/requirements/larkshire.md", ROWS + "| LAR-01 | Again. | x | 1 | audit | core |\n")
    done = small.run()
    assert done.returncode == 1
    assert "LAR-01 stand twice" in done.stderr
