"""script/test: the whole suite from nothing, on engines of its own unless addresses are given."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from _lib import setup
from _lib.console import say, step
from _lib.places import PYTHON, REPOSITORY, DataFolder
from _lib.processes import Programs
from _lib.sessions import run, settings_of, start_engines, stop_on_signals

MONTH = "tests/journeys/test_the_month.py"
BROWSER = ("tests/ui/test_browser.py", "tests/journeys", "tests/faults")
USAGE = """Usage: script/test [--all] [--long] [--no-journeys] [PATH or pytest option …]

Runs the tests, or those at PATH; in the browser, the main journey. --all adds the other journeys in the browser and
what happens while engines die; --long is --all with the exhaustive versions; --no-journeys leaves the browser out.
On DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL where they are set, else on engines of its own.
"""


def command(arguments: list[str]) -> int:
    if "--help" in arguments or "-h" in arguments:
        print(USAGE)
        return 0
    stop_on_signals()
    journeys = "--no-journeys" not in arguments
    setup.ensure_packages(setup.BASE_PACKAGES + setup.BROWSER_PACKAGES)
    setup.ensure_environment()
    folder = Path(tempfile.mkdtemp(prefix="qaf-test-"))
    data = DataFolder.open(str(folder / "data"))
    engines = None
    try:
        with contextlib.closing(Programs()) as programs:
            engines, addresses = start_engines(data, programs, throw_away=True)
            environment = settings_of(data, "test") | addresses
            environment["QAF_LONG"] = "1" if "--long" in arguments else os.environ.get("QAF_LONG", "")
            rest = [word for word in arguments if word not in {"--all", "--long", "--no-journeys"}]
            whole = not {"--all", "--long"}.isdisjoint(arguments)
            browser = (BROWSER if whole else (BROWSER[0], MONTH)) if journeys else ()
            return _run_all(rest, environment, browser)
    finally:
        if engines:
            engines.erase()
        shutil.rmtree(folder, ignore_errors=True)


def _run_all(rest: list[str], environment: dict[str, str], browser: tuple[str, ...]) -> int:
    """Run what was asked for; what drives a ``browser`` by itself, after the rest.

    Two browsers would share two cores, and a browser's event loop would stay behind in a process of other tests.
    """
    pytest = [str(PYTHON), "-m", "pytest", "-q"]
    named = [
        word for word in rest if (REPOSITORY / word.split("::")[0]).exists() and not word.startswith("-")
    ]
    if named:
        spread = [] if any(word.startswith(place) for word in named for place in BROWSER) else ["-n", "2"]
        return run([*pytest, *spread, *rest], environment)
    step("Tests")
    status = run([*pytest, "-n", "2", *[f"--ignore={place}" for place in BROWSER], *rest], environment)
    for place in browser:
        if status >= 128:
            break
        step(f"In the browser: {place}")
        later = run([*pytest, place, *rest], environment)
        if status and not later:
            say("Tests before these have failed: see above.")
        status = status or later
    return status
