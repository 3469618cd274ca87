"""Two councils' own frameworks: short limits, dated actions, positions reported; confirmations and caseloads."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits.cases.models import Case
from audits.enums import OVERALL
from audits.followup.models import Action, CaseloadCheck, Confirmation, FollowUp
from audits.followup.selectors import visible_actions
from audits.followup.selectors.caseload import caseload_totals
from audits.followup.selectors.due import due_rounds
from audits.followup.services import (
    chase,
    complete_action,
    complete_follow_up,
    confirm,
    open_rounds,
    sign_off_action,
)
from audits.followup.services.reminders import remind
from audits.frameworks.vocabulary import Grades
from audits.models import Audit, FoundPattern, Judgement
from audits.programme.enums import OccurrenceKind
from audits.programme.models import Occurrence
from audits.selectors.action_position import visible_audits_with_actions
from audits.selectors.dated_action import lacks_dated_action
from audits.selectors.missing import missing_before_submission
from audits.services.by_calendar import look_for_changes, report_positions
from audits.services.flags import set_flag
from moderation.models import Moderation
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from tests.factories.towns import asked, audit_of, finish_with, past_audit, propose, submit_with
from tests.golden.town import build_town


class World:
    """A town on a council's own framework, its first child, and who signs in."""

    def __init__(self, council, framework: str, manager: str, *, signs_in: bool = False):
        self.council = council
        self.town = build_town(framework, teams_in_a_service=1, at_the_centre=1, signs_in=signs_in)
        self.case = self.town.cases[-1]
        self.worker = self.case.worker
        self.manager = self.town.holder(manager, self.case.team.name)
        self.clients: dict[int, Client] = {}

    def client(self, person) -> Client:
        if person.pk not in self.clients:
            self.clients[person.pk] = Client()
            words = {"login": person.email, "password": "correct horse battery"}
            self.clients[person.pk].post("/account/login/", words)
        return self.clients[person.pk]

    def url(self, page: str) -> str:
        return f"/a/{self.council.slug}/{page}"


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


@pytest.fixture
def collaborative(council, frozen):
    with authority_scope(council):
        yield World(council, "west_sussex", "practice_manager")


@pytest.mark.req("WSX-78", "WSX-79")
def test_an_inadequate_audit_with_a_safeguarding_concern_shortens_its_actions_at_once(collaborative):
    town, auditor = collaborative.town, collaborative.manager
    audit = audit_of(town, collaborative.case, auditor)
    action = propose(audit, owner=collaborative.worker)
    assert action.due_on == date(2026, 11, 2), "four weeks, as most are"
    submit_with(audit, "inadequate")
    action.refresh_from_db()
    assert (action.status, action.due_on) == ("proposed", date(2026, 11, 2)), (
        "no safeguarding concern is marked"
    )
    with clock.travel(datetime(2026, 10, 6, 9, 0, tzinfo=clock.LONDON)):
        set_flag(audit=audit, flag="safeguarding_concern", reason="Left alone.", person=auditor)
        action.refresh_from_db()
        assert (action.status, action.due_on) == ("open", date(2026, 10, 12)), "counted from the submission"
        audit.refresh_from_db()
        later = propose(audit, "Ring the school", owner=collaborative.worker)
        assert later.latest_on == date(2026, 10, 12), "what is added afterwards has the same limit"
    other = audit_of(town, town.cases[0], auditor)
    unmarked = propose(other, owner=town.cases[0].worker)
    submit_with(other, "good")
    finish_with(other, "good")
    unmarked.refresh_from_db()
    assert unmarked.due_on == date(2026, 11, 2)


@pytest.mark.req("WSX-13")
def test_where_practice_is_weak_no_outcome_stands_without_a_dated_action(collaborative):
    audit = audit_of(collaborative.town, collaborative.case, collaborative.manager)
    assessment = audit.assessments.get()
    assessment.no_action_reason, assessment.locked_at = "Nothing to change.", clock.now()
    assessment.save()
    weak, good = Grades(overall="requires_improvement"), Grades(overall="good")
    assert lacks_dated_action(audit, weak)
    assert not lacks_dated_action(audit, good)
    Judgement.objects.create(assessment=assessment, domain=OVERALL, grade="requires_improvement")
    wanted = "Add at least one action with a date"
    missing = missing_before_submission(assessment, collaborative.town.framework)
    assert any(problem.text.startswith(wanted) for problem in missing)
    action = propose(audit, owner=collaborative.worker)
    assert (action.owner, action.due_on) == (collaborative.worker, date(2026, 11, 2))
    missing = missing_before_submission(assessment, collaborative.town.framework)
    assert not any(problem.text.startswith(wanted) for problem in missing)


