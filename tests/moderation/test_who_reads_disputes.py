"""A disagreement is its parties' own: who opens it, what messages say of it, and what two do to it at once."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audits.followup.selectors.rights import is_cleared
from audits.models import Audit
from audits.services.disagreements import disagree_with_grade
from moderation.models import Dispute, Moderation
from moderation.selectors.disputes import dispute_list, may_see_dispute, rules_about_practice
from moderation.services import agree_plan
from moderation.services.disputes import raise_dispute, settle_step, take_back
from moderation.services.meetings import invite, issue_feedback, prepare_meeting, record_meeting
from moderation.services.panels import give_view
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.transitions import StatusHasChanged
from tests.factories.graded import given_audit, month_of_audits, submitted_audit
from tests.golden.town import build_town

pytestmark = pytest.mark.usefixtures("frozen", "scope")
WORDS = "Zaphira was spoken with alone."


def told(kind: str) -> list[Person]:
    people = Notice.objects.filter(kind=kind).values("person")
    return list(Person.objects.filter(pk__in=people))


def said(kind: str) -> str:
    return " ".join(f"{one.subject} {one.body}" for one in Notice.objects.filter(kind=kind))


@pytest.fixture
def west(scope, frozen):
    town = build_town("west_sussex", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1)
    auditor = town.people["practice_manager"][-1]
    return town, given_audit(town, month_of_audits(), 0, auditor)


def conduct(audit: Audit) -> Dispute:
    return raise_dispute(key="conduct", text=WORDS, audit=audit, person=audit.worker, ask="line_manager")


def again(dispute: Dispute) -> Dispute:
    """The disagreement as another window has it."""
    return dispute_list().get(pk=dispute.pk)


def test_whoever_is_told_how_a_disagreement_ended_can_open_it_and_the_message_holds_no_words_of_it(west):
    town, audit = west
    dispute = conduct(audit)
    assert conduct(audit) == dispute, "sent twice is one"
    manager = Person.objects.get(pk=dispute.steps.get().asked[0])
    stranger = town.workers[next(iter(town.workers))][-1]
    assert stranger != audit.worker
    assert not may_see_dispute(again(dispute), stranger)
    settle_step(dispute=dispute, settled=True, words=f"{WORDS} I sit with both.", person=manager)
    assert {audit.worker, manager} <= set(told("dispute_ended"))
    assert all(may_see_dispute(again(dispute), one) for one in told("dispute_ended"))
    assert "Zaphira" not in said("dispute_step") + said("dispute_ended")
    assert not may_see_dispute(again(dispute), stranger)


def test_thanks_are_read_by_those_who_did_the_work_on_the_page_and_not_in_the_message(scope, frozen):
    town = build_town("slough", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1)
    case, iro = town.cases[0], town.one("cp_chair")
    thanks = raise_dispute(key="pair", polarity="acknowledgement", text=WORDS, case=case, person=iro)
    once = raise_dispute(key="pair", polarity="acknowledgement", text=WORDS, case=case, person=iro)
    assert once == thanks
    assert case.worker in told("practice_acknowledged")
    assert all(may_see_dispute(again(thanks), one) for one in told("practice_acknowledged"))
    assert "Zaphira" not in said("practice_acknowledged")
    workers = [one for team in town.workers.values() for one in team]
    other = next(one for one in workers if one != case.worker)
    assert not may_see_dispute(again(thanks), other)


def test_a_restricted_record_is_disputed_only_among_those_cleared_for_it(west):
    town, audit = west
    audit.case.restricted = True
    audit.case.save()
    dispute = conduct(audit)
    manager = next(p for p in town.people["practice_manager"] if p.name.endswith(audit.team.name))
    (lead,) = Person.objects.filter(pk__in=dispute.steps.get().asked)
    assert may(lead, "moderation.allocate"), "whoever allocates moderations, where the manager is not cleared"
    assert is_cleared(lead, audit.case)
    assert may_see_dispute(again(dispute), lead)
    assert not may_see_dispute(again(dispute), manager)
    take_back(dispute=dispute, why="Raised again.", person=audit.worker)
    manager.cleared_for_restricted = True
    manager.save()
    second = conduct(audit)
    assert second.steps.get().asked == [manager.pk]
    assert rules_about_practice(audit.case, town.people["practice_manager"][-1]) == []


def test_what_moved_on_in_another_window_is_not_settled_or_taken_back_a_second_time(west):
    _, audit = west
    dispute = conduct(audit)
    stale = again(dispute)
    manager = Person.objects.get(pk=dispute.steps.get().asked[0])
    take_back(dispute=dispute, why="We talked.", person=audit.worker)
    (step,) = again(dispute).steps.all()
    assert (step.outcome, step.ended_by) == ("taken_back", audit.worker)
    with pytest.raises(StatusHasChanged):
        settle_step(dispute=stale, settled=True, words="Too late.", person=manager)
    with pytest.raises(StatusHasChanged):
        take_back(dispute=stale, why="Again.", person=audit.worker)
    with pytest.raises(PermissionDenied):
        take_back(dispute=conduct(audit), why="Not mine.", person=manager)


def test_a_meeting_that_was_held_in_another_window_takes_no_more_guests_and_its_feedback_goes_out_once(
    scope, frozen
):
    town = build_town("slough", children_in_a_team=2, teams_in_a_service=1, at_the_centre=1)
    cycle = month_of_audits()
    meeting, stale = prepare_meeting(cycle=cycle), prepare_meeting(cycle=cycle)
    chair, guest = town.one("hos_sqa"), town.people["practice_manager"][-1]
    expected = dict.fromkeys(meeting.people.values_list("person_id", flat=True), "attended")
    held = {"held_on": clock.today(), "attendance": expected, "views": {}, "notes": "", "person": chair}
    record_meeting(meeting=meeting, **held)
    for late in (
        lambda: invite(meeting=stale, people=[guest], person=chair),
        lambda: record_meeting(meeting=stale, **held),
    ):
        with pytest.raises(StatusHasChanged):
            late()
    assert not meeting.people.filter(person=guest).exists()


def test_a_view_or_a_plan_that_comes_after_the_decision_changes_nothing(scope, frozen):
    town = build_town("sefton", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1)
    auditor = town.people["team_manager"][-1]
    audit = submitted_audit(town, month_of_audits(), 0, auditor, "requires_improvement")
    disagree_with_grade(audit=audit, reason="The visits are missing.", person=audit.worker)
    stale = Moderation.objects.select_related("audit__case").get()
    member = stale.members.select_related("person").first()
    Moderation.objects.update(status="decided", moderator=member.person)
    with pytest.raises(StatusHasChanged):
        give_view(moderation=stale, grade="good", view="Late.", person=member.person)
    stale.moderator, stale.status = member.person, "allocated"
    with pytest.raises(StatusHasChanged):
        agree_plan(moderation=stale, agreed=True, person=member.person)
    assert not Moderation.objects.get().action_plan_agreed
    assert stale.members.get(pk=member.pk).said_at is None


def test_a_sessions_feedback_is_issued_once_and_its_words_stay_on_the_page(scope, frozen):
    from moderation.models import Meeting
    from moderation.services.drawing import draw_ended_quarter
    from tests.factories.graded import finalised

    town = build_town("durham", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1)
    finalised(submitted_audit(town, month_of_audits(), 0, town.people["team_manager"][-1], "inadequate"))
    with clock.travel(date(2027, 1, 4)):
        draw_ended_quarter()
        meeting, stale = Meeting.objects.get(), Meeting.objects.get()
        expected = dict.fromkeys(meeting.people.values_list("person_id", flat=True), "attended")
        record_meeting(
            meeting=meeting,
            held_on=date(2027, 1, 4),
            attendance=expected,
            views={},
            notes="",
            person=meeting.chair,
        )
        issue_feedback(meeting=meeting, text=WORDS, person=meeting.chair)
        with pytest.raises(StatusHasChanged):
            issue_feedback(meeting=stale, text="Again.", person=meeting.chair)
    assert told("session_feedback")
    assert "Zaphira" not in said("session_feedback")
