"""script/manage: manage.py with the demo's settings, data folder and engines."""

from __future__ import annotations

import os

from _lib import setup
from _lib.console import Stop
from _lib.places import DataFolder
from _lib.sessions import attached, manage, settings_of, stop_on_signals

USAGE = """Usage: script/manage [--data DIR] COMMAND …

manage.py with the demo's settings, data folder (DIR, else QAF_DATA, else .data) and engines. Running engines are
used; else they are started for the time of the command. DATABASE_URL and REDIS_URL win over both.
"""


def command(arguments: list[str]) -> int:
    wanted, rest = _split(arguments)
    if not rest:
        print(USAGE)
        return 2
    stop_on_signals()
    data = DataFolder.open(wanted)
    setup.ensure_packages(setup.BASE_PACKAGES)
    setup.ensure_environment()
    with attached(data) as addresses:
        return manage(rest, {**settings_of(data, os.environ.get("QAF_ENV") or "demo"), **addresses})


def _split(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take our own ``--data`` off the front or the end; every other word is manage.py's."""
    rest, wanted = list(arguments), None
    for place, word in enumerate(arguments):
        if word == "--data":
            if place + 1 == len(arguments):
                raise Stop("--data needs a folder.")
            wanted = arguments[place + 1]
            del rest[place : place + 2]
            break
        if word.startswith("--data="):
            wanted = word.removeprefix("--data=")
            del rest[place]
            break
    return wanted, rest