@pytest.mark.req("WSX-14", "WSX-15", "WSX-81", "WSX-84")
def test_senior_managers_track_and_the_position_is_reported_upwards_each_month(collaborative):
    town = collaborative.town
    audit = audit_of(town, collaborative.case, collaborative.manager)
    action = propose(audit, owner=collaborative.worker)
    finish_with(audit, "requires_improvement")
    good = audit_of(town, town.cases[0], collaborative.manager)
    propose(good, owner=town.cases[0].worker)
    finish_with(good, "good")
    for role in ("service_lead", "qa_team", "assistant_director"):
        assert action in visible_actions(town.people[role][-1]), role
    director = town.one("dcs")
    assert set(visible_audits_with_actions(director).filter(is_reported=True)) == {audit}
    with clock.travel(date(2026, 11, 9)):
        month_end = Occurrence(kind=OccurrenceKind.MONTH_END, period="2026-10", due_on=date(2026, 11, 9))
        report_positions(month_end)
        assert told("action_position") == {director.name, town.one("assistant_director").name}
        body = Notice.objects.filter(kind="action_position").first().body
        assert body == (
            "Audits with actions under way: 1. Actions open: 1, of them late: 1. Waiting for sign-off: 0."
        )
        action.refresh_from_db()
        assert action.age_days == 35
    assert not visible_audits_with_actions(collaborative.worker).exists()


@pytest.mark.req("WSX-09", "WSX-80", "WSX-82", "WSX-83")
def test_the_next_supervisions_note_the_audit_and_go_on_until_the_actions_are_complete(collaborative):
    manager = collaborative.manager
    audit = audit_of(collaborative.town, collaborative.case, collaborative.town.people["practice_manager"][0])
    action = propose(audit, owner=collaborative.worker)
    collaborative.case.last_supervision_on = date(2026, 9, 21)
    collaborative.case.save()
    audit.refresh_from_db()
    finish_with(audit, "good")
    assert asked(audit)["supervision"] == (manager.name, date(2026, 10, 19)), "four weeks after the last"
    first = FollowUp.objects.get(kind="supervision")
    records = {"held_on": "2026-10-05", "audit_took_place": True, "actions_complete": False}
    complete_follow_up(follow_up=first, person=manager, answers=records)
    (second,) = FollowUp.objects.filter(kind="supervision", status="open")
    complete_follow_up(follow_up=second, person=manager, answers={**records, "actions_complete": True})
    assert not FollowUp.objects.filter(kind="supervision", status="open").exists()
    action.refresh_from_db()
    with pytest.raises(ValidationError) as error:
        complete_action(action=action, evidence="Done.", change_for_child=" ", person=collaborative.worker)
    assert set(error.value.message_dict) == {"change_for_child"}, "done is not enough"
    complete_action(
        action=action, evidence="Done.", change_for_child="He visits.", person=collaborative.worker
    )
    item = [one for one in todo_for(manager) if one.text == "Sign off an action"]
    assert len(item) == 1, "the line manager signs off, and judges the difference apart"
    with pytest.raises(ValidationError):
        sign_off_action(action=action, comment="", person=manager, judged={"completed": True})
    judged = {"completed": True, "impact": True}
    sign_off_action(action=action, comment="He is calmer.", person=manager, judged=judged)
    action.refresh_from_db()
    assert (action.change_for_child, action.judged) == ("He visits.", judged)


@pytest.mark.req("WSX-76")
def test_an_audit_that_nobody_moderated_is_placed_on_the_record_by_who_audited(collaborative):
    audit = audit_of(collaborative.town, collaborative.case, collaborative.manager)
    finish_with(audit, "good")
    filing = audit.follow_up_links.get(rule="filing").follow_up
    assert filing.assignee == collaborative.manager


@pytest.mark.req("WSX-99")
def test_audits_and_moderations_that_are_late_escalate_apart_from_actions(collaborative):
    town = collaborative.town
    audit = audit_of(town, collaborative.case, collaborative.manager)
    moderator = town.one("group_manager")
    director, principal = town.one("assistant_director"), town.one("principal_manager_sqp")
    for days, people in ((1, {town.one("qa_team")}), (5, {principal}), (10, {director})):
        with clock.travel(clock.now() + timedelta(days=days)):
            remind("assessment")
        assert set(escalated(audit, "assessment")) >= {one.name for one in people}, days
    assert moderator.name not in escalated(audit, "assessment")
    submit_with(audit, "good")
    moderation = Moderation.objects.create(
        audit=audit,
        moderator=moderator,
        status="allocated",
        mode="consensus_else_dispute",
        opened_at=clock.now(),
        allocated_at=clock.now(),
        available_on=clock.today(),
        due_on=clock.today(),
    )
    for days, people in ((4, set()), (5, {director.name})):
        with clock.travel(clock.now() + timedelta(days=days)):
            remind("moderation")
        assert set(escalated(moderation, "moderation")) == people, days


