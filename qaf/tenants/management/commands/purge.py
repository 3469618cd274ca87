"""`manage.py purge [--again]`: carry out what was ordered to be deleted for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qaf.tenants.services import can_purge, purge_trail


class Command(BaseCommand):
    help = "Delete from the trail what the tables no longer hold. Needs DATABASE_PURGE_URL. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="repeat every order: after a backup was restored"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not can_purge():
            raise CommandError(
                "DATABASE_PURGE_URL is not set: give the address of PostgreSQL as the role qaf_purge."
            )
        self.stdout.write(f"{purge_trail(again=options['again'])} rows of the trail deleted.")
