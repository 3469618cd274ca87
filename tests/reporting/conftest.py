from datetime import date

import pytest

from tests.factories.reporting import make_world

JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (7, 8, 9, 10))


@pytest.fixture
def world(scope, frozen):
    """The third quarter of 2026, as it stands on Monday 5 October: every figure of it is known beforehand.

    July, Beech team: one Outstanding, drawn in place of another. August, Maple team: one Inadequate, and its re-audit.
    September, Rowan team: one Good; one where the peer said Good and the moderator the lead's Requires improvement,
    two days late. September, Beech team: grades locked and not submitted, overdue. One withdrawn. One of October.
    """
    made = make_world(signs_in=True)
    made.july = made.audit(
        JULY, "Beech team", "outstanding", origin="replacement", domains={"quality_of_plans": "not_applicable"},
        good_practice=True,
    )  # fmt: skip
    made.worst = made.audit(AUGUST, "Maple team", "inadequate", tags=("neglect", "supervision"))
    made.again = made.audit(AUGUST, "Maple team", "outstanding", origin="re_audit", re_audit_of=made.worst)
    made.good = made.audit(SEPTEMBER, "Rowan team", "good", tags=("neglect",), codes=("training",))
    made.disputed = made.audit(
        SEPTEMBER, "Rowan team", "requires_improvement", peer="good", locked=("good", "good"), days=23
    )
    made.late = made.audit(SEPTEMBER, "Beech team", "outstanding", status="locked", submitted=False)
    made.gone = made.audit(SEPTEMBER, "Beech team", "outstanding", status="withdrawn")
    made.next = made.audit(OCTOBER, "Rowan team", None, status="allocated", submitted=False)
    _what_followed(made)
    return made


def _what_followed(made) -> None:
    made.follow_up(made.good, "filing")
    made.follow_up(made.worst, "filing", "open")
    made.follow_up(made.good, "supervision")
    made.follow_up(made.worst, "supervision", "open")
    made.follow_up(made.worst, "oversight")
    made.follow_up(made.worst, "review", "open", due_on=date(2026, 9, 30))
    made.follow_up(
        made.worst,
        "re_audit",
        outcome="concluded",
        answers={"domains": {"overall": "improved", "assessments": "same", "voice_of_child": "worse"}},
    )
    made.action(made.good, date(2026, 9, 30), "open")
    made.action(made.good, date(2026, 12, 1), "open")
    made.action(made.worst, date(2026, 9, 15), "signed_off", "He sees his father.", done_on=date(2026, 9, 10))
    made.action(made.worst, date(2026, 9, 15), "done", done_on=date(2026, 9, 20))
    made.action(made.worst, date(2026, 9, 15), "not_agreed")
    made.talk(made.good, agrees=True)
    made.talk(made.disputed, agrees=False)
    made.family(
        made.good,
        "parent_or_carer",
        themes=[("listened_to", True), ("waiting", False)],
        quotation="She rings back when she says she will.",
    )
    made.family(made.good, "child", reason="too_young")
    made.family(made.worst, "parent_or_carer", reason="no_answer")
    made.wider(made.worst, "Hospital reports reach us late.")
    made.concern(made.worst)
    made.exclusion(made.good, SEPTEMBER)


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