def escalated(thing, kind: str) -> list[str]:
    """Who heard that the thing, or the part of the audit, is late."""
    pk = thing.assessments.get().pk if kind == "assessment" else thing.pk
    found = Notice.objects.filter(kind="escalation", key__startswith=f"{kind}-{pk}:")
    return list(found.values_list("person__name", flat=True))


def test_grades_that_moved_between_quarters_are_brought_up_once_the_quarter_is_over(collaborative):
    town, case = collaborative.town, collaborative.case
    for number in range(5):
        past_audit(town, case, collaborative.manager, "good", on=date(2026, 8, 3 + number))
        grade = "inadequate" if number < 2 else "good"
        past_audit(town, case, collaborative.manager, grade, on=date(2026, 11, 2 + number))
    with clock.travel(date(2026, 12, 31)):
        ended = Occurrence(kind=OccurrenceKind.QUARTER_END, period="2026-Q4", due_on=date(2026, 12, 31))
        assert look_for_changes(ended) == "2 changes of grades brought up."
        assert look_for_changes(ended) == "2 changes of grades brought up."
    assert {one.subject for one in Notice.objects.filter(kind="pattern")} == {
        "A pattern needs your attention"
    }
    found = FoundPattern.objects.all()
    assert {(one.level, one.subject) for one in found} == {
        ("team", case.team_id),
        ("service", case.service_id),
    }
    assert all("Inadequate: 0 of 5 audits, then 2 of 5" in one.text for one in found)


@pytest.mark.req("DUR-82")
def test_an_area_to_improve_becomes_an_owned_and_dated_action_that_is_closed_with_its_proof(council, frozen):
    with authority_scope(council):
        world = World(council, "durham", "team_manager")
        audit = audit_of(world.town, world.case, world.manager)
        action = propose(audit, owner=world.worker)
        assert (action.owner, action.due_on) == (world.worker, date(2026, 11, 2)), "20 working days"
        submit_with(audit, "inadequate")
        action.refresh_from_db()
        assert (action.status, action.due_on) == ("open", date(2026, 10, 6)), "acted on at once"
        with pytest.raises(ValidationError) as error:
            complete_action(action=action, evidence=" ", change_for_child="Safe.", person=world.worker)
        assert set(error.value.message_dict) == {"evidence"}
        complete_action(
            action=action, evidence="Note of 6 October.", change_for_child="Safe.", person=world.worker
        )
        action.refresh_from_db()
        assert (action.status, action.evidence) == ("done", "Note of 6 October.")


# Confirmations and caseloads ------------------------------------------------------------------------------------------


@pytest.fixture
def self_improving(council, frozen):
    with authority_scope(council):
        yield World(council, "slough", "practice_manager")


@pytest.mark.req("SLO-81", "SLO-82", "SLO-83", "SLO-119")
def test_each_action_is_on_file_and_raised_with_worker_and_manager_within_a_week(self_improving):
    world = self_improving
    auditor = world.town.holder("consultant_practitioner", world.case.team.name)
    head = world.town.holder("head_of_service", world.case.service.name)
    lead = world.town.one("hos_sqa")
    audit = audit_of(world.town, world.case, auditor)
    action = propose(audit, owner=world.worker)
    submit_with(audit, "good")
    action.refresh_from_db()
    assert action.status == "open", "a week is too short to wait for the outcome"
    found = {one.key: one for one in Confirmation.objects.select_related("asked_of")}
    assert {key: (one.asked_of, one.due_on) for key, one in found.items()} == {
        "on_file": (auditor, date(2026, 10, 12)),
        "raised_with_worker": (world.worker, date(2026, 10, 12)),
        "raised_with_manager": (world.manager, date(2026, 10, 12)),
    }
    with pytest.raises(PermissionDenied):
        confirm(confirmation=found["raised_with_worker"], person=auditor)
    confirm(confirmation=found["raised_with_worker"], person=world.worker)
    confirm(confirmation=found["on_file"], person=auditor)
    assert [one.text for one in todo_for(world.manager) if one.text.startswith("Confirm")] == [
        "Confirm: Raised with the manager"
    ]
    with clock.travel(date(2026, 10, 13)):
        chase()
        assert lead.name in told("escalation"), "the lead is alerted the day after the week"
        assert told("confirmation_overdue") == {world.manager.name}
    assert action in visible_actions(head), "heads of service follow it until it is closed"
    finish_with(audit, "good")
    assert Confirmation.objects.count() == 3, "asked once"


