"""`flush`, run as the owner role unless told otherwise."""

from typing import Any

from django.conf import settings
from django.core.management.commands.flush import Command as FlushCommand


class Command(FlushCommand):
    """Empty the tables as the owner: the app role may not truncate."""

    def handle(self, **options: Any) -> None:
        if "owner" in settings.DATABASES and options["database"] == "default":
            options["database"] = "owner"
        super().handle(**options)
