"""Themed programmes, questions raised on performance, and cases put forward beside the draw."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audits.enums import TREND_ORIGINS, ExtraStatus, Origin, ProgrammeStatus, QuestionStatus
from audits.models import Audit, ExtraCase
from audits.services.extras import decline, put_forward, take_up
from audits.services.programmes import (
    answer_question,
    ask_about_performance,
    end_programme,
    open_programme,
    plan_programme,
)
from audits.services.themes import ThemeContent
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.transitions import TransitionRefused
from tests.factories.towns import audit_of
from tests.golden.town import build_town

pytestmark = [pytest.mark.usefixtures("scope", "frozen")]
PLAN = {"starts_on": date(2026, 10, 5), "ends_on": date(2026, 12, 18), "size": 3}


def content(reason="performance", **fields):
    return ThemeContent("Repeat plans", "Why do children come back?", reason, "24 per cent repeat", **fields)


@pytest.mark.req("DUR-59", "DUR-91", "DUR-92")
def test_a_question_on_performance_becomes_a_programme_that_is_drawn_allocated_and_ended():
    town = build_town("durham", children_in_a_team=4)
    planner, asker = town.one("service_improvement_manager"), town.one("head_of_service")
    question = ask_about_performance(
        question="Why do children come back to a plan?",
        figure="24 per cent in September",
        raised_at="Performance clinic",
        raised_on=clock.today(),
        wants="audit",
        answer_by=date(2026, 12, 20),
        person=asker,
    )
    assert Notice.objects.filter(kind="audits.question_asked", person=planner).exists()
    assert "Answer a question raised on performance" in [one.text for one in todo_for(planner)]
    listed = [case.local_id for case in town.cases[:6]]
    with pytest.raises(TransitionRefused, match="No open case has these ids: 9999999"):
        plan_programme(content=content(local_ids=("9999999",)), tool="collaborative", person=planner, **PLAN)
    with pytest.raises(PermissionDenied):
        plan_programme(content=content(), tool="collaborative", person=asker, **PLAN)
    programme = plan_programme(
        content=content(
            local_ids=listed, guidance="Read the last plan first.", recipients=("head_of_service",)
        ),
        tool="collaborative",
        person=planner,
        raised_by=question,
        **PLAN,
    )
    theme = programme.theme
    assert (theme.reason_label, theme.triggered_by) == ("Performance data", "24 per cent repeat")
    for reason, label in (
        ("feedback", "Feedback"),
        ("improvement_check", "A check that earlier improvement worked"),
    ):
        other = plan_programme(content=content(reason), tool="collaborative", person=planner, **PLAN)
        assert other.theme.reason_label == label
    with pytest.raises(TransitionRefused, match="Enter why the programme is dropped"):
        end_programme(programme=other, person=planner)
    end_programme(programme=other, person=planner, reason="Not this year")
    assert other.status == ProgrammeStatus.DROPPED
    audits = open_programme(programme=programme, person=planner)
    assert {audit.case.local_id for audit in audits} <= set(listed)
    assert [(audit.origin, audit.programme, audit.due_on) for audit in audits] == [
        (Origin.PROGRAMME, programme, date(2026, 11, 2))
    ] * 3
    assert all(audit.assessments.get().assessor for audit in audits)
    assert Origin.PROGRAMME not in TREND_ORIGINS
    assert [audit.pk for audit in open_programme(programme=programme, person=planner)]
    assert Audit.objects.count() == 3
    question.refresh_from_db()
    assert question.status == QuestionStatus.AUDITED
    with pytest.raises(TransitionRefused, match="3 of its audits are still under way"):
        end_programme(programme=programme, person=planner)
    answer_question(question=question, answer="Step-down is too early.", person=planner)
    answered = Notice.objects.get(kind="audits.question_answered")
    assert answered.person == asker
    assert "Step-down" not in answered.subject + answered.body


@pytest.mark.req("SEF-43", "SEF-47")
def test_a_nominated_case_waits_for_an_answer_and_one_at_short_notice_is_audited_at_once():
    town = build_town("sefton", children_in_a_team=4)
    service_manager, manager = town.people["service_manager"][0], town.one("qa_manager")
    good, urgent, other = town.cases[:3]
    asked = {"tool": "deep_dive", "reason": "A father found and brought in"}
    with pytest.raises(TransitionRefused, match="Select what you ask for"):
        put_forward(case=urgent, origin="ad_hoc", person=service_manager, **asked)
    nominated = put_forward(case=good, origin="nominated", person=service_manager, **asked)
    assert (nominated.status, Audit.objects.count()) == (ExtraStatus.ASKED, 0)
    assert "Answer 1 case put forward for audit" in [one.text for one in todo_for(manager)]
    with pytest.raises(TransitionRefused, match="already"):
        put_forward(case=good, origin="nominated", person=service_manager, **asked)
    with pytest.raises(PermissionDenied):
        take_up(extra=nominated, person=service_manager)
    audit = take_up(extra=nominated, person=manager)
    assert (audit.origin, audit.cycle, audit.tool) == (Origin.NOMINATED, None, "deep_dive")
    assert Notice.objects.get(kind="audits.extra_answered").person == service_manager
    at_once = put_forward(case=urgent, origin="ad_hoc", tool="deep_dive", reason="A concern", person=manager)
    assert (at_once.status, at_once.audit.origin) == (ExtraStatus.TAKEN, Origin.AD_HOC)
    dip = put_forward(case=other, origin="ad_hoc", tool="dip_sample", reason="A concern", person=manager)
    assert dip.audit.tool == "dip_sample"
    assert not {Origin.NOMINATED, Origin.AD_HOC} & set(TREND_ORIGINS)
    refused = put_forward(case=town.cases[5], origin="nominated", person=service_manager, **asked)
    with pytest.raises(TransitionRefused, match="Enter why"):
        decline(extra=refused, reason="", person=manager)
    decline(extra=refused, reason="Audited last month", person=manager)
    assert ExtraCase.objects.get(pk=refused.pk).answer == "Audited last month"
    told = Notice.objects.filter(kind="audits.extra_answered").latest("pk")
    assert "Audited last month" not in told.body, "what somebody typed stays on the page"
    waiting = put_forward(case=town.cases[6], origin="nominated", person=service_manager, **asked)
    drawn = audit_of(town, town.cases[6], manager)
    with pytest.raises(TransitionRefused, match="has begun meanwhile"):
        take_up(extra=waiting, person=manager)
    assert Audit.objects.filter(case=town.cases[6]).get() == drawn
