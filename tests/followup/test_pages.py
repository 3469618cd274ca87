"""The pages of what follows: who opens what, what they do, the same number of queries for one row and for many."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits.followup.models import Action, FollowUp, UrgentConcern
from audits.followup.services import complete_action, raise_concern
from audits.models import Audit
from audits.services.finalise import confirm_outcome
from audits.services.findings import propose_audit_action
from qaf.tenants.models import ReadEvent
from qaf.tenants.scope import authority_scope
from tests.factories.assessments import assessment_of, make_audit, make_cast, submit_both
from tests.factories.moderation import make_seniors


class World:
    """A final inadequate audit with one action, and an urgent concern."""

    def __init__(self, council):
        self.council = council
        self.clients: dict[int, Client] = {}
        with authority_scope(council):
            self.cast = make_cast(signs_in=True)
            self.seniors = make_seniors(self.cast, signs_in=True)
            self.audit = make_audit(self.cast)
            self.action = self.propose("Visit the father", self.audit)
            self.concern = raise_concern(
                case=self.audit.case,
                raised_by=self.cast.petra,
                text="Nobody has seen her.",
                about=self.audit.reference,
            )
            submit_both(self.audit, "inadequate", "inadequate")
            confirm_outcome(audit=self.audit, person=self.cast.wyn)
            self.tasks = {one.kind: one for one in FollowUp.objects.select_related("assignee")}

    def propose(self, text: str, audit: Audit) -> Action:
        return propose_audit_action(
            assessment=assessment_of(audit, "lead"),
            text=text,
            intended_change="He is heard.",
            owner=self.cast.wyn,
            due_on=date(2026, 11, 2),
            person=self.cast.lena,
        )

    def sign_in(self, person) -> Client:
        """One sign-in for each person: too many in a minute are refused."""
        if person.pk not in self.clients:
            self.clients[person.pk] = Client()
            words = {"login": person.email, "password": "correct horse battery"}
            self.clients[person.pk].post("/account/login/", words)
        return self.clients[person.pk]

    def url(self, page: str = "") -> str:
        return f"/a/{self.council.slug}/follow-up/{page}"

    def codes(self, page: str) -> dict[str, int]:
        people = (
            *(getattr(self.cast, name) for name in ("wyn", "lena", "petra", "sam", "quinn", "stranger")),
            *(getattr(self.seniors, name) for name in ("hetty", "dev")),
        )
        return {
            one.name.split()[0].lower(): self.sign_in(one).get(self.url(page)).status_code for one in people
        }


@pytest.fixture
def world(council, frozen):
    return World(council)


def who(codes: dict[str, int]) -> set[str]:
    assert set(codes.values()) <= {200, 403}
    return {name for name, code in codes.items() if code == 200}


def test_each_thing_is_opened_by_those_it_concerns_and_nobody_else(world):
    action, concern, tasks = f"actions/{world.action.pk}/", f"concerns/{world.concern.pk}/", world.tasks
    assert who(world.codes(action)) == {"wyn", "lena", "petra", "sam", "quinn", "hetty", "dev"}
    assert who(world.codes(concern)) == {"petra", "sam", "quinn"}
    conversation = who(world.codes(f"follow-ups/{tasks['conversation'].pk}/"))
    assert conversation == {"wyn", "lena", "petra", "sam", "quinn", "hetty", "dev"}
    assert who(world.codes(f"concerns/raise/{world.audit.case_id}/")) == {
        "wyn",
        "lena",
        "petra",
        "sam",
        "quinn",
        "hetty",
    }


def test_every_look_at_a_child_is_logged(world):
    client = world.sign_in(world.cast.lena)
    client.get(world.url(f"actions/{world.action.pk}/"))
    with authority_scope(world.council):
        assert ReadEvent.objects.filter(
            person=world.cast.lena, subject="case", subject_id=world.audit.case_id
        ).exists()


@pytest.mark.req("HER-49")
def test_an_action_is_completed_and_signed_off_on_its_page(world):
    url = world.url(f"actions/{world.action.pk}/")
    owner, manager = world.sign_in(world.cast.wyn), world.sign_in(world.cast.lena)
    assert owner.post(url, {"evidence": "Case note", "change_for_child": ""}).status_code == 200
    assert owner.post(url, {"evidence": "Case note", "change_for_child": "He visits."}).status_code == 302
    assert "Sign off" not in owner.get(url).content.decode()
    assert manager.post(url, {"decision": "send_back", "comment": ""}).status_code == 200
    judged = {"completed": "yes", "impact": "yes"}
    halves = manager.post(url, {"decision": "sign_off", "completed": "yes"})
    assert "Select yes or no" in halves.content.decode(), "completion and difference are judged each apart"
    assert manager.post(url, {**judged, "decision": "sign_off", "comment": ""}).status_code == 302
    assert manager.post(url, {**judged, "decision": "sign_off", "comment": ""}).status_code == 200, (
        "posted twice is once"
    )
    with authority_scope(world.council):
        world.action.refresh_from_db()
        assert (world.action.status, world.action.signed_off_by) == ("signed_off", world.cast.lena)


@pytest.mark.req("HER-27", "HER-44", "HER-50")
@pytest.mark.parametrize(
    ("kind", "name", "bad", "good"),
    [
        ("oversight", "hetty", {"comment": ""}, {"comment": "I have read it."}),
        ("filing", "petra", {"reference": "M-1"}, {"reference": "M-1"}),
        ("supervision", "lena", {"strengths": "Much."}, {"strengths": "Much.", "actions_complete": "no"}),
        ("review", "sam", {"comment": "x"}, {"comment": "Better.", "actions_complete": "no"}),
        ("conversation", "lena", {"comment": "x"}, {"comment": "Time for reading was agreed."}),
    ],
)
def test_each_kind_of_follow_up_is_answered_on_its_page(world, kind, name, bad, good):
    person = getattr(world.cast, name, None) or getattr(world.seniors, name)
    client, url = world.sign_in(person), world.url(f"follow-ups/{world.tasks[kind].pk}/")
    day = {"filing": "filed_on", "oversight": ""}.get(kind, "held_on")
    dated = {f"{day}_{part}": value for part, value in enumerate(("5", "10", "2026"))} if day else {}
    assert client.post(url, {"form": "answer", **bad}).status_code == 200
    assert client.post(url, {"form": "answer", **good, **dated}).status_code == 302
    with authority_scope(world.council):
        world.tasks[kind].refresh_from_db()
        assert (world.tasks[kind].status, world.tasks[kind].done_by) == ("done", person)


def test_supervision_with_somebody_who_left_is_closed_with_its_reason(world):
    client, url = world.sign_in(world.cast.lena), world.url(f"follow-ups/{world.tasks['supervision'].pk}/")
    assert client.post(url, {"form": "end", "end-why": ""}).status_code == 200
    assert client.post(url, {"form": "end", "end-why": "Wyn has left."}).status_code == 302
    with authority_scope(world.council):
        world.tasks["supervision"].refresh_from_db()
        assert world.tasks["supervision"].status == "not_needed"


def test_a_concern_is_raised_once_answered_and_closed(world):
    petra, sam = world.sign_in(world.cast.petra), world.sign_in(world.cast.sam)
    url = f"{world.url(f'concerns/raise/{world.audit.case_id}/')}?audit={world.audit.reference}"
    text = petra.get(url).content.decode()
    assert "does not replace a referral" in text
    assert "emergency duty team" in text
    words = {"text": "The plan is not kept.", "told_whom": "", "safe_now": "no"}
    first, second = petra.post(url, words), petra.post(url, words)
    assert first["Location"] == second["Location"], "the same words posted twice are one concern"
    with authority_scope(world.council):
        raised = UrgentConcern.objects.get(text="The plan is not kept.")
    page = world.url(f"concerns/{raised.pk}/")
    assert petra.post(page, {"answer": "Myself."}).status_code == 200
    assert sam.post(page, {"answer": "Seen today."}).status_code == 302
    assert petra.post(f"{page}close/").status_code == 302
    with authority_scope(world.council):
        raised.refresh_from_db()
        assert (raised.status, raised.answer, raised.safe_now) == ("closed", "Seen today.", False)


@pytest.mark.parametrize("page", ["", "follow-ups/", "concerns/"])
def test_the_trackers_take_the_same_queries_for_one_row_and_for_many(world, page):
    client = world.sign_in(world.cast.quinn)
    client.get(world.url(page))
    with CaptureQueriesContext(connection) as few:
        assert client.get(world.url(page)).status_code == 200
    with authority_scope(world.council):
        for number in range(3):
            audit = make_audit(world.cast, local_id=f"000{number}")
            world.propose("Ring the school", audit)
            raise_concern(case=audit.case, raised_by=world.cast.petra, text="Look.", about=audit.reference)
            submit_both(audit, "inadequate", "inadequate")
            confirm_outcome(audit=audit, person=world.cast.wyn)
    with CaptureQueriesContext(connection) as many:
        client.get(world.url(page))
    assert len(many) == len(few)


@pytest.mark.req("HER-49")
def test_the_tracker_is_filtered_and_sorted_by_its_address(world):
    client = world.sign_in(world.cast.quinn)
    assert "Visit the father" in client.get(world.url("?sort=-owner")).content.decode()
    assert "Visit the father" not in client.get(world.url("?whose=mine")).content.decode()
    assert "Visit the father" not in client.get(world.url("?late=on")).content.decode()
    assert "Visit the father" in client.get(world.url(f"?service={world.cast.service.pk}")).content.decode()
    assert "Visit the father" not in client.get(world.url("?status=signed_off")).content.decode()
    assert client.get(world.url("?sort=nonsense&status=nonsense&page=99")).status_code == 200


@pytest.mark.req("HER-46", "HER-47")
def test_a_re_audit_is_begun_on_its_page_by_whoever_was_asked(world):
    task = world.tasks["re_audit"]
    client = world.sign_in(task.assignee)
    page = client.get(world.url(f"follow-ups/{task.pk}/"))
    assert page["Location"] == f"/a/{world.council.slug}/re-audits/{task.pk}/"
    answer = client.post(page["Location"], {"form": "begin"})
    assert answer["Location"].endswith("/part/re_audit/")
    assert client.get(answer["Location"]).status_code == 200
    with authority_scope(world.council):
        assert Audit.objects.filter(re_audit_of=world.audit).count() == 1
    other = world.sign_in(world.cast.lena).get(page["Location"])
    assert b"Begin the re-audit" not in other.content


def test_the_list_of_what_to_do_takes_the_same_queries_for_one_action_and_for_many(world):
    def finish(number: int) -> None:
        audit = make_audit(world.cast, local_id=f"000{number}")
        mine, other = world.propose("Ring the school", audit), world.propose("Ring the father", audit)
        submit_both(audit, "good", "good")
        confirm_outcome(audit=audit, person=world.cast.wyn)
        for action in (mine, other):
            action.refresh_from_db()
        complete_action(action=mine, evidence="Note", change_for_child="Known.", person=world.cast.wyn)

    def count(person) -> int:
        client = world.sign_in(person)
        client.get(f"/a/{world.council.slug}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/a/{world.council.slug}/").status_code == 200
        return len(queries)

    people = (world.cast.lena, world.cast.wyn, world.cast.quinn)
    with authority_scope(world.council):
        finish(1)
    before = [count(person) for person in people]
    with authority_scope(world.council):
        for number in (2, 3, 4):
            finish(number)
    assert [count(person) for person in people] == before