def test_the_next_round_takes_the_place_of_one_that_nobody_answered(council, frozen):
    with authority_scope(council):
        world = World(council, "slough", "practice_manager", signs_in=True)
        open_rounds()
        missed = CaseloadCheck.objects.get(team=world.case.team)
        with clock.travel(date(2026, 11, 2)):
            open_rounds()
            asked = [
                item for item in todo_for(world.manager) if item.text.startswith("Answer for every child of")
            ]
            assert [item.due_on for item in asked] == [date(2026, 11, 30)]
            assert missed.pk not in {one.pk for one in due_rounds()}
    page = world.client(world.manager).get(world.url("follow-up/caseload/")).content.decode()
    assert page.count("Not answered") == 1


@pytest.mark.req("SLO-127", "SLO-128", "SLO-129")
def test_a_manager_answers_for_every_open_child_and_gaps_become_actions(council, frozen):
    with authority_scope(council):
        world = World(council, "slough", "practice_manager", signs_in=True)
        Case.objects.filter(pk=world.town.cases[0].pk).update(closed_on=date(2026, 9, 1))
        teams = len(world.town.teams)
        assert open_rounds() == teams
        assert open_rounds() == 0
        mine = CaseloadCheck.objects.get(team=world.case.team)
        assert (mine.asked_of, mine.period, mine.due_on) == (
            world.manager,
            date(2026, 10, 1),
            date(2026, 10, 30),
        )
        children = list(Case.objects.filter(team=world.case.team, closed_on=None))
        assert "Answer for every child of" in " ".join(item.text for item in todo_for(world.manager))
    client, url = world.client(world.manager), world.url(f"follow-up/caseload/{mine.pk}/")
    page = client.get(url).content.decode()
    assert all(child.local_id in page for child in children)
    items = ("risk_assessment", "case_summary", "chronology")
    everything = {f"c{child.pk}-{item}": "yes" for child in children for item in items}
    gap = {f"c{world.case.pk}-chronology": "no", f"c{world.case.pk}-risk_assessment": "no"}
    saved = client.post(f"{url}save/", {**gap, "version": "1"}, headers={"X-Requested-With": "autosave"})
    assert saved.json()["version"] == 2
    stale = client.post(f"{url}save/", {"version": "1"}, headers={"X-Requested-With": "autosave"})
    assert (stale.status_code, stale.json()["theirs"]) == (
        409,
        {f"c{world.case.pk}-chronology": "no", f"c{world.case.pk}-risk_assessment": "no"},
    )
    halves = client.post(url, {**gap, "version": "2", "then": "finish"})
    assert f"Answer for child {children[0].local_id}" in halves.content.decode()
    assert client.post(url, {**everything, **gap, "version": "3", "then": "finish"}).status_code == 302
    with authority_scope(council):
        action = Action.objects.get()
        assert action.text.endswith("Risk assessment, Chronology")
        assert (action.owner, action.owner_role, action.status) == (world.worker, "worker", "open")
        assert action.due_on == date(2026, 11, 2)
        totals = caseload_totals(since=date(2026, 10, 1), until=date(2026, 10, 31))
        assert [(one.key, one.in_place, one.asked) for one in totals] == [
            ("risk_assessment", len(children) - 1, len(children)),
            ("case_summary", len(children), len(children)),
            ("chronology", len(children) - 1, len(children)),
        ]
        with clock.travel(date(2026, 11, 2)):
            assert open_rounds() == teams, "the next round by itself"
    stranger = world.client(world.town.people["practice_manager"][0])
    assert stranger.get(url).status_code == (
        200 if world.manager == world.town.people["practice_manager"][0] else 403
    )
    lead = world.client(world.town.one("hos_sqa"))
    lead.get(world.url("follow-up/caseload/"))
    with CaptureQueriesContext(connection) as few:
        assert lead.get(world.url("follow-up/caseload/")).status_code == 200
    with authority_scope(council), clock.travel(date(2026, 12, 1)):
        open_rounds()
    with CaptureQueriesContext(connection) as many:
        lead.get(world.url("follow-up/caseload/"))
    assert len(many) == len(few)


def test_an_audit_with_a_confirmation_open_is_not_closed(self_improving):
    world = self_improving
    auditor = world.town.holder("consultant_practitioner", world.case.team.name)
    audit = audit_of(world.town, world.case, auditor)
    propose(audit, owner=world.worker)
    submit_with(audit, "good")
    finish_with(audit, "good")
    Action.objects.update(status="signed_off")
    FollowUp.objects.update(status="done")
    for one in Confirmation.objects.select_related("action", "asked_of"):
        audit.refresh_from_db()
        assert audit.status == "final"
        confirm(confirmation=one, person=one.asked_of)
    assert Audit.objects.get(pk=audit.pk).status == "closed"
