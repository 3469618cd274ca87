from datetime import date

import pytest

from tests.factories.reporting import make_world

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def world(scope, frozen):
    """One submitted audit in which a mother spoke, and one whose auditors are still at work."""
    made = make_world(signs_in=True)
    made.done = made.audit(SEPTEMBER, "Rowan team", "good")
    made.mother = made.family(made.done, "parent_or_carer")
    made.refused = made.family(made.done, "child", reason="too_young")
    made.running = made.audit(SEPTEMBER, "Rowan team", "good", status="locked", submitted=False)
    made.early = made.family(made.running, "parent_or_carer")
    return made


@pytest.fixture
def enter(client):
    """Sign a person in as the form does, so that the session records how."""

    def enter(person):
        client.logout()
        answer = client.post(
            "/account/login/", {"login": person.user.email, "password": "correct horse battery"}
        )
        assert answer.status_code == 302, answer.content
        return client

    return enter
