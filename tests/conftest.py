"""The suite runs as the product does: tables made by the owner, everything else done by the app role."""

import gc
import os
import uuid
from datetime import datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from tests import template


def pytest_collection_finish(session):
    """Leave alone what is there for good: the collector went through it again and again, a fifth of a run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Make the test database, a copy of the migrated one; ``--reuse-db`` keeps the one that is there."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = settings.DATABASES["default"]["TEST"]["NAME"] + (f"_{worker}" if worker else "")
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        template.make(name, anew=not keep)
        template.point_at(name)
        if keep:
            call_command("migrate", verbosity=0, interactive=False)
    yield
    for connection in connections.all():
        connection.close()
    if not request.config.getvalue("reuse_db"):
        with template.server() as cursor:
            template.drop(cursor, name)


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
