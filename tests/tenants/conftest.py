import pytest

from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person, make_role


@pytest.fixture
def ada(council):
    """Ada manages people at Alder."""
    with authority_scope(council):
        make_role("qa_lead", "tenants.manage_people", "tenants.manage_council", "jobs.see_all")
        return make_person("Ada Alder", "qa_lead", signs_in=True)


@pytest.fixture
def will(council):
    """Will works at Alder and manages nobody."""
    with authority_scope(council):
        make_role("social_worker")
        return make_person("Will Alder", "social_worker", signs_in=True)


@pytest.fixture
def bob(other_council):
    """Bob manages people at Birch."""
    with authority_scope(other_council):
        make_role("qa_lead", "tenants.manage_people", "tenants.manage_council", "jobs.see_all")
        return make_person("Bob Birch", "qa_lead", signs_in=True)


@pytest.fixture
def sign_in(client):
    """Sign a person in as the form does, so that the session records how."""

    def enter(person):
        client.logout()
        response = client.post(
            "/account/login/", {"login": person.user.email, "password": "correct horse battery"}
        )
        assert response.status_code == 302, response.content
        return client

    return enter
