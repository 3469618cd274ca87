"""What auditors answer beside the grade: kept with the judgement, needed where the tool says so, never a grade."""

from datetime import date

import pytest

from audits.followup.models import FollowUp
from audits.frameworks import loader
from audits.frameworks.selectors import framework_of, version_in_force
from audits.frameworks.services import publish_framework
from audits.models import GradeOfRecord, Judgement
from audits.selectors.asked import missing_in_domain
from audits.selectors.continuity import domain_keys
from audits.selectors.missing import missing_before_lock
from audits.selectors.reading import count_marks
from audits.selectors.responsibility import responsibility_of, work_of_others
from audits.selectors.sections import section_of, sections_of, tool_of
from audits.services.assessments import lock_grades
from audits.services.observing import ask_for_observation
from qaf.tenants.transitions import TransitionRefused
from reporting.selectors.parts import Parts
from tests.factories import tools as made

pytestmark = pytest.mark.usefixtures("scope", "frozen")


def missing(sheet: made.Sheet) -> list[str]:
    """What the auditor is told is missing before the grades can be locked."""
    return [one.text for one in missing_before_lock(sheet.assessment, sheet.framework)]


def durham(**options) -> made.Sheet:
    return made.make_sheet("durham", role="operations_manager", **options)


def sefton(**options) -> made.Sheet:
    return made.make_sheet("sefton", role="service_manager", **options)


# Marks beside criteria -----------------------------------------------------------------------------------------------


@pytest.mark.req("DUR-170")
def test_marks_are_kept_with_the_judgement_counted_without_what_does_not_apply_and_make_no_grade():
    sheet = durham()
    marks = {"m_bi1": "not_met", "m_bi2": "not_met", "m_bi4": "met", "m_bi9": "not_applicable"}
    made.fill_form(sheet.assessment, sheet.framework, "good", basic_information=marks)
    assert missing(sheet) == ["Basic information: say why some statements do not apply"]
    made.fill_form(
        sheet.assessment,
        sheet.framework,
        "good",
        basic_information={**marks, "x_marks_reason": "No worries are recorded."},
    )
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    kept = Judgement.objects.get(domain="basic_information")
    assert kept.marks == {"bi1": "not_met", "bi2": "not_met", "bi4": "met", "bi9": "not_applicable"}
    assert (kept.grade, kept.extra["marks_reason"]) == ("good", "No worries are recorded.")
    counted = {
        one.key: one for one in count_marks([sheet.assessment], tool_of(sheet.framework, sheet.assessment))
    }
    assert len(counted) == 102
    assert [(counted[key].counts, counted[key].n) for key in ("bi1", "bi4", "bi9", "bi3")] == [
        ({"not_met": 1}, 1),
        ({"met": 1}, 1),
        ({"not_applicable": 1}, 0),
        ({}, 0),
    ]


@pytest.mark.req("DUR-170")
def test_a_statement_for_some_children_only_is_asked_of_no_other():
    sheet = durham(status="child_in_need")
    asked = {one.key for one in section_of(sheet.assessment, sheet.framework, "basic_information").criteria}
    assert ("bi13" in asked, "bi12" in asked) == (False, True)
    sheet.audit.case_status = "looked_after"
    sheet.audit.save()
    asked = {one.key for one in section_of(sheet.assessment, sheet.framework, "basic_information").criteria}
    assert "bi13" in asked


