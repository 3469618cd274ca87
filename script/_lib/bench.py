"""script/bench: how long the heavy work takes beside the bare thing it cannot be quicker than."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from _lib import setup
from _lib.console import say, step
from _lib.places import PYTHON, REPOSITORY, DataFolder
from _lib.processes import Programs
from _lib.sessions import manage, settings_of, start_engines, stop_on_signals

FOLDER = REPOSITORY / "script" / "_bench"
USAGE = """Usage: script/bench [NAME …]

Measures what is in script/_bench (all, or those named) and prints medians and ratios with their limits. On
DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL where they are set, else on engines of its own. Leaves nothing behind.
"""
Row = dict[str, object]


def names() -> list[str]:
    """Return what can be measured."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("__"))


def command(arguments: list[str]) -> int:
    unknown = [word for word in arguments if word not in names()]
    if unknown:
        print(USAGE + "\nNAME is one of: " + ", ".join(names()))
        return 0 if unknown in (["--help"], ["-h"]) else 2
    stop_on_signals()
    setup.ensure_packages(setup.BASE_PACKAGES)
    setup.ensure_environment()
    folder = Path(tempfile.mkdtemp(prefix="qaf-bench-"))
    data = DataFolder.open(str(folder / "data"))
    engines = None
    try:
        with contextlib.closing(Programs()) as programs:
            engines, addresses = start_engines(data, programs)
            environment = settings_of(data, "test") | addresses
            if manage(["migrate", "--verbosity", "0"], environment):
                return 1
            return _measure_all(arguments or names(), environment)
    finally:
        if engines:
            engines.erase()
        shutil.rmtree(folder, ignore_errors=True)


def _measure_all(wanted: list[str], environment: dict[str, str]) -> int:
    over = 0
    for name in wanted:
        step(f"Measuring {name}")
        # A process for each: the memory that one of them took must not be counted for the next.
        done = subprocess.run(
            [str(PYTHON), str(FOLDER), name],
            cwd=REPOSITORY,
            env={**os.environ, **environment, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            say(f"{name} failed.")
            return 1
        rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
        for row in rows:
            say(line_of(row))
        over += sum(map(is_over, rows))
    return 1 if over else 0


def is_over(row: Row) -> bool:
    """Tell whether a figure is over its limit."""
    value, limit = row["value"], row.get("limit")
    return isinstance(value, int | float) and isinstance(limit, int | float) and value > limit


def line_of(row: Row) -> str:
    """Return a figure as a line of the table."""
    value = row["value"]
    shown = f"{value:,.2f}" if isinstance(value, float) else str(value)
    limit = f"at most {row['limit']}" if row.get("limit") is not None else ""
    verdict = "OVER" if is_over(row) else ("ok" if limit else "")
    return f"  {row['figure']!s:<64}{shown:>10} {row.get('unit', '')!s:<8}{limit:<14}{verdict}"
