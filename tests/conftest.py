"""The suite runs as the product does: tables made by the owner, everything else done by the app role."""

import os
import time
import uuid
from contextlib import closing
from datetime import datetime

import psycopg2
import pytest
from django.conf import settings
from django.db import connections

from qaf.lib import clock
from qaf.tenants.scope import authority_scope


def _admin(database: str = "postgres"):
    owner = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        host=owner["HOST"] or None,
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        dbname=database,
    )
    connection.autocommit = True
    return connection


def _drop(cursor, name: str) -> None:
    """Drop the database once the server has seen its last connection close; the owner may not end others' sessions."""
    for _ in range(40):
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except psycopg2.errors.ObjectInUse:
            time.sleep(0.25)
        else:
            return
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Create the test database as the owner and migrate it; ``--reuse-db`` keeps it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = settings.DATABASES["default"]["TEST"]["NAME"] + (f"_{worker}" if worker else "")
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    for alias in ("default", "owner", "purge"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    with closing(_admin()) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        there = cursor.fetchone()
        if there and not keep:
            _drop(cursor, name)
            there = None
        if not there:
            cursor.execute(f'CREATE DATABASE "{name}"')
    with django_db_blocker.unblock():
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
    yield
    for connection in connections.all():
        connection.close()
    if not request.config.getvalue("reuse_db"):
        with closing(_admin()) as admin, admin.cursor() as cursor:
            _drop(cursor, name)


@pytest.fixture
def frozen():
    """Nine o'clock on Monday 5 October 2026, in England."""
    with clock.travel(datetime(2026, 10, 5, 9, 0, tzinfo=clock.LONDON)):
        yield


@pytest.fixture
def council(db):
    """Two councils that know nothing of each other; the scope of the first is open."""
    from tests.factories.people import make_council

    return make_council("alder", "Alder Council")


@pytest.fixture
def other_council(db):
    from tests.factories.people import make_council

    return make_council("birch", "Birch Council")


@pytest.fixture
def scope(council):
    """The first council's scope, open for the whole test."""
    with authority_scope(council):
        yield council


@pytest.fixture(autouse=True)
def _own_cache():
    """Give every test a cache of its own: rate limits and counters of one must not reach the next."""
    from django.core.cache import cache

    cache.key_prefix = f"test-{uuid.uuid4().hex}"
