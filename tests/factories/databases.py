"""A database of one's own, for tests that commit, stop engines or change tables."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

ALIASES = ("default", "owner", "purge")


def _as_owner(statement: str) -> None:
    owner = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        host=owner["HOST"] or None,
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        dbname="postgres",
    )
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def point_at(name: str) -> None:
    """Close the connections and open them to the database ``name`` from now on."""
    for alias in ALIASES:
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


@contextmanager
def separate_database(purpose: str, blocker) -> Iterator[str]:
    """Make and migrate a database for ``purpose``, point every connection at it, and drop it afterwards.

    Yields its name. ``blocker`` is pytest-django's: the database is open inside. Not for use inside a test
    that has the ``db`` fixture, whose transaction would be closed.
    """
    before = settings.DATABASES["default"]["NAME"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = f"{settings.DATABASES['default']['TEST']['NAME']}_{purpose}{worker}"
    _as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _as_owner(f'CREATE DATABASE "{name}"')
    with blocker.unblock():
        point_at(name)
        try:
            call_command("migrate", verbosity=0, interactive=False)
            yield name
        finally:
            point_at(before)
            _as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
