"""One council's own framework: joint owners, immediate responses, scrutiny of patterns, summaries, supervision."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from audits.followup.models import Action, FollowUp, UrgentConcern
from audits.followup.selectors import may_see_concern, visible_actions, visible_concerns
from audits.followup.services import (
    answer_concern,
    chase,
    complete_action,
    complete_follow_up,
    raise_concern,
    sign_off_action,
)
from audits.followup.services.concerns import SpokenFirst
from audits.models import FoundPattern, Judgement
from audits.selectors.facts import audit_facts
from audits.services.findings import propose_audit_action
from audits.services.flags import set_flag, take_back_flag
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import record_absence
from tests.factories.towns import asked, audit_of, finish_with, past_audit, propose, submit_with
from tests.golden.town import build_town

NOON = datetime(2026, 10, 5, 12, 0, tzinfo=clock.LONDON)


class World:
    """A town on the framework, one looked-after child of its first team, and who is who around them."""

    def __init__(self, council, *, signs_in: bool = False):
        self.council = council
        with authority_scope(council):
            self.town = build_town("sefton", teams_in_a_service=1, at_the_centre=1, signs_in=signs_in)
            self.case = next(case for case in self.town.cases if case.status == "looked_after")
            self.worker = self.case.worker
            team, service = self.case.team.name, self.case.service.name
            self.manager = self.town.holder("team_manager", team)
            self.service_manager = self.town.holder("service_manager", service)
            self.director = self.town.one("assistant_director")
            self.qa = self.town.one("qa_manager")
            self.clients: dict[int, Client] = {}

    def audit(self, **fields):
        return audit_of(self.town, self.case, self.qa, **fields)

    def client(self, person) -> Client:
        if person.pk not in self.clients:
            self.clients[person.pk] = Client()
            words = {"login": person.email, "password": "correct horse battery"}
            self.clients[person.pk].post("/account/login/", words)
        return self.clients[person.pk]

    def url(self, page: str) -> str:
        return f"/a/{self.council.slug}/{page}"


@pytest.fixture
def world(council, frozen):
    return World(council, signs_in=True)


@pytest.fixture
def inside(council, frozen):
    with authority_scope(council):
        yield World(council)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


SPOKEN = "I rang at noon; she goes there now."


@pytest.mark.req("SEF-105", "SEF-107", "SEF-108", "SEF-109", "SEF-110", "SEF-111", "SEF-112")
def test_a_safeguarding_mark_raises_an_immediate_response_after_the_conversation_and_it_is_answered(world):
    with authority_scope(world.council):
        audit = world.audit()
    client = world.client(world.qa)
    page = world.url(f"audits/{audit.reference}/marks/")
    text = client.get(page).content.decode()
    assert "does not replace a referral" in text
    assert world.manager.name in text
    name = "safeguarding_concern"
    words = {"flag": name, f"{name}-reason": "A bruise nobody explained."}
    assert "Say whom you spoke with, or why it cannot wait" in client.post(page, words).content.decode()
    spoken = {f"{name}-spoken_with": str(world.manager.pk), f"{name}-conversation": SPOKEN}
    with clock.travel(NOON):
        assert client.post(page, {**words, **spoken}).status_code == 302
    with authority_scope(world.council):
        concern = UrgentConcern.objects.get()
        assert (concern.spoken_with, concern.conversation, concern.spoken_at) == (world.manager, SPOKEN, NOON)
        assert concern.responder == world.service_manager
        assert concern.due_at == datetime(2026, 10, 5, 23, 59, tzinfo=clock.LONDON), "the same day"
        assert [link.audit for link in concern.audit_links.all()] == [audit]
        assert audit_facts(audit).flags == (name,)
    answering = world.client(world.service_manager)
    answer = world.url(f"follow-up/concerns/{concern.pk}/")
    assert SPOKEN in answering.get(answer).content.decode()
    given = {"answer": "Seen by a doctor.", "wider_management_practice": "Two more children looked at."}
    with clock.travel(NOON + timedelta(hours=2)):
        assert answering.post(answer, given).status_code == 302
    with authority_scope(world.council):
        concern.refresh_from_db()
        assert concern.wider_view == {"management_practice": "Two more children looked at."}
        assert (concern.answered_by, concern.answered_at) == (
            world.service_manager,
            NOON + timedelta(hours=2),
        )
        entry = FollowUp.objects.get(kind="supervision")
        assert (entry.assignee, entry.about) == (world.manager, world.worker)
        assert "immediate response" in entry.title
        assert entry.due_on == date(2026, 11, 2), "28 days on, where nobody knows the next supervision"
    assert "Two more children looked at." in client.get(answer).content.decode()


def test_an_emergency_is_never_held_up_by_the_conversation(inside):
    with pytest.raises(ValidationError, match="Say whom you spoke with"):
        raise_concern(case=inside.case, raised_by=inside.qa, text="Look now.")
    with pytest.raises(ValidationError, match="Say what was said"):
        raise_concern(
            case=inside.case, raised_by=inside.qa, text="Look now.", spoken=SpokenFirst(inside.manager)
        )
    spoken = SpokenFirst(not_spoken_reason="Nobody answers, and it is night.")
    concern = raise_concern(case=inside.case, raised_by=inside.qa, text="Look now.", spoken=spoken)
    assert concern.not_spoken_reason == "Nobody answers, and it is night."


@pytest.mark.req("SEF-106", "SEF-108")
def test_half_a_year_without_supervision_calls_for_a_response_within_the_day_and_night(inside):
    inside.case.last_supervision_on = date(2026, 4, 5)
    inside.case.save()
    audit = inside.audit()
    (item,) = [one for one in todo_for(inside.qa) if one.urgent]
    assert item.text == f"Raise an urgent concern: {audit.reference}"
    with clock.travel(datetime(2026, 10, 9, 18, 0, tzinfo=clock.LONDON)):
        submit_with(audit, "good")
        concern = UrgentConcern.objects.get()
        assert concern.text == "No supervision on record for six months"
        assert concern.due_at == datetime(2026, 10, 10, 18, 0, tzinfo=clock.LONDON), "a Saturday counts"
        assert not [one for one in todo_for(inside.qa) if one.text.startswith("Raise")]
    again = inside.audit()
    inside.case.last_supervision_on = date(2026, 4, 20)
    inside.case.save()
    again.refresh_from_db()
    submit_with(again, "good")
    assert UrgentConcern.objects.count() == 1, "five months are not six"


def test_a_deputy_answers_for_an_absent_service_manager(inside):
    record_absence(
        person=inside.service_manager,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 10, 9),
        deputy=inside.director,
    )
    spoken = SpokenFirst(not_spoken_reason="It is urgent.")
    concern = raise_concern(case=inside.case, raised_by=inside.qa, text="Look.", spoken=spoken)
    assert concern.responder == inside.director


def test_an_allegation_is_never_seen_by_whom_it_is_about_nor_by_their_line(inside):
    concern = raise_concern(
        case=inside.case, raised_by=inside.qa, text="About a manager.", about_person=inside.service_manager
    )
    barred = (inside.worker, inside.manager, inside.service_manager)
    for person in barred:
        assert not may_see_concern(concern, person), person
        assert concern not in visible_concerns(person), person
    assert concern.responder not in barred
    assert told("urgent_concern").isdisjoint({person.name for person in barred})
    with clock.travel(datetime(2026, 10, 9, 9, 0, tzinfo=clock.LONDON)):
        chase()
    assert told("concern_overdue") == {concern.responder.name}
    assert told("escalation").isdisjoint({person.name for person in barred})
    answer_concern(concern=concern, answer="Looked into.", person=concern.responder)
    assert not FollowUp.objects.filter(kind="supervision").exists(), "supervision is not told of it"


def test_a_mark_is_taken_back_with_its_reason_and_what_it_set_off_goes_on(inside):
    audit = inside.audit()
    spoken = SpokenFirst(inside.manager, "Said.")
    mark = set_flag(
        audit=audit, flag="safeguarding_concern", reason="Alone.", person=inside.qa, spoken=spoken
    )
    same = set_flag(
        audit=audit, flag="safeguarding_concern", reason="Again.", person=inside.qa, spoken=spoken
    )
    assert same == mark
    assert UrgentConcern.objects.count() == 1
    with pytest.raises(ValidationError):
        take_back_flag(mark=mark, reason=" ", person=inside.qa)
    take_back_flag(mark=mark, reason="It was another child.", person=inside.qa)
    assert audit_facts(audit).flags == ()
    assert UrgentConcern.objects.get().status == "raised"


@pytest.mark.req("SEF-117", "SEF-118", "SEF-119", "SEF-120", "SEF-121", "SEF-122", "SEF-124", "SEF-33")
def test_an_action_is_owned_jointly_dated_within_31_days_categorised_and_signed_off_for_quality(world):
    with authority_scope(world.council):
        audit = world.audit()
        assessment = audit.assessments.get()
        wanted = {
            "assessment": assessment,
            "text": "Bring the chronology up to date",
            "intended_change": "Her story can be read.",
            "owner": world.worker,
            "person": world.qa,
        }
        with pytest.raises(ValidationError, match="on or before"):
            propose_audit_action(**wanted, due_on=date(2026, 11, 6), category="planning")
        with pytest.raises(ValidationError, match="kind of action"):
            propose_audit_action(**wanted, due_on=date(2026, 10, 20))
        action = propose_audit_action(**wanted, due_on=date(2026, 10, 20), category="safeguarding")
        finish_with(audit, "good")
        action.refresh_from_db()
        assert (action.joint_owner, action.due_on, action.latest_on) == (
            world.manager,
            date(2026, 10, 20),
            date(2026, 11, 5),
        )
        for person in (world.worker, world.manager):
            assert "Complete an action" in {item.text for item in todo_for(person)}
        assert action in visible_actions(world.service_manager)
        complete_action(action=action, evidence="On file.", change_for_child="", person=world.worker)
    url = world.url(f"follow-up/actions/{action.pk}/")
    signer = world.client(world.manager)
    text = signer.get(url).content.decode()
    assert "Is it done well?" in text
    assert "Does it keep to procedure?" in text
    assert "Safeguarding" in text
    assert world.client(world.worker).post(url, {"decision": "sign_off"}).status_code == 200
    halves = {"decision": "sign_off", "quality": "no", "compliance": "yes"}
    assert "Send the action back" in signer.post(url, halves).content.decode()
    assert signer.post(url, {**halves, "quality": "yes"}).status_code == 302
    with authority_scope(world.council):
        action.refresh_from_db()
        assert (action.signed_off_by, action.judged) == (
            world.manager,
            {"quality": True, "compliance": True},
        )


def test_a_joint_owner_who_completed_it_does_not_sign_it_off(inside):
    audit = inside.audit()
    action = propose(audit, owner=inside.worker)
    finish_with(audit, "good")
    action.refresh_from_db()
    complete_action(action=action, evidence="Done.", change_for_child="", person=inside.manager)
    assert "Sign off an action" not in {item.text for item in todo_for(inside.manager)}
    judged = {"quality": True, "compliance": True}
    sign_off_action(action=action, comment="", person=inside.service_manager, judged=judged)


@pytest.mark.req("SEF-115", "SEF-123", "SEF-125", "SEF-132")
def test_a_single_inadequate_is_discussed_in_supervision_and_its_actions_are_tracked(world):
    with authority_scope(world.council):
        audit = world.audit()
        action = propose(audit, owner=world.worker)
        finish_with(audit, "inadequate")
        found = asked(audit)
        assert set(found) >= {"filing", "supervision", "action_review"}
        assert set(found) <= {"filing", "supervision", "action_review", "acknowledge"}, "and nothing more"
        assert found["action_review"] == (world.manager.name, date(2026, 11, 5))
        entry = FollowUp.objects.get(kind="supervision")
        assert "An inadequate audit is discussed" in entry.guidance
        review = FollowUp.objects.get(kind="action_review")
    manager = world.client(world.manager)
    page = world.url(f"follow-up/follow-ups/{entry.pk}/")
    held = {"held_on_0": "5", "held_on_1": "10", "held_on_2": "2026", "form": "answer"}
    text = manager.post(page, {**held, "actions_complete": "no"}).content.decode()
    assert "Good practice was celebrated" in text
    records = {"good_practice_celebrated": "yes", "actions_responded_to": "yes", "actions_complete": "no"}
    assert manager.post(page, {**held, **records}).status_code == 302
    page = world.url(f"follow-up/follow-ups/{review.pk}/")
    assert "Visit the father" in manager.get(page).content.decode()
    assert manager.post(page, {"form": "answer"}).status_code == 200
    given = {"form": "answer", f"action_{action.pk}": "A visit is booked."}
    assert manager.post(page, given).status_code == 302
    assert "A visit is booked." in manager.get(page).content.decode()
    tracker = world.client(world.qa).get(world.url("action-position/")).content.decode()
    assert audit.reference in tracker
    with authority_scope(world.council):
        entry.refresh_from_db()
        assert entry.answers["good_practice_celebrated"] is True


@pytest.mark.req("SEF-133", "SEF-135", "SEF-136")
def test_two_inadequate_running_for_a_practitioner_open_one_discussion_of_what_contributed(world):
    with authority_scope(world.council):
        past_audit(world.town, world.case, world.qa, "inadequate", on=date(2026, 9, 1))
        finish_with(world.audit(), "inadequate")
        follow_up = FollowUp.objects.get(kind="scrutiny")
        assert (follow_up.assignee, follow_up.about, follow_up.due_on) == (
            world.service_manager,
            world.worker,
            date(2026, 10, 19),
        )
        assert set(follow_up.invited) == {world.director.pk, world.manager.pk, world.worker.pk}
        with clock.travel(date(2026, 10, 12)):
            finish_with(world.audit(), "inadequate")
        assert FollowUp.objects.filter(kind="scrutiny").count() == 1, "the same pattern goes on"
        assert FoundPattern.objects.filter(level="practitioner").count() == 2
    assert (
        world.client(world.worker).get(world.url(f"follow-up/follow-ups/{follow_up.pk}/")).status_code == 200
    )
    page = world.url(f"follow-up/follow-ups/{follow_up.pk}/")
    client = world.client(world.service_manager)
    held = {"form": "answer", "held_on_0": "5", "held_on_1": "10", "held_on_2": "2026"}
    refused = client.post(page, {**held, "features": "Two workers left.", "comment": "A mentor."})
    assert "Say who took part" in refused.content.decode()
    took_part = [str(world.director.pk), str(world.worker.pk)]
    given = {**held, "features": "Two workers left.", "comment": "A mentor.", "took_part": took_part}
    assert client.post(page, given).status_code == 302
    text = client.get(page).content.decode()
    assert "Two workers left." in text
    assert world.director.name in text


@pytest.mark.req("SEF-133")
@pytest.mark.parametrize(
    ("weeks", "factor", "opened"),
    [(2, "Supervision was missing for months.", 0), (2, "", 1), (20, "Supervision was missing.", 1)],
    ids=["took over weeks before, and why is recorded", "no factor recorded", "had the child for months"],
)
def test_an_audit_does_not_count_for_a_worker_who_had_only_just_taken_over(inside, weeks, factor, opened):
    past_audit(inside.town, inside.case, inside.qa, "inadequate", on=date(2026, 9, 1))
    audit = inside.audit(worker_since=date(2026, 10, 5) - timedelta(weeks=weeks))
    Judgement.objects.create(
        assessment=audit.assessments.get(),
        domain="",
        grade="inadequate",
        extra={"contributing_factors": factor},
    )
    finish_with(audit, "inadequate")
    assert FollowUp.objects.filter(kind="scrutiny").count() == opened


@pytest.mark.req("SEF-134", "SEF-137")
def test_a_teams_share_and_a_weak_review_unit_of_a_cared_for_child_are_looked_at(inside):
    other = next(
        case for case in inside.town.cases if case.team == inside.case.team and case.worker != inside.worker
    )
    for number, grade in enumerate(("inadequate", "good"), start=1):
        past_audit(inside.town, other, inside.qa, grade, on=date(2026, 9, number))
    past_audit(inside.town, inside.case, inside.qa, "good", on=date(2026, 9, 3))
    finish_with(inside.audit(), "inadequate", safeguarding_unit="inadequate")
    found = {one.title: one for one in FollowUp.objects.filter(kind="scrutiny")}
    team = found[f"Look at what contributed: {inside.case.team}"]
    assert (team.assignee, team.about, team.case) == (inside.service_manager, None, None)
    assert "2 of 4 audits" in team.guidance
    assert "never about who is better or worse" in team.guidance
    unit = next(one for title, one in found.items() if one is not team)
    assert (unit.assignee_role, unit.due_on) == ("sgu_service_manager", date(2026, 10, 19))
    found_before = FollowUp.objects.filter(kind="scrutiny", audit_links__rule__startswith="review_unit")
    assert found_before.count() == 1
    child = next(case for case in inside.town.cases if case.status == "child_in_need")
    finish_with(audit_of(inside.town, child, inside.qa), "good", safeguarding_unit="inadequate")
    assert found_before.count() == 1, "the child in need is not cared for"


@pytest.mark.req("SEF-172", "SEF-173")
def test_a_good_audit_is_written_up_by_the_team_without_naming_the_child(world):
    with authority_scope(world.council):
        audit = world.audit()
        finish_with(audit, "good")
        follow_up = FollowUp.objects.get(kind="summary")
        assert follow_up.title == f"Make a Difference summary: {audit.reference}"
        assert follow_up.due_on == date(2026, 10, 30), "the end of the month is a Saturday"
        assert "nothing that tells which child" in follow_up.guidance
        with pytest.raises(ValidationError):
            complete_follow_up(follow_up=follow_up, person=world.qa, answers={"features": "A plan."})
    client = world.client(world.qa)
    page = world.url(f"follow-up/follow-ups/{follow_up.pk}/")
    given = {"form": "answer", "features": "A plan in her words.", "strengths": "Weekly play."}
    assert client.post(page, given).status_code == 302
    shared = world.client(world.worker).get(world.url("follow-up/summaries/")).content.decode()
    assert "A plan in her words." in shared
    assert world.case.local_id not in shared
    assert audit.reference not in shared


def test_the_joint_owner_moves_with_the_child(inside):
    from audits.followup.services import follow_children

    audit = inside.audit()
    action = propose(audit, owner=inside.manager)
    finish_with(audit, "good")
    action.refresh_from_db()
    assert (action.owner, action.joint_owner) == (inside.manager, inside.worker)
    other = next(p for p in inside.town.workers[inside.case.team.name] if p != inside.worker)
    inside.case.worker = other
    inside.case.save()
    assert follow_children() == 1
    assert Action.objects.get(pk=action.pk).joint_owner == other
