"""One migrated database that every other of a run is a copy of: the migrations run once, not once a process.

Its name carries a fingerprint of everything that migrating reads, so that a change makes a new one.
"""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

ALIASES = ("default", "owner", "purge")
_LOCK = 7_120_406
_PREFIX = "test_qaf_template_"
# The server itself waits five seconds for others to leave.
_ATTEMPTS = 6
_END_OURS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()
"""


@contextmanager
def server() -> Iterator[Any]:
    """A cursor of the owner on no database of ours."""
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
        yield cursor


def point_at(name: str) -> None:
    """Close the connections and open them to the database ``name`` from now on."""
    for alias in ALIASES:
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def make(name: str, *, anew: bool = True) -> None:
    """Make the database ``name`` with every table, or leave the one that is there where ``anew`` is false.

    Copies the template, which is migrated first where there is none; whoever else wants one waits. To be called
    with pytest-django's blocker open.
    """
    with server() as cursor:
        if not anew and exists(cursor, name):
            return
        # Migrating a template takes longer than anything in the product may wait.
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        template = _template(cursor)
        drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(cursor: Any, name: str) -> None:
    """Drop a database, waiting until the server has seen its last connection close.

    Not ``WITH (FORCE)``: it is refused while the server's own autovacuum is at work there, which a plain drop ends.
    """
    for attempt in range(_ATTEMPTS):
        cursor.execute(_END_OURS, [name])
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except psycopg2.errors.ObjectInUse:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(0.25)
        else:
            return


def _template(cursor: Any) -> str:
    name = _PREFIX + _fingerprint()
    if exists(cursor, name):
        return name
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX])
    for (old,) in cursor.fetchall():
        drop(cursor, old)
    making, before = f"{_PREFIX}making", settings.DATABASES["default"]["NAME"]
    cursor.execute(f'CREATE DATABASE "{making}"')
    point_at(making)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        point_at(before)
    # Only what was migrated to its end gets the name under which it is found.
    cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    return name


def exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _fingerprint() -> str:
    base = Path(settings.BASE_DIR)
    rooms = [base / room for room in ("qaf", "audits", "moderation", "feedback", "reporting")]
    found = {base / "requirements.txt"}
    for room in rooms:
        found.update(room.glob("**/migrations/*.py"))
    found.update((base / "qaf" / "tenants").glob("**/*.py"))
    digest = sha256(os.environ.get("DATABASE_OWNER_URL", "").encode())
    for path in sorted(found):
        digest.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
