"""A test's database goes, whatever the server itself is doing in it."""

import contextlib
import time

import pytest

from tests import template

TIRELESS = (
    "autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,"
    " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1"
)


@pytest.fixture
def sign_in(base):
    """Connect to the tests' own server, as anybody, to any of its databases, until the test is over."""
    with contextlib.ExitStack() as stack:

        def connect(user: str, name: str):
            connection = base.engines.connect(user, name)
            stack.callback(connection.close)
            return connection

        yield connect


@pytest.fixture
def restless(sign_in):
    """The server looks for tables to vacuum every second."""
    with sign_in("postgres", "postgres").cursor() as server:
        server.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
        server.execute("ALTER SYSTEM SET autovacuum = on")
        server.execute("SELECT pg_reload_conf()")
        yield server
        server.execute("ALTER SYSTEM RESET autovacuum_naptime")
        server.execute("ALTER SYSTEM RESET autovacuum")
        server.execute("SELECT pg_reload_conf()")


def vacuumed(server, name: str) -> bool:
    server.execute(
        "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND backend_type = 'autovacuum worker'", [name]
    )
    return server.fetchone() is not None


def test_a_database_is_dropped_while_the_server_vacuums_it(restless, sign_in):
    with sign_in("qaf_owner", "postgres").cursor() as owner:
        owner.execute("CREATE DATABASE dusty")
        with sign_in("qaf_owner", "dusty").cursor() as inside:
            inside.execute(f"CREATE TABLE dust (grain text) WITH ({TIRELESS})")
            inside.execute("INSERT INTO dust SELECT repeat('x', 500) FROM generate_series(1, 20000)")
            inside.execute("DELETE FROM dust")
        deadline = time.monotonic() + 60
        while not vacuumed(restless, "dusty"):
            assert time.monotonic() < deadline, "the server never vacuumed"
            time.sleep(0.05)

        template.drop(owner, "dusty")

        assert not template.exists(owner, "dusty")


def test_a_database_is_dropped_although_a_connection_of_the_owner_was_left_open(sign_in):
    with sign_in("qaf_owner", "postgres").cursor() as owner:
        owner.execute("CREATE DATABASE visited")
        sign_in("qaf_owner", "visited")

        template.drop(owner, "visited")

        assert not template.exists(owner, "visited")
