"""What a proxy learns when it asks whether QAF can serve."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from qaf.tenants.health import PATH


@pytest.fixture
def guarded(settings):
    """A server that takes one host name only, by https only."""
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["qaf.example"], True


def test_whoever_knows_only_the_port_learns_that_qaf_can_serve(db, guarded):
    inside = Client(headers={"host": "10.0.0.7:8000"})
    answer = inside.get(PATH)
    assert (answer.status_code, answer.content) == (200, b"Well.\n")
    assert (answer["Cache-Control"], answer.cookies) == ("no-store", {})
    assert inside.get("/account/login/").status_code == 400


def test_without_its_database_it_says_so_and_nothing_of_why(guarded, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("password of qaf_app at 10.0.0.9")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client(headers={"host": "10.0.0.7:8000"}).get(PATH)
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")
