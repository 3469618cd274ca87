"""Answers on the form that set something off: the last supervision on record, and a yes that calls for a mark."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from audits.followup.models import UrgentConcern
from audits.followup.services.concerns import SpokenFirst
from audits.models import AuditFlag
from audits.selectors.facts import audit_facts
from audits.selectors.missing import missing_before_lock
from audits.services.assessments import lock_grades, submit_assessment
from audits.services.checking import ask_for_check, give_check
from audits.services.findings import categories_for, propose_audit_action
from audits.services.flags import set_flag, take_back_flag
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from qaf.tenants.transitions import TransitionRefused
from tests.audits.test_single_auditor import submit
from tests.factories import tools as made
from tests.factories.people import make_person

SERVICE_MANAGER = "Sera Manager"


def sefton(**options) -> made.Sheet:
    sheet = made.make_sheet("sefton", role="practice_improvement_manager", **options)
    make_person("Che Checks", "qa_manager")
    make_person(SERVICE_MANAGER, "service_manager", unit=sheet.team.parent)
    return sheet


def urgent(person) -> list[str]:
    return [one.text for one in todo_for(person) if one.urgent]


def words(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.req("SEF-106", "SEF-108")
def test_the_day_that_the_auditor_finds_in_the_record_calls_for_a_response_without_a_case_list_that_knows(
    council, frozen, client
):
    with authority_scope(council):
        sheet = sefton(signs_in=True)
        assert sheet.audit.case.last_supervision_on is None, "many councils bring in no such day"
        base = f"/a/alder/audits/{sheet.audit.reference}"
        call = f"Raise an urgent concern: {sheet.audit.reference}"
    client.post("/account/login/", {"login": sheet.ada.email, "password": "correct horse battery"})
    for version, (day, asked) in enumerate((("6", False), ("5", True))):
        typed = {
            f"x_supervision_last_recorded_{place}": part for place, part in enumerate((day, "4", "2026"))
        }
        address = f"{base}/part/auditor/section/overall/save/"
        assert client.post(address, {"version": version, **typed}).status_code == 200
        with authority_scope(council):
            assert (call in urgent(sheet.ada)) is asked, day
            assert not urgent(sheet.mo), "what is typed is nobody else's before it is submitted"
    page = words(client.get(f"{base}/"))
    assert "No supervision has been recorded for six months or more: raise an urgent concern" in page
    with authority_scope(council), clock.travel(datetime(2026, 10, 9, 18, 0, tzinfo=clock.LONDON)):
        made.fill_form(
            sheet.assessment, sheet.framework, overall={"x_supervision_last_recorded": "2026-04-05"}
        )
        finish(sheet)
        concern = UrgentConcern.objects.get()
        assert (concern.trigger, concern.text, concern.responder.name) == (
            "no_supervision",
            "No supervision on record for six months",
            SERVICE_MANAGER,
        )
        assert concern.due_at == clock.now() + timedelta(hours=24)
        assert audit_facts(sheet.audit).months_since_supervision == 6
        assert call not in urgent(sheet.ada)


def finish(sheet: made.Sheet) -> None:
    """Submit what is filled in already."""
    check = ask_for_check(assessment=sheet.assessment, question="", person=sheet.ada)
    give_check(check=check, feedback="Sound.", person=Person.objects.get(name="Che Checks"))
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    propose_audit_action(
        assessment=sheet.assessment,
        text="Ring the school",
        intended_change="He is seen",
        owner=sheet.wyn,
        due_on=date(2026, 10, 26),
        person=sheet.ada,
        category=categories_for(sheet.audit)[0],
    )
    submit_assessment(assessment=sheet.assessment, person=sheet.ada)


@pytest.mark.req("SEF-106")
@pytest.mark.usefixtures("scope", "frozen")
@pytest.mark.parametrize(
    ("opened", "asked"),
    [(date(2026, 1, 5), True), (date(2026, 8, 3), False), (None, True)],
    ids=["open for nine months", "open for two months", "nobody knows since when"],
)
def test_a_record_without_any_supervision_counts_from_the_day_it_was_opened(opened, asked):
    sheet = sefton()
    sheet.audit.case.opened_on = opened
    sheet.audit.case.last_supervision_on = date(2026, 9, 1)
    sheet.audit.case.save()
    made.fill_form(
        sheet.assessment,
        sheet.framework,
        overall={"x_supervision_never_recorded": "yes", "x_supervision_last_recorded": ""},
    )
    assert bool(urgent(sheet.ada)) is asked
    finish(sheet)
    assert UrgentConcern.objects.filter(trigger="no_supervision").exists() is asked


@pytest.mark.req("SEF-106")
@pytest.mark.usefixtures("scope", "frozen")
def test_what_the_auditor_found_counts_rather_than_an_older_day_of_the_case_list():
    sheet = sefton()
    sheet.audit.case.last_supervision_on = date(2026, 1, 5)
    sheet.audit.case.save()
    assert urgent(sheet.ada), "by the case list there was none for nine months"
    submit(sheet)
    assert not UrgentConcern.objects.exists(), "the form says 1 September"


@pytest.mark.usefixtures("scope", "frozen")
@pytest.mark.parametrize(
    ("council_key", "role"),
    [
        pytest.param("sefton", "practice_improvement_manager", marks=pytest.mark.req("SEF-105", "SEF-107")),
        pytest.param("west_sussex", "senior_manager", marks=pytest.mark.req("WSX-78")),
    ],
)
def test_a_safeguarding_concern_answered_with_yes_is_not_left_at_that(council_key, role):
    sheet = made.make_sheet(council_key, role=role)
    make_person(SERVICE_MANAGER, "service_manager", unit=sheet.team.parent)
    wanted = "Set the mark “Safeguarding concern” and say what you saw, as you answered yes"
    made.fill_form(sheet.assessment, sheet.framework, overall={"x_safeguarding_concern": "no"})
    assert not [one for one in missing_before_lock(sheet.assessment, sheet.framework) if one.text == wanted]
    made.fill_form(sheet.assessment, sheet.framework, overall={"x_safeguarding_concern": "yes"})
    assert urgent(sheet.ada) == [f"Set the mark “Safeguarding concern”: {sheet.audit.reference}"]
    problem = next(
        one for one in missing_before_lock(sheet.assessment, sheet.framework) if one.text == wanted
    )
    assert problem.href.endswith(f"/{sheet.audit.reference}/marks/")
    with pytest.raises(TransitionRefused, match="Set the mark"):
        lock_grades(assessment=sheet.assessment, person=sheet.ada)
    spoken = SpokenFirst(sheet.mo, "Told at noon.")
    mark = set_flag(
        audit=sheet.audit, flag="safeguarding_concern", reason="A bruise.", person=sheet.ada, spoken=spoken
    )
    assert not urgent(sheet.ada)
    take_back_flag(mark=mark, reason="It was another child.", person=sheet.ada)
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    assert AuditFlag.objects.count() == 1
