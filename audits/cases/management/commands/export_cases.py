"""Write a council's case list to a file: ``manage.py export_cases COUNCIL --out FILE.csv``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.cases.models import Case
from audits.cases.services import write_csv
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope


class Command(BaseCommand):
    help = "Write a council's case list as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("council", help="the council's slug")
        parser.add_argument("--out", required=True, type=Path, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        council = Authority.objects.filter(slug=options["council"]).first()
        if council is None:
            raise CommandError(f"There is no council {options['council']}.")
        related = ("service", "team", "worker", "chair", "manager")
        with (
            authority_scope(council, why="manage.py export_cases"),
            options["out"].open("w", encoding="utf-8", newline="") as target,
        ):
            count = write_csv(Case.objects.select_related(*related), target)
        self.stdout.write(f"{count} cases written to {options['out']}")
