"""Bring in results of audits from before the product: ``manage.py import_historic COUNCIL FILE``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.services.historic import HistoricFileRefused, import_historic
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope


class Command(BaseCommand):
    help = (
        "Bring in historic audits from a CSV file: child_id, date, overall, optionally service, and domains."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("council", help="the council's slug")
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")

    def handle(self, *args: Any, **options: Any) -> None:
        council = Authority.objects.filter(slug=options["council"]).first()
        if council is None:
            raise CommandError(f"There is no council {options['council']}.")
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        try:
            with authority_scope(council, why="manage.py import_historic"):
                told = import_historic(content=content, person=None)
        except HistoricFileRefused as refused:
            raise CommandError("\n".join(["Nothing was brought in.", *refused.problems])) from refused
        self.stdout.write(
            f"{told.added} added, {told.changed} changed, {told.known} known already; "
            f"{told.converted} read from the former scale."
        )
