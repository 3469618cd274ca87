"""A clock to move, mail to read, and one council with people who get it."""

from datetime import datetime

import pytest

from qaf.lib import clock
from qaf.notices.services import relay_council
from tests.factories.people import make_person


def london(*parts: int) -> datetime:
    """A moment on England's clocks."""
    return datetime(*parts, tzinfo=clock.LONDON)  # type: ignore[misc]


@pytest.fixture
def anna(scope):
    return make_person("Anna Auditor")


@pytest.fixture
def ben(scope):
    return make_person("Ben Boss")


@pytest.fixture
def relay(scope):
    """Send what is due."""
    return lambda: relay_council(scope)


@pytest.fixture
def sent(mailoutbox):
    """Who got what, in order; reading empties it."""

    def read() -> list[tuple[str, str]]:
        found = [(message.to[0].partition("@")[0], message.subject) for message in mailoutbox]
        mailoutbox.clear()
        return found

    return read
