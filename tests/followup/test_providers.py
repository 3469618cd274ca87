"""A provider judged inadequate while a child is placed there: scrutiny, and whether the child moves or stays."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from audits.followup.models import Action, FollowUp
from audits.followup.selectors.providers import may_judge_provider
from audits.followup.services.providers import decide_placement, judge_provider
from audits.frameworks import loader
from audits.frameworks.problems import FrameworkError
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from tests.golden.town import build_town

pytestmark = pytest.mark.usefixtures("frozen")

NORTHGATE = {
    "provider": "Northgate Homes",
    "judged_on": date(2026, 10, 1),
    "text": "Staff change every week.",
}


@pytest.fixture
def west(council):
    with authority_scope(council):
        return build_town(
            "west_sussex", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1, signs_in=True
        )


def signed_in(person) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    return client


@pytest.mark.req("WSX-206")
def test_whoever_decides_is_asked_once_and_the_plan_with_which_a_child_stays_becomes_their_action(
    council, west
):
    with authority_scope(council):
        case, placements = west.cases[0], west.one("placements_team")
        (scrutiny,) = judge_provider(case=case, person=case.worker, **NORTHGATE)
        assert judge_provider(case=case, person=case.worker, **NORTHGATE) == [scrutiny]
        assert (scrutiny.kind, scrutiny.case, scrutiny.assignee, scrutiny.due_on) == (
            "provider",
            case,
            placements,
            date(2026, 10, 12),
        )
        assert scrutiny.title in {one.text for one in todo_for(placements)}
        told = Notice.objects.get(kind="follow_up_opened")
        assert (told.person, "Northgate" in told.subject + told.body) == (placements, False)
        with pytest.raises(ValidationError) as refused:
            decide_placement(follow_up=scrutiny, person=placements, answers={"decision": "stays"})
        assert set(refused.value.message_dict) == {"plan", "plan_due_on", "comment"}
        answers = {"decision": "stays", "plan": "Visit every week.", "plan_due_on": "2026-11-02"}
        action = decide_placement(
            follow_up=scrutiny, person=placements, comment="She is settled.", answers=answers
        )
        assert (action.case, action.owner, action.due_on, action.status) == (
            case,
            placements,
            date(2026, 11, 2),
            "open",
        )
        scrutiny.refresh_from_db()
        assert (scrutiny.status, scrutiny.answers["provider"]) == ("done", "Northgate Homes")


@pytest.mark.req("WSX-206")
def test_a_child_who_moves_needs_no_plan_and_a_stranger_records_nothing(council, west):
    with authority_scope(council):
        case = west.cases[0]
        stranger = next(one.worker for one in west.cases if one.team != case.team)
        with pytest.raises(PermissionDenied):
            judge_provider(case=case, person=stranger, **NORTHGATE)
        (scrutiny,) = judge_provider(case=case, person=case.worker, **NORTHGATE)
        placements = west.one("placements_team")
        assert (
            decide_placement(
                follow_up=scrutiny, person=placements, comment="Not safe.", answers={"decision": "moves"}
            )
            is None
        )
        assert not Action.objects.exists()


@pytest.mark.req("WSX-206")
def test_it_is_recorded_on_the_childs_page_and_decided_on_its_own(council, west):
    with authority_scope(council):
        case, placements = west.cases[0], west.one("placements_team")
        worker = case.worker
    mine = signed_in(worker)
    record = reverse("followup:judge_provider", args=["alder", case.pk])
    assert record in mine.get(reverse("cases:case", args=["alder", case.pk])).content.decode()
    day = {"judged_on_0": "1", "judged_on_1": "10", "judged_on_2": "2026"}
    assert "Error" in mine.post(record, {"provider": "", **day, "text": ""}).content.decode()
    sent = mine.post(record, {"provider": "Northgate Homes", **day, "text": "Staff change."}, follow=True)
    assert f"The scrutiny is opened. {placements.name} has been told." in sent.content.decode()
    with authority_scope(council):
        scrutiny = FollowUp.objects.get(kind="provider")
    theirs = signed_in(placements)
    page = reverse("followup:follow_up", args=["alder", scrutiny.pk])
    shown = theirs.get(page).content.decode()
    assert "Northgate Homes" in shown
    assert "Does the child move or stay?" in shown
    data = {"form": "answer", "decision": "stays", "plan": "", "comment": "She is settled."}
    assert "Enter the plan of action" in theirs.post(page, data).content.decode()
    data |= {
        "plan": "Visit every week.",
        "plan_due_on_0": "2",
        "plan_due_on_1": "11",
        "plan_due_on_2": "2026",
    }
    shown = theirs.post(page, data, follow=True).content.decode()
    assert "The child stays, with a plan of action" in shown
    assert "Monday 2 November 2026" in shown


def test_a_council_whose_framework_asks_for_no_scrutiny_offers_none(council):
    with authority_scope(council):
        town = build_town("sefton", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1)
        assert not may_judge_provider(town.cases[0], town.cases[0].worker)


def test_scrutiny_of_a_provider_follows_a_judgement_and_nothing_else():
    text = loader.builtin_text("west_sussex")
    assert text.count("when: provider_judged") == 1
    with pytest.raises(FrameworkError, match="does not follow when the outcome of an audit becomes final"):
        loader.load(text.replace("when: provider_judged", "when: audit_finalised"), "test.yaml")
