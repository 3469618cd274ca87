"""Setting up a council from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits.frameworks.selectors import framework_in_force
from qaf.tenants.models import Authority, Person, Role, Unit
from qaf.tenants.permissions import may
from qaf.tenants.scope import authority_scope


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


@pytest.fixture
def password(monkeypatch):
    monkeypatch.setenv("QAF_PASSWORD", "correct horse battery staple")


def test_a_council_and_its_first_person_are_two_commands(db, password, client):
    said = run(
        "create_council", "elm", "--framework", "herefordshire", "--name", "Elm Council", "--prefix", "ELM"
    )
    assert "Elm Council is there" in said
    said = run(
        "create_person", "elm", "--name", "Ivy Iris", "--email", "ivy@example.org", "--role", "qa_lead"
    )
    assert "Ivy Iris may sign in to Elm Council as ivy@example.org" in said

    elm = Authority.objects.get(slug="elm")
    with authority_scope(elm):
        assert framework_in_force().main_tool.domains
        assert Unit.objects.filter(kind="service").count() == len(framework_in_force().services)
        assert may(Person.objects.get(name="Ivy Iris"), "cases.import")
    client.post("/account/login/", {"login": "ivy@example.org", "password": "correct horse battery staple"})
    assert client.get("/a/elm/").status_code == 200


def test_the_same_council_twice_is_refused_and_says_what_to_do(db):
    run("create_council", "elm", "--framework", "herefordshire")
    with pytest.raises(CommandError, match="framework load elm FILE"):
        run("create_council", "elm", "--framework", "herefordshire")


def test_a_framework_that_cannot_be_read_leaves_no_council(db):
    with pytest.raises(CommandError, match="cannot be read"):
        run("create_council", "elm", "--framework", "nowhere.yaml")
    assert not Authority.objects.exists()


def test_an_unknown_role_names_those_there_are_and_enters_nobody(db, password):
    run("create_council", "elm", "--framework", "herefordshire")
    with pytest.raises(CommandError, match=r"It has: .*qa_team"):
        run("create_person", "elm", "--name", "Ivy Iris", "--email", "ivy@example.org", "--role", "wizard")
    with authority_scope(Authority.objects.get(slug="elm")):
        assert not Person.objects.exists()
        assert Role.objects.exists()


def test_a_weak_password_is_refused(db, monkeypatch):
    monkeypatch.setenv("QAF_PASSWORD", "short")
    run("create_council", "elm", "--framework", "herefordshire")
    with pytest.raises(CommandError, match="too short"):
        run("create_person", "elm", "--name", "Ivy Iris", "--email", "ivy@example.org")