@pytest.mark.req("DUR-170", "DUR-78")
def test_a_domain_is_left_out_by_status_or_by_choice_with_a_reason_and_out_of_the_warning_s_middle():
    sheet = durham(status="child_in_need")
    sections = {one.key: one for one in sections_of(sheet.assessment, sheet.framework)}
    assert [key for key, one in sections.items() if not one.applies] == ["contact_referral"]
    left_out = {"grade": "not_applicable", "strengths": "", "development": "", "evidence": ""}
    made.fill_form(sheet.assessment, sheet.framework, "good", review=left_out)
    assert missing(sheet) == ["Review: say why it does not apply"]
    reasoned = {**left_out, "not_applicable_reason": "No review has been due yet."}
    made.fill_form(sheet.assessment, sheet.framework, "good", review=reasoned)
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    given = dict(Judgement.objects.values_list("domain", "grade"))
    assert (given["contact_referral"], given["review"], given["planning"], given[""]) == (
        "not_applicable",
        "not_applicable",
        "good",
        "good",
    )
    by_status = Judgement.objects.get(domain="contact_referral")
    assert by_status.not_applicable_reason.startswith("A contact or referral falls within")
    grades = sheet.framework.main_grades
    assert grades.median(None if one == "not_applicable" else one for one in given.values()) == "good"


# What an audit needs once --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role", "labels"),
    [
        pytest.param(
            "durham",
            "operations_manager",
            ("Good practice", "Areas to improve"),
            marks=pytest.mark.req("DUR-81"),
        ),
        pytest.param(
            "sefton", "service_manager", ("Strengths", "Areas to improve"), marks=pytest.mark.req("SEF-09")
        ),
    ],
)
def test_an_audit_needs_a_strength_and_an_area_to_improve_somewhere(name, role, labels):
    sheet = made.make_sheet(name, role=role)
    silent = {"strengths": "", "development": ""}
    keys = [one.key for one in sections_of(sheet.assessment, sheet.framework)]
    made.fill_form(sheet.assessment, sheet.framework, **dict.fromkeys(keys, silent))
    both = "; ".join(f"write at least one entry under “{label}”" for label in labels)
    assert missing(sheet) == [f"Overall grade: {both}"]
    made.fill_form(
        sheet.assessment, sheet.framework, **{**dict.fromkeys(keys, silent), "overall": {"strengths": ""}}
    )
    assert missing(sheet) == [f"Overall grade: write at least one entry under “{labels[0]}”"]
    with pytest.raises(TransitionRefused):
        lock_grades(assessment=sheet.assessment, person=sheet.ada)


@pytest.mark.req("DUR-30")
def test_marking_evidence_of_impact_asks_for_the_three_answers_and_keeps_them():
    sheet = durham()
    answers = {
        "x_impact_evidence": "yes",
        "x_difference_made": "",
        "x_better_off": "",
        "x_could_improve": "Write to the father.",
    }
    made.fill_form(sheet.assessment, sheet.framework, overall=answers)
    assert missing(sheet) == [
        "Overall grade: answer “What difference was made to the child's life?”; "
        "answer “Who is better off, and how is that known?”"
    ]
    said = {
        "x_difference_made": "She sleeps at home.",
        "x_better_off": "Her brothers too: they told the school.",
    }
    made.fill_form(sheet.assessment, sheet.framework, overall=answers | said)
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    assert Judgement.objects.get(domain="").extra == {
        "impact_evidence": "yes",
        "difference_made": "She sleeps at home.",
        "better_off": "Her brothers too: they told the school.",
        "could_improve": "Write to the father.",
    }


@pytest.mark.req("SLO-01")
def test_both_answers_on_procedure_and_on_help_are_needed_and_kept_apart():
    sheet = made.make_sheet("slough", role="hos_sqa")
    made.fill_form(sheet.assessment, sheet.framework, overall={"x_child_helped": ""})
    assert missing(sheet) == ["Overall grade: answer “Was the child helped?”"]
    differ = {"x_child_helped": "no", "x_procedure_followed": "yes"}
    made.fill_form(sheet.assessment, sheet.framework, overall=differ)
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    kept = Judgement.objects.get(domain="").extra
    assert (kept["procedure_followed"], kept["child_helped"]) == ("yes", "no")


