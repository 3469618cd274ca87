"""What rows of Herefordshire's ask across several rooms: each is followed through the pages that serve it."""

import re

import pytest
from django.test import Client
from django.utils.html import escape

from audits.followup.models import FollowUp
from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.models import WiderFinding
from audits.services.finalise import confirm_outcome
from moderation.models import Moderation
from moderation.services import agree_plan, allocate_by_hand, decide
from qaf.tenants.scope import authority_scope
from tests.factories import assessments as made
from tests.factories.moderation import make_seniors, type_decision
from tests.factories.people import LONG_AGO

pytestmark = pytest.mark.usefixtures("frozen")
STANDARDS = "https://alder.example.org/practice-standards"


class World:
    """One audit of Alder's with its people, each at a browser of their own."""

    def __init__(self, council):
        self.council = council
        self.clients: dict[int, Client] = {}
        with authority_scope(council):
            text = loader.builtin_text("herefordshire")
            linked = text.replace(
                "{key: practice_standards, ", f"{{key: practice_standards, address: {STANDARDS!r}, "
            )
            assert linked != text
            publish_framework(text=linked, effective_from=LONG_AGO)
            self.cast = made.make_cast(signs_in=True)
            self.seniors = make_seniors(self.cast, signs_in=True)
            self.audit = made.make_audit(self.cast)

    def at(self, person) -> Client:
        if person.pk not in self.clients:
            self.clients[person.pk] = Client()
            words = {"login": person.email, "password": "correct horse battery"}
            self.clients[person.pk].post("/account/login/", words)
        return self.clients[person.pk]

    def page(self, person, address: str) -> str:
        answer = self.at(person).get(address)
        assert answer.status_code == 200, (person, address, answer.status_code)
        return re.sub(r"\s+", " ", answer.content.decode())

    def part(self, slot: str, page: str) -> str:
        return f"/a/alder/audits/{self.audit.reference}/part/{slot}/{page}"

    def moderated_by_mona(self) -> str:
        """Both submit with every grade apart, and Mona is given the moderation; return the path of its pages."""
        with authority_scope(self.council):
            made.submit_both(self.audit, "good", "requires_improvement")
            allocate_by_hand(
                moderation=Moderation.objects.get(), moderator=self.seniors.mona, person=self.cast.quinn
            )
        return f"/a/alder/moderation/{self.audit.reference}/"


@pytest.fixture
def world(council):
    return World(council)


def descriptors(domain: str) -> list[str]:
    tool = loader.builtin("herefordshire").main_tool
    lines = tool.domain(domain).descriptors if domain else tool.overall_descriptors
    found = [escape(line) for of_grade in lines.values() for line in of_grade]
    assert len(lines) == 4
    assert found
    return found


@pytest.mark.req("HER-06")
def test_descriptors_stand_beside_every_control_that_grades_for_lead_peer_and_moderator(world):
    cast = world.cast
    for slot, person in (("lead", cast.lena), ("peer", cast.petra)):
        for domain in (*made.DOMAINS, ""):
            text = world.page(person, world.part(slot, f"section/{domain or 'overall'}/"))
            assert [line for line in descriptors(domain) if line not in text] == []
    with authority_scope(world.council):
        made.reveal(world.audit)
    text = world.page(cast.lena, world.part("lead", "grade/assessments/"))
    assert [line for line in descriptors("assessments") if line not in text] == []


@pytest.mark.req("HER-06")
def test_the_moderator_decides_with_the_descriptors_of_every_disputed_grade_in_sight(world):
    text = world.page(world.seniors.mona, f"{world.moderated_by_mona()}decide/")
    for domain in (*made.DOMAINS, ""):
        assert [line for line in descriptors(domain) if line not in text] == []


@pytest.mark.req("HER-05")
def test_the_standard_that_the_council_attached_is_opened_from_every_section_it_stands_behind(world):
    for domain in made.DOMAINS:
        for slot, person in (("lead", world.cast.lena), ("peer", world.cast.petra)):
            text = world.page(person, world.part(slot, f"section/{domain}/"))
            assert f'href="{STANDARDS}"' in text
            assert "Practice Standards (opens in new tab)" in text


@pytest.mark.req("HER-57")
def test_lead_peer_and_moderator_each_record_what_reaches_beyond_the_child(world):
    cast, seniors = world.cast, world.seniors
    for slot, person in (("lead", cast.lena), ("peer", cast.petra)):
        finding = {"text": f"Seen by the {slot}: no interpreter at weekends."}
        assert world.at(person).post(world.part(slot, "wider-findings/"), finding).status_code == 302
    own = world.page(cast.lena, world.part("lead", "wider-findings/"))
    assert ("Seen by the lead" in own, "Seen by the peer" in own) == (True, False)
    world.moderated_by_mona()
    with authority_scope(world.council):
        found = Moderation.objects.get()
        grades = dict.fromkeys((*made.DOMAINS, ""), "good")
        type_decision(found, grades, wider_finding="Seen by the moderator: two forms for one plan.")
        agree_plan(moderation=found, agreed=True, person=seniors.mona)
        decide(moderation=found, person=seniors.mona)
        assert list(WiderFinding.objects.order_by("id").values_list("raised_by__name", "text")) == [
            ("Lena Lead", "Seen by the lead: no interpreter at weekends."),
            ("Petra Peer", "Seen by the peer: no interpreter at weekends."),
            (seniors.mona.name, "Seen by the moderator: two forms for one plan."),
        ]
    text = world.page(cast.quinn, f"/a/alder/audits/{world.audit.reference}/")
    assert text.count("Seen by the ") == 3


@pytest.mark.req("HER-50", "HER-51")
def test_the_manager_takes_the_findings_into_supervision_and_records_the_learning_need(world):
    cast = world.cast
    with authority_scope(world.council):
        made.submit_both(world.audit)
        confirm_outcome(audit=world.audit, person=cast.wyn)
        task = FollowUp.objects.get(kind="supervision")
    assert (task.assignee_id, task.about_id) == (cast.lena.pk, cast.wyn.pk)
    page = f"/a/alder/follow-up/follow-ups/{task.pk}/"
    asked = world.page(cast.lena, page)
    assert "Support or learning need" in asked
    assert f"/a/alder/audits/{world.audit.reference}/" in asked, "the findings are one press away"
    answer = {
        "form": "answer",
        "held_on_0": "5",
        "held_on_1": "10",
        "held_on_2": "2026",
        "strengths": "How she listened.",
        "learning_need": "Writing chronologies: a half-day course.",
        "actions_complete": "yes",
    }
    assert world.at(cast.wyn).post(page, answer).status_code in (200, 403), "not the worker's to answer"
    with authority_scope(world.council):
        task.refresh_from_db()
        assert task.status == "open"
    assert world.at(cast.lena).post(page, answer).status_code == 302
    with authority_scope(world.council):
        task.refresh_from_db()
        assert (task.status, task.done_by, task.answers) == (
            "done",
            cast.lena,
            {
                "held_on": "2026-10-05",
                "strengths": "How she listened.",
                "learning_need": "Writing chronologies: a half-day course.",
                "actions_complete": True,
            },
        )
    for person in (cast.lena, cast.wyn):
        assert "Writing chronologies: a half-day course." in world.page(person, page)
    assert world.at(cast.stranger).get(page).status_code == 403
