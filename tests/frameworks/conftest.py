import pytest

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person, make_role


@pytest.fixture
def published(council, frozen):
    """Alder works to the framework that has been tried longest."""
    with authority_scope(council):
        return publish_framework(text=loader.builtin_text("herefordshire"), file="herefordshire.yaml")


@pytest.fixture
def will(council):
    """Will works at Alder and may do nothing in particular."""
    with authority_scope(council):
        make_role("visitor")
        return make_person("Will Alder", "visitor", signs_in=True)


@pytest.fixture
def bob(other_council):
    """Bob works at Birch."""
    with authority_scope(other_council):
        make_role("visitor")
        return make_person("Bob Birch", "visitor", signs_in=True)


@pytest.fixture
def sign_in(client):
    """Sign a person in as the form does, so that the session records how."""

    def enter(person):
        client.logout()
        data = {"login": person.user.email, "password": "correct horse battery"}
        assert client.post("/account/login/", data).status_code == 302
        return client

    return enter
