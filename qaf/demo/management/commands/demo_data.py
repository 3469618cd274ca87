"""``manage.py demo_data``: five invented councils, through the product's importer and services."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from qaf.demo.guard import refuse_outside_demo
from qaf.demo.story.build import FULL_MONTHS, LIST_MONTHS, QUICK_MONTHS, Builder, slug_of
from qaf.demo.world import load_plans


class Command(BaseCommand):
    """Make the demonstration data where it is missing."""

    help = "Fill the database with five invented councils. Does nothing where they are there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--months", type=int, default=FULL_MONTHS, help="Months of audits (default 12).")
        parser.add_argument("--quick", action="store_true", help="A short history, for tests and trials.")
        parser.add_argument("--only", default="", help="One council, by the name of its framework file.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is missing and print the sign-ins."""
        plans = [plan for plan in load_plans() if options["only"] in ("", plan.framework)]
        refuse_outside_demo({slug_of(plan.framework) for plan in load_plans()})
        months = QUICK_MONTHS if options["quick"] else max(options["months"], 1)
        builder = Builder(
            months=months,
            list_months=1 if options["quick"] else LIST_MONTHS,
            folder=Path(settings.DATA_DIR),
            say=self._say if options["verbosity"] else lambda text: None,
        )
        started = time.monotonic()
        made = builder.run(plans)
        if made:
            self._say(f"Made {made} councils in {time.monotonic() - started:.0f} s.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
