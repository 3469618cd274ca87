"""The one place where the environment is read; everything else imports from here.

``DATABASE_URL`` connects as the app role (owns nothing, subject to row-level security),
``DATABASE_OWNER_URL`` as the owner (migrations only). ``REDIS_URL`` serves Celery and the cache.
"""

from pathlib import Path

import environ

env = environ.Env()

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def required(name: str, hint: str) -> str:
    """Return the variable, or stop with a sentence that says what to set."""
    from django.core.exceptions import ImproperlyConfigured

    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


def database(name: str) -> dict:
    """Return Django's settings for the database at the address in the variable ``name``.

    ``postgres://user@//folder/database`` names a socket folder.
    """
    required(name, "It is the address of PostgreSQL, for example postgres://qaf_app@127.0.0.1:5432/qaf.")
    return dict(env.db_url(name, engine="django.db.backends.postgresql"))


def celery_broker(url: str) -> str:
    """Return ``REDIS_URL`` as Celery spells it (``unix://`` becomes ``redis+socket://``)."""
    if url.startswith("unix://"):
        path, _, query = url.removeprefix("unix://").partition("?")
        number = dict(part.split("=") for part in query.split("&") if part).get("db", "0")
        return f"redis+socket://{path}?virtual_host={number}"
    return url
