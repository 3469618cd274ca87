"""The loop closes by itself when the last thing is done, and not before; the re-audit looks again."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.followup.models import FollowUp
from audits.followup.services import (
    answer_concern,
    complete_action,
    complete_follow_up,
    raise_concern,
    sign_off_action,
)
from audits.models import Audit
from audits.services.after_final import close_all_done
from audits.services.assessments import lock_grades, submit_assessment
from audits.services.finalise import confirm_outcome
from audits.services.findings import propose_audit_action
from audits.services.re_audits import (
    changes_between,
    conclude_re_audit,
    end_without_re_audit,
    re_audit_of,
    start_re_audit,
)
from audits.workflow import audit_workflow
from moderation.models import Moderation
from qaf.lib import clock
from qaf.tenants.transitions import TransitionRefused
from tests.factories.assessments import assessment_of, fill, make_audit, make_cast, submit_both
from tests.factories.moderation import make_seniors

JUDGED = {"completed": True, "impact": True}
pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def cast(scope, frozen):
    return make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


def finish(audit: Audit, cast, grade: str = "good") -> Audit:
    submit_both(audit, grade, grade)
    confirm_outcome(audit=audit, person=cast.wyn)
    audit.refresh_from_db()
    return audit


def file(audit: Audit, person) -> None:
    filing = FollowUp.objects.get(audit_links__audit=audit, kind="filing")
    complete_follow_up(
        follow_up=filing, person=person, answers={"filed_on": "2026-10-05", "reference": "M-1"}
    )


def supervise(audit: Audit, person) -> None:
    entry = FollowUp.objects.get(audit_links__audit=audit, kind="supervision")
    complete_follow_up(
        follow_up=entry, person=person, answers={"held_on": "2026-10-05", "actions_complete": True}
    )


@pytest.mark.req("HER-27", "HER-49", "HER-50")
def test_the_loop_closes_when_filing_supervision_and_actions_are_done(cast, seniors):
    audit = make_audit(cast)
    lead = assessment_of(audit, "lead")
    action = propose_audit_action(
        assessment=lead,
        text="Visit the father",
        intended_change="He is heard.",
        owner=cast.wyn,
        due_on=date(2026, 11, 2),
        person=cast.lena,
    )
    finish(audit, cast)
    action.refresh_from_db()
    assert action.status == "open"
    file(audit, cast.quinn)
    supervise(audit, cast.lena)
    audit.refresh_from_db()
    assert audit.status == "final"
    complete_action(action=action, evidence="Note", change_for_child="He visits.", person=cast.wyn)
    assert close_all_done() == 0, "it waits for its sign-off"
    sign_off_action(action=action, comment="", person=cast.lena, judged=JUDGED)
    audit.refresh_from_db()
    assert (audit.status, audit.closed_at) == ("closed", clock.now())


@pytest.mark.req("HER-50", "HER-51")
def test_actions_left_open_in_supervision_are_asked_for_again_with_a_day_that_is_still_to_come(cast, seniors):
    audit = finish(make_audit(cast), cast)
    entry = FollowUp.objects.get(audit_links__audit=audit, kind="supervision")
    assert entry.due_on is not None
    with clock.travel(entry.due_on + timedelta(days=14)):
        complete_follow_up(
            follow_up=entry,
            person=cast.lena,
            answers={"held_on": "2026-11-30", "actions_complete": False},
        )
        following = FollowUp.objects.get(audit_links__audit=audit, kind="supervision", status="open")
        assert following.due_on == clock.today() + timedelta(weeks=6)


def test_looking_for_what_can_be_closed_costs_one_query_however_many_audits_wait(
    cast, seniors, django_assert_num_queries
):
    for number in (1, 2):
        finish(make_audit(cast, local_id=f"{number:07d}"), cast)
    with django_assert_num_queries(1):
        assert close_all_done() == 0, "both wait for their filing and supervision"


def test_an_unanswered_concern_holds_the_loop_open(cast, seniors):
    audit = make_audit(cast)
    concern = raise_concern(case=audit.case, raised_by=cast.petra, text="Look.", about=audit.reference)
    finish(audit, cast)
    file(audit, cast.quinn)
    supervise(audit, cast.lena)
    audit.refresh_from_db()
    assert audit.status == "final"
    answer_concern(concern=concern, answer="Seen.", person=cast.sam)
    audit.refresh_from_db()
    assert audit.status == "closed"


@pytest.mark.req("HER-50")
def test_no_supervision_is_asked_with_a_worker_who_has_left_nor_without_any(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit)
    cast.wyn.left_on = date(2026, 10, 2)
    cast.wyn.save()
    audit.case.worker = None
    audit.case.save()
    with clock.travel(date(2026, 10, 20)):
        from audits.services.finalise import finalise_due

        assert finalise_due() == 1
    assert set(FollowUp.objects.values_list("kind", flat=True)) == {"filing"}


def test_a_withdrawn_audit_asks_nothing_of_anybody_any_more(cast, seniors):
    audit = make_audit(cast)
    action = propose_audit_action(
        assessment=assessment_of(audit, "lead"),
        text="Visit the father",
        intended_change="",
        owner=cast.wyn,
        due_on=date(2026, 11, 2),
        person=cast.lena,
    )
    submit_both(audit, "inadequate", "good")
    audit_workflow.apply(audit, "withdraw", person=cast.quinn, why="Drawn by mistake")
    action.refresh_from_db()
    assert action.status == "not_agreed"
    assert set(FollowUp.objects.values_list("kind", "status")) == {("oversight", "not_needed")}
    assert Moderation.objects.get(audit=audit).status == "withdrawn"


# The re-audit ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def inadequate(cast, seniors) -> Audit:
    return finish(make_audit(cast), cast, "inadequate")


@pytest.fixture
def follow_up(inadequate) -> FollowUp:
    return FollowUp.objects.select_related("assignee").get(kind="re_audit")


def do_re_audit(follow_up: FollowUp, grade: str) -> Audit:
    audit = start_re_audit(follow_up=follow_up, person=follow_up.assignee)
    part = assessment_of(audit, "re_audit")
    fill(part, grade)
    lock_grades(assessment=part, person=part.assessor)
    part.refresh_from_db()
    part.no_action_reason = "Nothing to add."
    part.save(update_fields=["no_action_reason"])
    submit_assessment(assessment=part, person=part.assessor)
    audit.refresh_from_db()
    return audit


@pytest.mark.req("HER-46")
def test_starting_it_creates_one_linked_audit_for_one_auditor(inadequate, follow_up):
    with clock.travel(date(2026, 12, 14)):
        audit = start_re_audit(follow_up=follow_up, person=follow_up.assignee)
        assert start_re_audit(follow_up=follow_up, person=follow_up.assignee) == audit
    assert (audit.origin, audit.re_audit_of, audit.tool, audit.due_on) == (
        "re_audit",
        inadequate,
        inadequate.tool,
        date(2027, 1, 5),
    )
    assert [(one.slot, one.assessor) for one in audit.assessments.all()] == [("re_audit", follow_up.assignee)]
    assert (inadequate.reference, audit.reference) == ("ALD-2026-0001", "ALD-2026-0002")


@pytest.mark.req("HER-46")
def test_neither_an_auditor_of_the_first_nor_somebody_not_asked_begins_it(follow_up, cast, seniors):
    with pytest.raises(PermissionDenied):
        start_re_audit(follow_up=follow_up, person=cast.quinn)
    follow_up.assignee = cast.lena
    follow_up.save()
    with pytest.raises(PermissionDenied, match="audited the case before"):
        start_re_audit(follow_up=follow_up, person=cast.lena)


@pytest.mark.req("HER-47")
def test_it_concludes_on_both_questions_with_both_grades_together(inadequate, follow_up):
    with pytest.raises(TransitionRefused):
        conclude_re_audit(follow_up=follow_up, answers={}, comment="", person=follow_up.assignee)
    again = do_re_audit(follow_up, "good")
    assert again.status == "outcome"
    assert set(again.grades.values_list("grade", "source")) == {("good", "re_audit")}
    changes = changes_between(inadequate, again)
    assert len(changes) == 7
    assert {(one.before, one.after, one.change) for one in changes} == {("inadequate", "good", "improved")}
    with pytest.raises(ValidationError) as error:
        conclude_re_audit(
            follow_up=follow_up,
            answers={"all_actions_completed": (False, "")},
            comment="",
            person=follow_up.assignee,
        )
    assert set(error.value.message_dict) == {"all_actions_completed_comment", "service_improved"}
    conclude_re_audit(
        follow_up=follow_up,
        answers={"all_actions_completed": (True, ""), "service_improved": (True, "")},
        comment="Much better.",
        person=follow_up.assignee,
    )
    follow_up.refresh_from_db()
    assert follow_up.status == "done"
    assert follow_up.answers["domains"]["overall"] == "improved"
    assert follow_up.answers["re_audit"] == again.reference


@pytest.mark.req("HER-47")
@pytest.mark.parametrize("ending", ["closed", "moved", "died", "turned_18"])
def test_a_child_who_cannot_be_audited_again_has_an_outcome_of_their_own(follow_up, ending):
    with pytest.raises(ValidationError):
        end_without_re_audit(follow_up=follow_up, ending="lost", comment="?", person=follow_up.assignee)
    end_without_re_audit(
        follow_up=follow_up, ending=ending, comment="As the record says.", person=follow_up.assignee
    )
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.outcome) == ("done", ending)
    assert re_audit_of(follow_up) is None


def test_an_inadequate_re_audit_is_overseen_and_audited_again_by_somebody_else_still(
    inadequate, follow_up, cast
):
    again = do_re_audit(follow_up, "inadequate")
    confirm_outcome(audit=again, person=cast.wyn)
    kinds = {link.follow_up.kind for link in again.follow_up_links.select_related("follow_up")}
    assert {"oversight", "review", "re_audit", "filing", "supervision"} <= kinds
    next_one = FollowUp.objects.get(kind="re_audit", audit_links__audit=again)
    assert next_one.assignee not in {follow_up.assignee, cast.lena, cast.petra}
