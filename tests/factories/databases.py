"""A database of one's own, for tests that commit, stop engines or change tables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.conf import settings

from tests import template
from tests.template import point_at

__all__ = ["point_at", "separate_database"]


@contextmanager
def separate_database(purpose: str, blocker: Any = None) -> Iterator[str]:
    """Make a database for ``purpose`` with every table, point every connection at it, and drop it afterwards.

    Yields its name. ``blocker`` is pytest-django's, where a test asks: the database is open inside. Not for use inside
    a test that has the ``db`` fixture, whose transaction would be closed.
    """
    before = settings.DATABASES["default"]["NAME"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = f"{settings.DATABASES['default']['TEST']['NAME']}_{purpose}{worker}"
    with blocker.unblock() if blocker else nullcontext():
        template.make(name)
        point_at(name)
        try:
            yield name
        finally:
            point_at(before)
            with template.server() as cursor:
                template.drop(cursor, name)
