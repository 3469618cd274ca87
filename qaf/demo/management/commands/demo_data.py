"""``manage.py demo_data``: five invented councils, through the product's importer and services."""

import gc
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from qaf.demo.guard import refuse_outside_demo
from qaf.demo.story.build import FULL_MONTHS, LIST_MONTHS, QUICK_MONTHS, Builder, is_there, slug_of
from qaf.demo.world import CouncilPlan, load_plans

LOCK = 0x64656D6F  # The first key of the locks by which processes share the councils.


class Command(BaseCommand):
    """Make the demonstration data where it is missing."""

    help = "Fill the database with five invented councils. Does nothing where they are there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--months", type=int, default=FULL_MONTHS, help="Months of audits (default 12).")
        parser.add_argument("--quick", action="store_true", help="A short history, for tests and trials.")
        parser.add_argument("--only", action="append", help="One council, by the name of its framework file.")
        parser.add_argument(
            "--one-process", action="store_true", help="Do not share the work with a second one."
        )
        parser.add_argument("--part", action="store_true", help="Make the councils and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is missing and print the sign-ins."""
        refuse_outside_demo({slug_of(plan.framework) for plan in load_plans()})
        plans = [plan for plan in load_plans() if not options["only"] or plan.framework in options["only"]]
        missing = [plan for plan in plans if not is_there(plan)]
        builder = Builder(
            months=QUICK_MONTHS if options["quick"] else max(options["months"], 1),
            list_months=1 if options["quick"] else LIST_MONTHS,
            folder=Path(settings.DATA_DIR),
            say=self._say if options["verbosity"] else lambda text: None,
        )
        _collect_seldom()
        if options["part"]:
            _make_free(builder, _in_order(missing, options["only"]))
            return
        started = time.monotonic()
        self._make(builder, missing, options)
        if missing:
            builder.finish(plans)
            _tell_the_planner()
            self._say(f"Made {len(missing)} councils in {time.monotonic() - started:.0f} seconds.")
        table = builder.sign_ins(plans)
        if options["verbosity"]:
            self._say(table)

    def _make(self, builder: Builder, missing: list[CouncilPlan], options: dict[str, Any]) -> None:
        """Make the councils; a second process begins at the other end of the list, and they meet."""
        if options["one_process"] or len(missing) < 2 or (os.cpu_count() or 1) < 2:
            _make_free(builder, missing)
            return
        with _second_process(missing[::-1], quick=options["quick"], months=builder.months) as second:
            _make_free(builder, missing)
            if second.wait() != 0:
                raise CommandError("Some councils could not be made; what went wrong stands above.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _collect_seldom() -> None:
    """Look for garbage less often: a year of a council leaves little of it, and looking took a fifth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _in_order(plans: list[CouncilPlan], names: list[str] | None) -> list[CouncilPlan]:
    """Return the councils in the order in which they were asked for."""
    return sorted(plans, key=lambda plan: names.index(plan.framework)) if names else plans


def _make_free(builder: Builder, plans: list[CouncilPlan]) -> None:
    """Make those of the councils that no other process has taken; one that is there already is left alone."""
    for plan in plans:
        if _take(plan) and not is_there(plan):
            builder.make(plan)


def _take(plan: CouncilPlan) -> bool:
    """Take a council for this process, until it ends; ``False`` where another has."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK, plan.framework])
        return bool(cursor.fetchone()[0])


def _tell_the_planner() -> None:
    """Count the new rows: the planner would go by empty tables until the server comes round by itself."""
    with connections["owner" if "owner" in settings.DATABASES else "default"].cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _second_process(plans: list[CouncilPlan], *, quick: bool, months: int) -> Iterator[subprocess.Popen]:
    """Run this command for ``plans`` in a process of its own, which ends with this one."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "demo_data", "--part"]
    command += ["--months", str(months)]
    for plan in plans:
        command += ["--only", plan.framework]
    process = subprocess.Popen([*command, "--quick"] if quick else command)  # noqa: S603 (our own interpreter)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