@pytest.mark.req("WSX-52", "WSX-54")
def test_the_view_on_reflection_and_what_would_matter_most_are_needed_after_the_sections():
    sheet = made.make_sheet("west_sussex", role="senior_manager")
    made.fill_form(
        sheet.assessment,
        sheet.framework,
        overall={"x_reflective_practice": "", "x_most_difference_actions": ""},
    )
    assert missing(sheet) == [
        "Overall grade: answer “Quality of reflective practice”; answer “Actions that would make most difference”"
    ]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        pytest.param("west_sussex", "senior_manager", marks=pytest.mark.req("WSX-49")),
        pytest.param("sefton", "service_manager", marks=pytest.mark.req("SEF-74")),
    ],
)
def test_looking_further_back_than_the_window_needs_its_reason(name, role):
    sheet = made.make_sheet(name, role=role)
    assert sheet.framework.main_tool.look_back.months == 6
    made.fill_form(sheet.assessment, sheet.framework, overall={"x_looked_back": "further"})
    assert missing(sheet) == ["Overall grade: say why you looked further back"]
    reason = {"x_looked_back": "further", "x_look_back_reason": "She came home a year ago."}
    made.fill_form(sheet.assessment, sheet.framework, overall=reason)
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    assert Judgement.objects.get(domain="").extra["look_back_reason"] == "She came home a year ago."


# Sefton's own --------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEF-61", "SEF-73")
def test_the_overall_grade_needs_what_each_source_told_and_every_check_of_compliance_answered():
    sheet = sefton()
    made.fill_form(
        sheet.assessment,
        sheet.framework,
        overall={"x_source_others": "", "x_source_family": ""},
        impact={"m_co1": "", "m_co2": "not_met"},
    )
    assert missing(sheet) == [
        "Impact and Overall Outcomes: mark “The assessment was completed in time”; "
        "say what is done about what does not comply",
        "Overall grade: say what you learnt from “What other professionals said”, or why it could not be considered; "
        "say what you learnt from “What the child, young person and family said”, or why it could not be considered",
    ]
    done = {"m_co1": "met", "m_co2": "not_met", "x_compliance_action": "Visits are booked to Easter."}
    made.fill_form(sheet.assessment, sheet.framework, impact=done)
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    impact, overall = (Judgement.objects.get(domain=key) for key in ("impact", ""))
    assert impact.marks == {"co1": "met", "co2": "not_met", "co3": "met", "co4": "met"}
    assert (impact.grade, impact.extra["compliance_action"]) == ("good", "Visits are booked to Easter.")
    assert {key for key in overall.extra if key.startswith("source_")} == {
        "source_record",
        "source_worker",
        "source_others",
        "source_family",
    }


@pytest.mark.req("SEF-70", "SEF-63")
@pytest.mark.parametrize(("chair", "applies"), [("iro", True), ("cp_chair", True), ("", False)])
def test_the_unit_s_domain_is_judged_where_a_reviewing_officer_or_chair_is_involved(chair, applies):
    sheet = sefton(chair=chair)
    found = {one.key: one.applies for one in sections_of(sheet.assessment, sheet.framework)}
    assert [key for key, there in found.items() if not there] == ([] if applies else ["safeguarding_unit"])
    made.lock_form(sheet.assessment, sheet.framework)
    given = Judgement.objects.get(domain="safeguarding_unit")
    assert given.grade == ("good" if applies else "not_applicable")
    assert bool(given.not_applicable_reason) != applies


@pytest.mark.req("SEF-140")
def test_length_of_involvement_and_what_else_counted_stand_beside_the_grade_and_leave_the_worker_s_pattern():
    sheet = sefton()
    made.lock_form(
        sheet.assessment,
        sheet.framework,
        "inadequate",
        overall={
            "x_key_worker_since": "2026-09-14",
            "x_contributing_factors": ["partners", "supervision"],
            "x_work_of_others": "yes",
        },
    )
    assert responsibility_of(sheet.audit).factors == ()
    sheet.audit.assessments.update(submitted_at="2026-10-05T12:00:00Z", status="submitted")
    found = responsibility_of(sheet.audit)
    assert (found.since, found.weeks, found.of_others) == (date(2026, 9, 14), 3, True)
    assert found.sentences == (
        "The worker had worked with the child since Monday 14 September 2026, 3 weeks before the audit.",
        "What else shaped the outcome: Wider partnership working; Supervision.",
        "The grade is mainly about the work of others, and stays out of the worker’s own patterns.",
    )
    assert work_of_others([sheet.audit.pk]) == {sheet.audit.pk}


