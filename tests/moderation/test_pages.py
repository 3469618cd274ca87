"""The pages of moderation: who may open them, what they show, and that nothing typed is lost."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits.followup.services import propose_action
from audits.models import AuditAction
from moderation.models import DecisionDraft, Moderation
from moderation.services import allocate_by_hand
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from tests.factories.assessments import DOMAINS, make_audit, make_cast, submit_both
from tests.factories.moderation import make_seniors
from tests.factories.people import make_person

PAGES = ("", "decide/", "plan/", "check/", "allocate/")


class World:
    """A moderation given to Mona, and a way to sign in as anybody of the cast."""

    def __init__(self, council):
        self.council = council
        self.clients: dict[int, Client] = {}
        with authority_scope(council):
            self.cast = make_cast(signs_in=True)
            self.seniors = make_seniors(self.cast, signs_in=True)
            self.audit = make_audit(self.cast)
            submit_both(self.audit, "good", "requires_improvement")
            self.moderation = Moderation.objects.get()
            allocate_by_hand(moderation=self.moderation, moderator=self.seniors.mona, person=self.cast.quinn)

    def sign_in(self, person) -> Client:
        """One sign-in for each person: too many in a minute are refused."""
        if person.pk not in self.clients:
            self.clients[person.pk] = Client()
            words = {"login": person.email, "password": "correct horse battery"}
            self.clients[person.pk].post("/account/login/", words)
        return self.clients[person.pk]

    def url(self, page: str = "") -> str:
        return f"/a/{self.council.slug}/moderation/{self.audit.reference}/{page}"

    def draft(self) -> DecisionDraft | None:
        with authority_scope(self.council):
            return DecisionDraft.objects.first()


@pytest.fixture
def world(council, frozen):
    return World(council)


def whole(version: int = 0, **more) -> dict[str, str]:
    data = {"version": str(version), "conversation_needed": "no"}
    for key in (*DOMAINS, "overall"):
        data |= {f"grade_{key}": "good", f"reason_{key}": "Both records read."}
    return data | more


def test_only_the_moderator_and_the_lead_open_it_and_never_an_auditor(world):
    expected = {
        world.seniors.mona: (200, 200, 200, 200, 403),
        world.cast.quinn: (200, 403, 403, 403, 200),
        world.cast.lena: (403,) * 5,
        world.cast.petra: (403,) * 5,
        world.cast.wyn: (403,) * 5,
        world.seniors.pam: (403,) * 5,
        world.cast.stranger: (403,) * 5,
    }
    for person, codes in expected.items():
        client = world.sign_in(person)
        assert tuple(client.get(world.url(page)).status_code for page in PAGES) == codes, person.name


def test_somebody_of_another_council_finds_nothing(world, other_council):
    with authority_scope(other_council):
        outsider = make_person("Una Unknown", email="una@birch.example.org", signs_in=True)
    client = world.sign_in(outsider)
    assert {client.get(world.url(page)).status_code for page in PAGES} == {404}


@pytest.mark.req("HER-33", "HER-37")
def test_the_moderator_sees_both_records_side_by_side_with_the_differences_marked(world):
    text = world.sign_in(world.seniors.mona).get(world.url()).content.decode()
    assert text.count("qaf-compare__differs") == 7
    for words in ("Lead auditor", "Peer auditor", "Requires improvement", "Seen alone every ten days."):
        assert words in text


@pytest.mark.req("HER-39", "HER-40")
def test_a_decision_is_typed_agreed_checked_and_submitted_once(world):
    client = world.sign_in(world.seniors.mona)
    answer = client.post(world.url("decide/"), whole())
    assert answer["Location"] == world.url("plan/")
    assert client.post(world.url("check/")).status_code == 422, "the plan is not agreed"
    client.post(world.url("plan/"), {"form": "agree"})
    assert "Nothing" not in client.get(world.url("check/")).content.decode()
    assert client.post(world.url("check/"))["Location"] == world.url()
    with authority_scope(world.council):
        world.audit.refresh_from_db()
        assert world.audit.status == "outcome"
    assert client.post(world.url("check/"))["Location"] == world.url(), "the second time nothing happens"
    assert "What was decided" in client.get(world.url()).content.decode()


def test_what_is_typed_is_saved_and_another_window_cannot_overwrite_it(world):
    client = world.sign_in(world.seniors.mona)
    first = client.post(world.url("decide/save/"), {"version": "0", "rationale": "one"})
    assert first.json()["version"] == 1
    assert client.post(world.url("decide/save/"), {"version": "1", "rationale": "two"}).json()["version"] == 2
    late = client.post(world.url("decide/save/"), {"version": "1", "rationale": "three"})
    assert (late.status_code, late.json()["version"], late.json()["theirs"]["rationale"]) == (409, 2, "two")
    page = client.post(world.url("decide/"), {"version": "1", "rationale": "three"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "three" in text
    assert "two" in text
    assert 'name="version" value="2"' in text
    assert world.draft().fields == {"rationale": "two"}


def test_a_date_that_is_no_date_is_said_and_nothing_is_lost(world):
    client = world.sign_in(world.seniors.mona)
    bad = {
        "conversation_needed": "yes",
        "conversation_on_0": "31",
        "conversation_on_1": "2",
        "conversation_on_2": "2026",
    }
    answer = client.post(world.url("decide/"), whole(**bad))
    assert answer.status_code == 422
    assert "Both records read." in answer.content.decode()
    saved = client.post(world.url("decide/save/"), whole(**bad))
    assert saved.status_code == 422
    assert set(saved.json()["errors"]) == {"conversation_on"}


@pytest.mark.req("HER-40")
def test_the_plan_is_changed_on_its_page(world):
    with authority_scope(world.council):
        action = propose_action(
            case=world.audit.case,
            text="Ring the school",
            intended_change="",
            owner=world.cast.wyn,
            owner_role="worker",
            due_on=clock.today(),
            latest_on=None,
            proposed_by=world.cast.lena,
        )
        AuditAction.objects.create(audit=world.audit, action=action)
    client = world.sign_in(world.seniors.mona)
    day = {"due_on_0": "2", "due_on_1": "11", "due_on_2": "2026"}
    words = {"text": "Visit the school", "intended_change": "", "owner": str(world.cast.lena.pk), **day}
    assert client.post(world.url(f"plan/{action.pk}/"), words).status_code == 302
    assert (
        client.post(world.url("plan/"), {**words, "form": "add", "text": "Ring the father"}).status_code
        == 302
    )
    assert client.post(world.url("plan/"), {**words, "due_on_2": "2028"}).status_code == 200, (
        "later than allowed"
    )
    assert client.post(world.url(f"plan/{action.pk}/leave-out/"), {"reason": ""}).status_code == 200
    assert client.post(world.url(f"plan/{action.pk}/leave-out/"), {"reason": "Done."}).status_code == 302
    assert client.get(world.url(f"plan/{action.pk}/")).status_code == 404, "what is left out is not rewritten"
    with authority_scope(world.council):
        found = {
            link.action.text: link.action.status for link in world.audit.action_links.select_related("action")
        }
    assert found == {"Visit the school": "not_agreed", "Ring the father": "proposed"}


def test_the_list_names_the_reasons_in_short_and_takes_the_same_queries_for_one_and_three(world):
    client = world.sign_in(world.cast.quinn)
    url = f"/a/{world.council.slug}/moderation/"
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        text = client.get(url).content.decode()
    assert "The overall grade and 6 domains differ" in text
    with authority_scope(world.council):
        for number in range(2):
            submit_both(make_audit(world.cast, local_id=f"000{number}"), "good", "inadequate")
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(three) == len(one)


def test_the_lead_sends_an_agreed_outcome_to_moderation(world):
    with authority_scope(world.council), clock.travel(datetime(2026, 10, 5, 10, tzinfo=clock.LONDON)):
        agreed = make_audit(world.cast, local_id="0009999")
        submit_both(agreed, "good", "good")
    url = f"/a/{world.council.slug}/moderation/{agreed.reference}/ask/"
    assert world.sign_in(world.cast.lena).post(url, {"reason": "Hm."}).status_code == 403
    assert world.sign_in(world.cast.quinn).post(url, {"reason": "The plan reads thinner."}).status_code == 302
    with authority_scope(world.council):
        agreed.refresh_from_db()
        assert agreed.status == "in_moderation"


def test_a_lead_who_audited_the_case_does_not_open_its_moderation_either(world):
    with authority_scope(world.council):
        peer = world.audit.assessments.get(slot="peer")
        peer.assessor = world.cast.quinn
        peer.save(update_fields=["assessor"])
    client = world.sign_in(world.cast.quinn)
    assert {client.get(world.url(page)).status_code for page in PAGES} == {403}
    audit_page = client.get(f"/a/{world.council.slug}/audits/{world.audit.reference}/")
    assert audit_page.status_code == 200
    assert world.url() not in audit_page.content.decode()
