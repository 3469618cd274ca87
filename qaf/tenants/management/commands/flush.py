"""`flush`, run as the owner role, under forced row-level security."""

from typing import Any

from django.conf import settings
from django.core.management.commands.flush import Command as FlushCommand
from django.db import connections, transaction

# What migrations and Django itself put there, and no council ever changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


class Command(FlushCommand):
    """Empty the tables as the owner: the app role may neither truncate nor see more than one council.

    Only tables that hold anything are touched, by DELETE with the keys deferred: truncating some eighty tables with
    their indexes costs a server that syncs its files half a minute, which every transactional test would pay.
    """

    def handle(self, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            super().handle(**options)
            return
        if options["interactive"] and input("This empties every table. Type 'yes' to go on: ") != "yes":
            self.stdout.write("Nothing was emptied.")
            return
        connection = connections["owner"]
        with transaction.atomic(using="owner"), connection.cursor() as cursor:
            tables = self._tables_with_rows(cursor)
            names = [connection.ops.quote_name(table) for table, _ in tables]
            for name, (_, forced) in zip(names, tables, strict=True):
                if forced:
                    cursor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for name in names:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608 — a name from the catalogue, quoted
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for name, (_, forced) in zip(names, tables, strict=True):
                if forced:
                    cursor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")

    @staticmethod
    def _tables_with_rows(cursor: Any) -> list[tuple[str, bool]]:
        """Return (table, whether row-level security is forced); the trail last, since deleting writes into it."""
        cursor.execute(
            "SELECT relname, relforcerowsecurity FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
            " ORDER BY relname = 'tenants_trailevent', relname"
        )
        found = [(name, forced) for name, forced in cursor.fetchall() if name not in KEPT]
        trail = ("tenants_trailevent", True)
        return found if trail in found else [*found, trail]