@pytest.mark.req("SEF-167")
def test_an_observation_that_the_auditor_recommends_is_asked_of_the_named_post_once():
    sheet = sefton()
    manager = made.make_person("Quin Manager", "qa_manager")
    made.lock_form(sheet.assessment, sheet.framework, overall={"x_observation_recommended": "yes"})
    sheet.audit.final_at = "2026-10-05T12:00:00Z"
    sheet.audit.save()
    sheet.audit.refresh_from_db()
    for _ in (1, 2):
        ask_for_observation(audit=sheet.audit)
    asked = FollowUp.objects.get(kind="observation")
    assert (asked.assignee, asked.about, asked.due_on) == (manager, sheet.wyn, date(2026, 11, 5))
    assert asked.title == f"Arrange an observation of practice: {sheet.audit.reference}"


# Tools by service and version ----------------------------------------------------------------------------------------


@pytest.mark.req("SEF-75")
def test_each_service_has_its_tool_and_one_that_is_only_planned_is_given_to_nobody():
    framework = loader.builtin("sefton")
    assert {framework.tool_for(one.key).key for one in framework.audited_services} == {"deep_dive"}
    assert framework.tool("fostering").planned
    fostering = framework.tool("fostering").model_copy(
        update={
            "planned": False,
            "services": ("care_experienced",),
            "domains": framework.main_tool.domains[:2],
            "grade_set": "four_grades",
        }
    )
    others = tuple(
        tool.model_copy(update={"services": tuple(key for key in tool.services if key != "care_experienced")})
        for tool in framework.tools
        if tool.key != "fostering"
    )
    varied = framework.model_copy(update={"tools": (*others, fostering)})
    assert varied.tool_for("care_experienced").key == "fostering"
    assert varied.tool_for("cared_for_children").key == "deep_dive"


def test_a_domain_that_does_not_apply_needs_nothing_but_its_reason():
    framework = loader.builtin("sefton")
    fields = {"grade": "not_applicable", "not_applicable_reason": "Too early to tell."}
    tool = framework.main_tool
    assert missing_in_domain(fields, tool.domain("impact"), tool, framework.main_grades) == ()
    fields.pop("not_applicable_reason")
    assert missing_in_domain(fields, tool.domain("impact"), tool, framework.main_grades) == (
        "Say why it does not apply",
    )


@pytest.mark.req("SEF-76")
def test_a_domain_keeps_one_series_through_the_versions_of_its_tool():
    sheet = sefton()
    before = sheet.audit.framework_version
    text = loader.builtin_text("sefton")
    renamed = text.replace(
        "      - key: recording_communication\n",
        "      - key: recording\n        continues: recording_communication\n",
    ).replace("    version: 2\n", "    version: 3\n", 1)
    assert renamed.count("continues:") == 1
    publish_framework(text=renamed, effective_from=date(2026, 10, 5))
    now = version_in_force()
    key_now = domain_keys()
    assert now.pk != before.pk
    assert key_now(before.pk, "deep_dive", "recording_communication") == "recording"
    assert key_now(before.pk, "deep_dive", "assessment") == "assessment"
    assert key_now(now.pk, "deep_dive", "recording") == "recording"
    assert (sheet.framework.tool("deep_dive").version, framework_of(now).tool("deep_dive").version) == (2, 3)
    GradeOfRecord.objects.bulk_create(
        GradeOfRecord(
            audit=sheet.audit, domain=domain, grade=grade, source="single", decided_at="2026-10-05T12:00:00Z"
        )
        for domain, grade in (("recording_communication", "good"), ("assessment", "inadequate"), ("", "good"))
    )
    # What reports read: the older audit's grade stands in the series of the domain as it is called now.
    assert Parts([sheet.audit.pk]).of_record == {
        sheet.audit.pk: {"recording": "good", "assessment": "inadequate", "": "good"}
    }
