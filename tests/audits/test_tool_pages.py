"""The tool in the browser: marks, dates and standards answered there; descriptors added without a release."""

import re
from datetime import date
from html import unescape

import pytest

from audits.frameworks.selectors import framework_of, version_in_force
from audits.frameworks.services import keep_in_step
from audits.models import Audit, SectionDraft, WiderFinding
from audits.services.findings import propose_audit_action
from qaf.tenants.scope import authority_scope
from tests.factories import tools as made
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def enter(client):
    def sign_in(person):
        client.logout()
        client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
        return client

    return sign_in


def base(sheet: made.Sheet) -> str:
    return f"/a/alder/audits/{sheet.audit.reference}/part/auditor/"


def words(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.req("WSX-04", "WSX-50")
def test_marks_standards_and_references_are_kept_without_scripts_and_shown_again(council, enter):
    with authority_scope(council):
        sheet = made.make_sheet("west_sussex", role="senior_manager", signs_in=True)
    client = enter(sheet.ada)
    address = f"{base(sheet)}section/review/"
    answer = client.post(
        address,
        {
            "version": 0,
            "evidence": "Review of May.",
            "x_evidence_references": "Minutes, 12 May 2026",
            "x_standards_judged_by": ["practice_standards", "visiting_requirements"],
            "grade": "good",
        },
    )
    assert answer.status_code == 302
    with authority_scope(council):
        assert SectionDraft.objects.get(section="review").fields == {
            "evidence": "Review of May.",
            "x_evidence_references": "Minutes, 12 May 2026",
            "x_standards_judged_by": ["practice_standards", "visiting_requirements"],
            "grade": "good",
        }
    page = client.get(address).content.decode()
    assert re.findall(r'value="(\w+)" checked', page) == [
        "practice_standards",
        "visiting_requirements",
        "good",
    ]
    assert "Minutes, 12 May 2026" in page


@pytest.mark.req("SEF-140", "SEF-167", "SEF-73")
def test_a_date_and_marks_are_saved_as_typed_and_two_windows_lose_neither(council, enter):
    with authority_scope(council):
        sheet = made.make_sheet("sefton", role="service_manager", signs_in=True)
    client = enter(sheet.ada)
    day = {"x_key_worker_since_0": "14", "x_key_worker_since_1": "9", "x_key_worker_since_2": "2026"}
    typed = {"version": 0, "x_observation_recommended": "yes", **day}
    save = f"{base(sheet)}section/overall/save/"
    assert client.post(save, typed).json()["version"] == 1
    with authority_scope(council):
        kept = SectionDraft.objects.get(section="overall").fields
    assert kept == {"x_key_worker_since": "2026-09-14", "x_observation_recommended": "yes"}
    page = client.get(f"{base(sheet)}section/overall/").content.decode()
    for name, value in day.items():
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    other = client.post(save, {**typed, "x_key_worker_since_0": "21"})
    assert other.status_code == 409
    assert {key: other.json()["theirs"][key] for key in day} == day
    half = client.post(save, {"version": 1, "x_key_worker_since_0": "14"})
    assert half.status_code == 422
    late = client.post(save, {**typed, "version": 1, "x_key_worker_since_2": "2031"})
    assert "must be today or in the past" in str(late.json()["errors"])
    marked = client.post(f"{base(sheet)}section/impact/", {"version": 0, "m_co1": "met", "m_co2": "not_met"})
    assert marked.status_code == 302
    page = client.get(f"{base(sheet)}section/impact/").content.decode()
    assert "Compliance" in page
    assert re.findall(r'<option value="(\w+)" selected', page) == ["met", "not_met"]


@pytest.mark.req("SEF-140", "SEF-126", "SEF-73")
def test_further_answers_and_how_long_the_worker_had_the_case_stand_beside_the_grades(council, enter):
    with authority_scope(council):
        sheet = made.make_sheet("sefton", role="service_manager", signs_in=True)
        made.lock_form(
            sheet.assessment,
            sheet.framework,
            overall={"x_key_worker_since": "2026-09-14", "x_contributing_factors": ["management"]},
            impact={"m_co2": "not_met", "x_compliance_action": "Visits are booked."},
        )
        propose_audit_action(
            assessment=sheet.assessment,
            text="Rewrite the care plan with her",
            intended_change="She knows what happens next",
            owner=sheet.wyn,
            due_on=date(2026, 10, 20),
            category=next((one.key for one in sheet.framework.actions.categories), ""),
            person=sheet.ada,
        )
    client = enter(sheet.ada)
    wider = f"{base(sheet)}wider-findings/"
    assert client.post(wider, {"text": "Minutes reach no core group in time."}).status_code == 302
    with authority_scope(council):
        assert WiderFinding.objects.get().audit_id == sheet.audit.pk
        Audit.objects.filter(pk=sheet.audit.pk).update(status="revealed")
        sheet.audit.assessments.update(status="submitted", submitted_at="2026-10-05T12:00:00Z")
    page = words(client.get(f"/a/alder/audits/{sheet.audit.reference}/grades/"))
    for text in (
        "The worker had worked with the child since Monday 14 September 2026, 3 weeks before the audit.",
        "What else shaped the outcome: Management oversight.",
        "Key worker since: Monday 14 September 2026",
        "Statements: not met: The child was visited as often as expected.",
        "What is done about what does not comply: Visits are booked.",
        "What the key worker said: Looked at.",
    ):
        assert text in page, text
    page = words(client.get(f"/a/alder/audits/{sheet.audit.reference}/"))
    for text in ("3 weeks before the audit", "Rewrite the care plan with her", "Minutes reach no core group"):
        assert text in page, text


@pytest.mark.req("WSX-29")
def test_a_domain_judged_by_its_narrative_is_given_descriptors_in_the_browser_without_a_release(
    council, enter
):
    with authority_scope(council):
        sheet = made.make_sheet("west_sussex", role="senior_manager", signs_in=True)
        editor = make_person("Edi Editor", "authority_administrator", signs_in=True)
        keep_in_step()
    address = f"{base(sheet)}section/management_oversight/"
    page = words(enter(sheet.ada).get(address))
    assert "Systematic oversight of high quality drives good practice" in page
    assert page.count("The council has not described this grade yet.") == 4
    client = enter(editor)
    assert client.post("/a/alder/framework/draft/start/").status_code == 302
    rule = "/a/alder/framework/draft/rule/tools.collaborative.domains.management_oversight/descriptors/"
    form = client.get(rule).context["form"]
    data = {bound.html_name: bound.initial for bound in form if bound.initial is not None}
    data |= {"descriptors__good": "Reasons are written down\nActions are tracked", "source_kind": "decision"}
    assert client.post(rule, data).status_code == 302
    publish = "/a/alder/framework/draft/publish/"
    form = client.get(publish).context["form"]
    data = {"revision": form["revision"].value(), "reason": "Described for auditors"}
    day = {f"effective_from_{place}": part for place, part in enumerate(("5", "10", "2026"))}
    answer = client.post(publish, data | day)
    assert answer.status_code == 302, words(answer)
    with authority_scope(council):
        version = version_in_force()
        assert version.pk != sheet.audit.framework_version_id
        new = made.make_audit_of(
            framework_of(version), version, sheet.ada, sheet.wyn, sheet.mo, None, sheet.team, "auditor",
            "looked_after", local_id="0000777",
        )  # fmt: skip
    client = enter(sheet.ada)
    page = words(client.get(address.replace(sheet.audit.reference, new.reference)))
    assert "Good Reasons are written down Actions are tracked Requires improvement" in page
    assert page.count("The council has not described this grade yet.") == 3
    # The audit that had begun keeps the form it began with.
    assert words(client.get(address)).count("The council has not described this grade yet.") == 4


@pytest.mark.req("WSX-61")
def test_an_action_for_the_child_s_care_plan_is_proposed_in_the_joint_audit_and_stands_with_it(
    council, enter
):
    with authority_scope(council):
        sheet = made.make_sheet("west_sussex", role="senior_manager", signs_in=True)
    client, address = enter(sheet.ada), f"{base(sheet)}actions/"
    wanted = {
        "text": "Write the contact plan with both parents",
        "intended_change": "He knows when he sees his father",
        "owner": str(sheet.wyn.pk),
        "due_on_0": "2",
        "due_on_1": "11",
        "due_on_2": "2026",
    }
    client.post(address, {**wanted, "text": ""})
    with authority_scope(council):
        assert not sheet.audit.action_links.exists()
    assert client.post(address, wanted).status_code == 302
    with authority_scope(council):
        action = sheet.audit.action_links.get().action
        assert (action.text, action.intended_change, action.owner, action.due_on) == (
            wanted["text"],
            wanted["intended_change"],
            sheet.wyn,
            date(2026, 11, 2),
        )
    assert wanted["text"] in words(client.get(address))
