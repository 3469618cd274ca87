"""script/lint: everything that can be said about the code without running it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time

from _lib import setup
from _lib.console import say
from _lib.places import PYTHON, REPOSITORY

# makemigrations and mypy load the settings; nothing is there to answer, nor needs to.
NOWHERE = {
    "DJANGO_SETTINGS_MODULE": "qaf.settings.test",
    "DATABASE_URL": "postgres://qaf_app@127.0.0.1:1/none",
    "DATABASE_OWNER_URL": "postgres://qaf_owner@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
# The scripts know nothing of Django, and are held to the strictest setting.
SCRIPT_TYPES = [
    "--strict",
    "--cache-dir=.mypy_cache/script",
    "--python-version=3.11",
    "--ignore-missing-imports",
    "-p",
    "_lib",
]


def checks() -> list[tuple[str, list[str]]]:
    """Return each check's name and command, the quick ones first."""
    python = str(PYTHON)
    bin_folder = str(PYTHON.parent)
    return [
        ("ruff", [f"{bin_folder}/ruff", "check", "."]),
        ("format", [f"{bin_folder}/ruff", "format", "--check", "."]),
        ("scripts", [python, "script/_lib/houserules.py"]),
        ("layers", [f"{bin_folder}/lint-imports"]),
        ("template style", [f"{bin_folder}/djlint", "--quiet", "--check", "templates"]),
        ("template rules", [f"{bin_folder}/djlint", "--quiet", "--lint", "templates"]),
        ("templates compile", [python, "script/_lib/templates.py"]),
        ("migrations", [python, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("types", [f"{bin_folder}/mypy"]),
        ("script types", [f"{bin_folder}/mypy", "--config-file=", *SCRIPT_TYPES]),
    ]


def command(arguments: list[str]) -> int:
    setup.ensure_packages(setup.BASE_PACKAGES)
    setup.ensure_environment()
    wanted = [(name, words) for name, words in checks() if not arguments or name in arguments]
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="qaf-lint-") as folder:
        environment = {
            **os.environ,
            **NOWHERE,
            "QAF_DATA": folder,
            "PYTHONPATH": str(REPOSITORY),
            "MYPYPATH": "script",
        }
        for name, words in wanted:
            started = time.monotonic()
            done = subprocess.run(
                words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
            )
            verdict = "failed" if done.returncode else "ok"
            say(f"{name:<20}{verdict:<8}{time.monotonic() - started:5.1f} s")
            if done.returncode:
                failed.append(name)
                say(f"{done.stdout}{done.stderr}")
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0
