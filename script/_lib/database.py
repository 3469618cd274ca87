"""Make QAF's four database roles, and a database, on a server that one has the superuser's address of.

    script/database postgres://postgres@127.0.0.1:5432/postgres [--name qaf] [--tests]

Safe to repeat. Passwords are taken from QAF_OWNER_PASSWORD, QAF_APP_PASSWORD, QAF_BACKUP_PASSWORD and
QAF_PURGE_PASSWORD where they are set; a role without one can only sign in where the server trusts it.

| role       | is for                               | may                                                        |
|------------|--------------------------------------|------------------------------------------------------------|
| qaf_owner  | migrations (DATABASE_OWNER_URL)      | own every table; row-level security is forced on it too    |
| qaf_app    | web server and worker (DATABASE_URL) | read and write rows of the council whose scope is open     |
| qaf_backup | pg_dump, never from a web host       | read everything (BYPASSRLS), write nothing                 |
| qaf_purge  | the retention job                    | delete what has reached its date, under row-level security |
"""

import argparse
import os
import re

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

OWNER, APP, BACKUP, PURGE = "qaf_owner", "qaf_app", "qaf_backup", "qaf_purge"

# No one may hold others up for long: a request is short, an import longer, a dump as long as it takes.
SETTINGS = {
    OWNER: {
        "lock_timeout": "10s",
        "statement_timeout": "30min",
        "idle_in_transaction_session_timeout": "10min",
    },
    APP: {"lock_timeout": "5s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "2min"},
    BACKUP: {"lock_timeout": "60s", "statement_timeout": "0", "idle_in_transaction_session_timeout": "0"},
    PURGE: {
        "lock_timeout": "5s",
        "statement_timeout": "10min",
        "idle_in_transaction_session_timeout": "2min",
    },
}
PLAIN = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION"


def libpq_address(url: str) -> str:
    """Return ``url`` as libpq reads it: the socket form ``postgres://user@//folder/name`` needs rewriting."""
    if found := re.fullmatch(r"postgres(?:ql)?://([^@/]*)@/(/.+)/([^/?]+)", url):
        user, folder, name = found.groups()
        return f"postgresql:///{name}?host={folder}&user={user}"
    return url


def make_roles(cursor: Cursor, *, tests: bool) -> None:
    """Create or correct the four roles; with ``tests`` the owner may also create test databases."""
    attributes = {
        OWNER: f"{PLAIN} NOBYPASSRLS {'CREATEDB' if tests else 'NOCREATEDB'}",
        APP: f"{PLAIN} NOBYPASSRLS NOCREATEDB",
        BACKUP: f"{PLAIN} BYPASSRLS NOCREATEDB",
        PURGE: f"{PLAIN} NOBYPASSRLS NOCREATEDB",
    }
    for role, words in attributes.items():
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        cursor.execute(sql.SQL(verb + " ROLE {} " + words).format(sql.Identifier(role)))
        if password := os.environ.get(f"{role.upper()}_PASSWORD"):
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), [password])
        for name, value in SETTINGS[role].items():
            statement = sql.SQL("ALTER ROLE {} SET {} = %s").format(
                sql.Identifier(role), sql.Identifier(name)
            )
            cursor.execute(statement, [value])


def make_database(cursor: Cursor, name: str) -> None:
    """Create the database where it is missing, and let nobody but the four roles connect to it."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if not cursor.fetchone():
        statement = "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0"
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(OWNER)))
    database = sql.Identifier(name)
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    for role in (OWNER, APP, BACKUP, PURGE):
        cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role)))


def close_schema(cursor: Cursor) -> None:
    """Let only the owner make tables. What each role may do to them is granted after every migration."""
    cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    cursor.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", help="the superuser's address of any database on the server")
    parser.add_argument("--name", default="qaf", help="the database to make (default: %(default)s)")
    parser.add_argument("--tests", action="store_true", help="let the owner create test databases")
    arguments = parser.parse_args()
    address = libpq_address(arguments.address)
    connection = psycopg2.connect(address)
    connection.autocommit = True
    with connection.cursor() as cursor:
        make_roles(cursor, tests=arguments.tests)
        make_database(cursor, arguments.name)
    connection.close()
    with psycopg2.connect(address, dbname=arguments.name) as inside, inside.cursor() as cursor:
        close_schema(cursor)
    inside.close()


if __name__ == "__main__":
    main()
