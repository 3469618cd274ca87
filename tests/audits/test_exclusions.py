"""Leaving a child out of a month."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audits.enums import ExclusionStatus
from audits.models import CaseExclusion, SampledCase
from audits.services.cycles import prepare_cycle, preview_cycle
from audits.services.exclusions import ask_exclusion, decide_exclusion
from qaf.notices.models import Notice
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from tests.factories.audits import opened_cycle, small_council

pytestmark = [pytest.mark.usefixtures("scope", "frozen")]
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def council_now():
    return small_council()


def asked(council, local_id="0ROW001", **changes) -> CaseExclusion:
    fields = {
        "case": council.case(local_id),
        "period": OCTOBER,
        "reason": "family_in_crisis",
        "words": "A funeral this week",
        "person": council.managers["Rowan team"],
    } | changes
    return ask_exclusion(**fields)


@pytest.mark.req("HER-14")
def test_a_request_keeps_nobody_out_until_it_is_approved(council_now):
    exclusion = asked(council_now)
    cycle = prepare_cycle(period=OCTOBER, person=council_now.qa_lead)
    assert not preview_cycle(cycle=cycle).basis.population.excluded
    decide_exclusion(exclusion=exclusion, approve=True, person=council_now.qa_lead)
    preview = preview_cycle(cycle=cycle)
    assert [(one.local_id, one.excluded) for one in preview.basis.population.excluded] == [
        ("0ROW001", ("approved",))
    ]
    assert preview.excluded_by_team == [{"team": "Rowan team", "cases": 6, "asked": 1, "approved": 1}]


def test_an_excluded_child_is_not_drawn_and_the_receipt_keeps_the_coded_reason_only(council_now):
    for number in range(6):
        exclusion = asked(council_now, local_id=f"0BEE00{number}", words="Grandfather has died")
        decide_exclusion(exclusion=exclusion, approve=True, person=council_now.qa_lead)
    cycle = opened_cycle(council_now)
    assert not SampledCase.objects.filter(case__service__key="children_in_care").exists()
    why = {row["why"] for row in cycle.receipt["excluded"]}
    assert why == {"Approved request: A death or other acute crisis in the family"}
    assert "Grandfather" not in str(cycle.receipt)


def test_a_refused_request_may_be_followed_by_another(council_now):
    exclusion = asked(council_now)
    decide_exclusion(exclusion=exclusion, approve=False, person=council_now.qa_lead)
    again = asked(council_now, words="And the house has burnt down")
    assert again.status == ExclusionStatus.ASKED


def test_the_same_child_is_asked_for_once_a_month(council_now):
    asked(council_now)
    with pytest.raises(TransitionRefused) as refused:
        asked(council_now)
    assert refused.value.problems[0].text == "There is a request for this child and month already."
    assert CaseExclusion.objects.count() == 1


def test_only_the_qa_lead_approves_and_only_once(council_now):
    exclusion = asked(council_now)
    with pytest.raises(PermissionDenied):
        decide_exclusion(exclusion=exclusion, approve=True, person=council_now.managers["Rowan team"])
    decide_exclusion(exclusion=exclusion, approve=True, person=council_now.qa_lead)
    with pytest.raises(StatusHasChanged):
        decide_exclusion(exclusion=exclusion, approve=False, person=council_now.qa_lead)


def test_a_worker_cannot_ask(council_now):
    with pytest.raises(PermissionDenied):
        asked(council_now, person=council_now.workers["Rowan team"][0])


def test_everything_missing_is_said_at_once(council_now):
    with pytest.raises(TransitionRefused) as refused:
        asked(council_now, reason="", words=" ", period=date(2026, 9, 1))
    assert [problem.text for problem in refused.value.problems] == [
        "Select why the child should be left out.",
        "Enter what makes this month the wrong one.",
        "That month is past.",
    ]


def test_after_the_draw_it_is_too_late(council_now):
    exclusion = asked(council_now)
    opened_cycle(council_now)
    with pytest.raises(TransitionRefused):
        decide_exclusion(exclusion=exclusion, approve=True, person=council_now.qa_lead)
    with pytest.raises(TransitionRefused):
        asked(council_now, local_id="0ROW002")


def test_whoever_decides_is_told_and_whoever_asked_is_answered(council_now):
    exclusion = asked(council_now)
    decide_exclusion(exclusion=exclusion, approve=True, person=council_now.qa_lead)
    assert {(n.kind, n.person.name) for n in Notice.objects.all()} >= {
        ("audits.exclusion_asked", "Ash Rowan"),
        ("audits.exclusion_decided", "Morgan Rowan"),
    }
