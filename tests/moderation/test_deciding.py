"""The moderator decides: what is missing, what is kept, what follows."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.followup.services import propose_action
from audits.models import Audit, AuditAction, RecordedGrade, WiderFinding
from audits.services.finalise import confirm_outcome
from moderation.models import DecisionDraft, Moderation
from moderation.services import (
    DraftConflict,
    add_to_plan,
    agree_plan,
    allocate_by_hand,
    decide,
    leave_out_of_plan,
    rewrite_in_plan,
    save_draft,
)
from qaf.lib import clock
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from tests.factories.assessments import DOMAINS, make_audit, make_cast, submit_both
from tests.factories.moderation import decide_all, make_seniors, type_decision

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def cast(scope, frozen):
    return make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


@pytest.fixture
def moderation(cast, seniors) -> Moderation:
    audit = make_audit(cast)
    submit_both(audit, "good", "requires_improvement")
    found = Moderation.objects.get(audit=audit)
    allocate_by_hand(moderation=found, moderator=seniors.mona, person=cast.quinn)
    found.refresh_from_db()
    return found


def proposed(audit: Audit, owner, text: str = "Visit the father"):
    action = propose_action(
        case=audit.case,
        text=text,
        intended_change="He is heard.",
        owner=owner,
        owner_role="worker",
        due_on=date(2026, 11, 16),
        latest_on=date(2027, 1, 5),
        proposed_by=owner,
    )
    AuditAction.objects.create(audit=audit, action=action)
    return action


@pytest.mark.req("HER-39")
def test_deciding_makes_the_moderators_grades_the_outcome_and_keeps_every_grade(moderation, seniors):
    decide_all(moderation, "requires_improvement")
    audit = moderation.audit
    assert (moderation.status, audit.status) == ("decided", "outcome")
    assert {(g.domain, g.grade, g.source, g.decided_by) for g in audit.grades.all()} == {
        (key, "requires_improvement", "moderated", seniors.mona) for key in (*DOMAINS, "")
    }
    kept = RecordedGrade.objects.filter(audit=audit)
    assert {
        stage: kept.filter(stage=stage).count() for stage in ("provisional", "submitted", "moderated")
    } == {
        "provisional": 14,
        "submitted": 14,
        "moderated": 7,
    }
    assert set(kept.filter(stage="moderated").values_list("reason", "given_by__name", "given_at")) == {
        ("Both records read.", "Mona Manager", clock.now())
    }
    assert not DecisionDraft.objects.exists()


@pytest.mark.req("HER-38", "HER-39", "HER-40")
def test_submitting_lists_everything_missing_with_its_link_and_changes_nothing(moderation, seniors):
    with pytest.raises(TransitionRefused) as refused:
        decide(moderation=moderation, person=seniors.mona)
    texts = [problem.text for problem in refused.value.problems]
    assert len(texts) == 1 + 7 * 2 + 1
    assert texts[0] == "Say whether a conversation with both auditors was needed"
    assert "Decide the grade: Overall" in texts
    assert texts[-1] == "Agree the action plan"
    assert all(problem.href.startswith("/a/alder/moderation/") for problem in refused.value.problems)
    moderation.refresh_from_db()
    assert moderation.status == "allocated"


@pytest.mark.req("HER-39")
def test_a_grade_without_its_reason_is_not_a_decision(moderation, seniors):
    type_decision(moderation, dict.fromkeys((*DOMAINS, ""), "good"), reason_overall="  ")
    agree_plan(moderation=moderation, agreed=True, person=seniors.mona)
    with pytest.raises(TransitionRefused) as refused:
        decide(moderation=moderation, person=seniors.mona)
    assert [problem.text for problem in refused.value.problems] == ["Give the reason for the grade: Overall"]


@pytest.mark.req("HER-38")
def test_a_conversation_that_was_needed_has_its_day_and_what_it_led_to(moderation, seniors):
    grades = dict.fromkeys((*DOMAINS, ""), "good")
    agree_plan(moderation=moderation, agreed=True, person=seniors.mona)
    type_decision(moderation, grades, conversation_needed="yes")
    with pytest.raises(TransitionRefused) as refused:
        decide(moderation=moderation, person=seniors.mona)
    assert [problem.text for problem in refused.value.problems] == [
        "Enter when you talked with both auditors",
        "Say what the conversation led to",
    ]
    type_decision(
        moderation,
        grades,
        version=1,
        conversation_needed="yes",
        conversation_on="2026-10-02",
        conversation_outcome="They had read different months.",
        wider_finding="Plans are not shared with schools.",
    )
    decide(moderation=moderation, person=seniors.mona)
    moderation.refresh_from_db()
    assert (moderation.conversation_needed, moderation.conversation_on, moderation.conversation_outcome) == (
        True,
        date(2026, 10, 2),
        "They had read different months.",
    )
    assert [(f.text, f.raised_by) for f in WiderFinding.objects.all()] == [
        ("Plans are not shared with schools.", seniors.mona)
    ]


def test_nobody_but_the_moderator_writes_or_decides(moderation, cast, seniors):
    for person in (cast.lena, cast.petra, cast.quinn, seniors.pam):
        with pytest.raises(PermissionDenied):
            save_draft(moderation=moderation, fields={}, version=0, person=person)
        with pytest.raises(PermissionDenied):
            decide(moderation=moderation, person=person)
        with pytest.raises(PermissionDenied):
            agree_plan(moderation=moderation, agreed=True, person=person)


def test_nobody_moderates_twice(moderation, seniors):
    decide_all(moderation, "good")
    with pytest.raises(StatusHasChanged):
        decide(moderation=moderation, person=seniors.mona)
    with pytest.raises(StatusHasChanged):
        save_draft(
            moderation=moderation, fields={"grade_overall": "inadequate"}, version=0, person=seniors.mona
        )
    assert RecordedGrade.objects.filter(stage="moderated").count() == 7


def test_two_windows_do_not_overwrite_each_other(moderation, seniors):
    save_draft(moderation=moderation, fields={"rationale": "one"}, version=0, person=seniors.mona)
    save_draft(moderation=moderation, fields={"rationale": "two"}, version=1, person=seniors.mona)
    with pytest.raises(DraftConflict) as conflict:
        save_draft(moderation=moderation, fields={"rationale": "three"}, version=1, person=seniors.mona)
    assert (conflict.value.theirs.fields, conflict.value.theirs.version) == ({"rationale": "two"}, 2)


def test_a_grade_that_the_framework_does_not_have_is_refused(moderation, seniors):
    type_decision(moderation, dict.fromkeys((*DOMAINS, ""), "splendid"))
    agree_plan(moderation=moderation, agreed=True, person=seniors.mona)
    with pytest.raises(TransitionRefused, match="one of the framework"):
        decide(moderation=moderation, person=seniors.mona)


@pytest.mark.req("HER-40")
def test_the_plan_is_added_to_rewritten_and_shortened_and_becomes_work_when_final(moderation, cast, seniors):
    audit = moderation.audit
    kept, dropped = proposed(audit, cast.wyn), proposed(audit, cast.wyn, "Ring the school")
    rewrite_in_plan(
        moderation=moderation,
        action=kept,
        text="Visit the father at home",
        intended_change="He is heard.",
        owner=cast.lena,
        due_on=date(2026, 10, 30),
        person=seniors.mona,
    )
    leave_out_of_plan(moderation=moderation, action=dropped, reason="It has been done.", person=seniors.mona)
    add_to_plan(
        moderation=moderation,
        text="Share the plan",
        intended_change="",
        owner=cast.wyn,
        due_on=date(2026, 10, 20),
        person=seniors.mona,
    )
    decide_all(moderation, "good")
    confirm_outcome(audit=moderation.audit, person=cast.wyn)
    plan = {
        link.action.text: (link.action.owner, link.action.owner_role, link.action.due_on, link.action.status)
        for link in audit.action_links.select_related("action__owner")
    }
    assert plan == {
        "Visit the father at home": (cast.lena, "manager", date(2026, 10, 30), "open"),
        "Ring the school": (cast.wyn, "worker", date(2026, 11, 16), "not_agreed"),
        "Share the plan": (cast.wyn, "worker", date(2026, 10, 20), "open"),
    }


@pytest.mark.req("HER-40")
def test_an_action_later_than_the_frameworks_maximum_or_in_the_past_is_refused(moderation, cast, seniors):
    words = {"text": "Visit", "intended_change": "", "owner": cast.wyn, "person": seniors.mona}
    for due_on in (date(2027, 1, 6), date(2026, 10, 4)):
        with pytest.raises(ValidationError):
            add_to_plan(moderation=moderation, due_on=due_on, **words)
    add_to_plan(moderation=moderation, due_on=date(2027, 1, 5), **words)
    assert AuditAction.objects.count() == 1
