"""`migrate`, run as the owner role unless told otherwise."""

from django.conf import settings
from django.core.management import CommandParser
from django.core.management.commands.migrate import Command as MigrateCommand


class Command(MigrateCommand):
    """Default to the ``owner`` connection: the app role owns no table and may change none."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        if "owner" in settings.DATABASES:
            parser.set_defaults(database="owner")
