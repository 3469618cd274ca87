"""A tool that is only a checklist: its questions answered, locked, moderated, final and filed without any grade."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from audits.followup.models import FollowUp
from audits.frameworks.schema.tools import ChecklistItem
from audits.models import Assessment, Audit, GradeOfRecord, Judgement, RecordedGrade, SectionDraft
from audits.selectors.facts import framework_for
from audits.selectors.file_copy import file_copy_of
from audits.selectors.missing import missing_before_lock
from moderation.models import Moderation
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from qaf.ui import pdf
from tests.factories import tools as made
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("frozen")

SIXTH = (Path(__file__).parents[1] / "fixtures" / "invented" / "sixth_council.yaml").read_text(
    encoding="utf-8"
)
GRADED = "\nprocess:\n"
CHECKLIST = """
  - key: visits
    name: Look at visits
    version: 1
    items:
      - {key: seen, question: "Was the child seen alone?", timescale: Within ten working days}
      - key: asked
        question: "Who was asked?"
        answers: [{key: child, label: The child}, {key: parent, label: A parent}]
        notes: false
        not_applicable: false
      - {key: changed, question: "What changed after the visit?", in_words: true}
    fields:
      - {key: told, label: The worker was told, scope: audit, type: flag, required: true, source: p. 4}
    source: p. 4
"""
FRONT_DOOR = "  front_door:"
EXTRA = "  extra: [{origin: ad_hoc, by: principal, text: At short notice, source: p. 6}]\n"
COLLEAGUE = """
    - {key: colleague, label: Colleague, eligible: {kind: pool, roles: [lead, principal]}, grades: "yes",
       due: {kind: working_days, event: allocation, days: 15}, effort_hours: 3, source: p. 5}
  reveal:
    rule: own_only_until_locked_and_discussed
    worker_sees_provisional: true
    changes_allowed: true
    change_reason_required: true
    source: p. 5"""


def text_of(*, pair: bool = False, moderated: bool = False) -> str:
    """Elderfield's framework with a checklist beside its graded tool."""
    text = SIXTH.replace(GRADED, CHECKLIST + GRADED)
    text = text.replace(FRONT_DOOR, EXTRA + FRONT_DOOR)
    text = text.replace("share: 0.2", "share: 1.0" if moderated else "share: 0.0")
    if moderated:
        text = text.replace("evaluated: finalisation", "evaluated: all_submitted")
    if pair:
        reveal = next(line for line in text.splitlines() if line.startswith("  reveal:"))
        text = text.replace("\n" + reveal, COLLEAGUE).replace(
            "grade_of_record: single_auditor", "grade_of_record: agreed_by_all"
        )
    return text


def checklist_sheet(**options) -> made.Sheet:
    """Ada, a team lead, has a checklist about Wyn's visits; Prue runs the audits."""
    sheet = made.make_sheet("", role="lead", text=text_of(**options), signs_in=True, status="child_in_need")
    Audit.objects.update(tool="visits", origin="ad_hoc")
    sheet.audit.refresh_from_db()
    return sheet


def enter(person) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    return client


def at(sheet: made.Sheet, page: str = "", slot: str = "auditor") -> str:
    return f"/a/alder/audits/{sheet.audit.reference}/part/{slot}/{page}"


def read(client: Client, address: str, code: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == code, (address, answer.status_code)
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


ANSWERS = {
    "a_seen": "partly",
    "n_seen": "Once, in June.",
    "a_asked": "child",
    "a_changed": "She sleeps at home.",
}


def answer_all(client: Client, sheet: made.Sheet, slot: str = "auditor", **changed) -> None:
    """Answer every question and what is asked of the whole, as somebody without scripts does."""
    first = client.post(at(sheet, "section/checklist/", slot), {"version": 0, **ANSWERS, **changed})
    assert first.status_code == 302, first.content.decode()
    last = client.post(at(sheet, "section/overall/", slot), {"version": 0, "x_told": "yes"})
    assert last.status_code == 302, last.content.decode()


def test_the_form_asks_every_question_as_the_framework_lets_it_be_answered_and_nothing_else(council):
    with authority_scope(council):
        sheet = checklist_sheet()
    page = read(enter(sheet.ada), at(sheet, "section/checklist/"))
    for text in (
        "Was the child seen alone?",
        "Within ten working days",
        "Who was asked?",
        "What changed after",
    ):
        assert text in page
    names = set(re.findall(r'name="([anr]_\w+|grade|strengths|evidence)"', page))
    assert names == {"a_seen", "n_seen", "r_seen", "a_asked", "a_changed"}
    values = {name: re.findall(rf'name="{name}"[^>]*value="(\w+)"', page) for name in ("a_seen", "a_asked")}
    assert values == {"a_seen": ["yes", "partly", "no", "not_applicable"], "a_asked": ["child", "parent"]}
    assert '>Note<span class="govuk-visually-hidden"> (Was the child seen alone?)</span>' in page.replace(
        "> N", ">N"
    )
    assert "What each grade looks like" not in page
    assert "There is no grade to give" in page
    assert "Overall grade" not in read(enter(sheet.ada), at(sheet))


def test_answers_are_saved_as_typed_and_a_second_window_is_told(council):
    with authority_scope(council):
        sheet = checklist_sheet()
    client, address = enter(sheet.ada), at(sheet, "section/checklist/save/")
    saved = client.post(address, {"version": 0, "a_seen": "yes", "r_seen": "left over"})
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    with authority_scope(council):
        assert SectionDraft.objects.get().fields == {"a_seen": "yes"}
    other = client.post(address, {"version": 0, "a_seen": "no"})
    assert (other.status_code, other.json()["theirs"]["a_seen"]) == (409, "yes")
    assert client.post(address, {"version": 1, "a_asked": "nobody"}).status_code == 422


def test_what_is_missing_is_said_question_by_question_with_a_link_to_its_box(council):
    with authority_scope(council):
        sheet = checklist_sheet()
    client = enter(sheet.ada)
    client.post(at(sheet, "section/checklist/"), {"version": 0, "a_seen": "not_applicable"})
    page = read(client, at(sheet, "lock/"))
    missing = re.findall(r'href="([^"]+)">((?:Say why|Answer|The audit)[^<]+)</a>', page)
    assert missing == [
        (at(sheet, "section/checklist/#id_r_seen"), "Say why “Was the child seen alone?” does not apply"),
        (at(sheet, "section/checklist/#id_a_asked"), "Answer “Who was asked?”"),
        (at(sheet, "section/checklist/#id_a_changed"), "Answer “What changed after the visit?”"),
        (at(sheet, "section/overall/"), "The audit as a whole: answer “The worker was told”"),
    ]
    assert "1 of 3 answered" in page
    assert client.post(at(sheet, "lock/")).status_code == 422


def test_a_checklist_goes_from_the_request_to_the_record_without_a_grade(council):
    """Prue asks for it at short notice; Ada answers, locks and submits; Prue places the copy on the record."""
    with authority_scope(council):
        sheet = made.make_sheet(
            "", role="lead", text=text_of(), signs_in=True, status="child_in_need", service="families"
        )
        Audit.objects.update(status="closed")
        prue = make_person("Prue Principal", "principal", signs_in=True)
    runs = enter(prue)
    asked = {
        "local_id": "0001234",
        "origin": "ad_hoc",
        "tool": "visits",
        "reason": "A complaint about visits.",
    }
    assert runs.post("/a/alder/put-forward/new/", asked).status_code == 302
    with authority_scope(council):
        sheet.audit = Audit.objects.get(tool="visits")
        who = sheet.audit.assessments.get().assessor
    client = enter(who)
    answer_all(client, sheet, a_seen="not_applicable", r_seen="She is away at school.", n_seen="")
    assert "Lock my answers" in read(client, at(sheet, "lock/"))
    assert client.post(at(sheet, "lock/")).status_code == 302
    assert "3 of 3 answered" in read(client, at(sheet, "submit/"))
    client.post(at(sheet, "actions/"), {"form": "none", "version": 0, "none-reason": "All is done."})
    assert client.post(at(sheet, "submit/")).status_code == 302
    with authority_scope(council):
        judgement = Judgement.objects.get(domain="checklist")
        assert (judgement.grade, judgement.marks) == ("", {})
        assert judgement.extra == {
            "checklist:answers": {
                "seen": {"answer": "not_applicable", "reason": "She is away at school."},
                "asked": {"answer": "child"},
                "changed": {"answer": "She sleeps at home."},
            }
        }
        assert (RecordedGrade.objects.count(), GradeOfRecord.objects.count()) == (0, 0)
        sheet.audit.refresh_from_db()
        assert sheet.audit.status == "final"
        filing = FollowUp.objects.get(kind="filing")
    for address in (
        f"/a/alder/audits/{sheet.audit.reference}/",
        f"/a/alder/audits/{sheet.audit.reference}/grades/",
    ):
        page = read(client, address)
        assert "no grade" in page
        assert "Overall" not in page
    assert "<p>Not applicable<br>She is away at school.</p>" in page
    filed = {"filed_on_0": "5", "filed_on_1": "10", "filed_on_2": "2026", "reference": "CB-17"}
    assert runs.post(reverse("followup:follow_up", args=["alder", filing.pk]), filed).status_code == 302
    with authority_scope(council):
        filing.refresh_from_db()
        sheet.audit.refresh_from_db()
        assert (filing.status, sheet.audit.status) == ("done", "closed")


def copy_text(audit: Audit) -> str:
    found = file_copy_of(audit, framework_for(audit))
    context = {"copy": found, "audit": audit, "council": "Alder Council", "made_on": clock.today()}
    return re.sub(r"\s+", " ", unescape(pdf.html_of("audits/file_copy/copy.html", context)))


def test_the_copy_for_the_record_holds_the_whole_answer(council):
    with authority_scope(council):
        sheet = checklist_sheet()
    client = enter(sheet.ada)
    answer_all(client, sheet)
    client.post(at(sheet, "lock/"))
    client.post(at(sheet, "actions/"), {"form": "none", "version": 0, "none-reason": "All is done."})
    client.post(at(sheet, "submit/"))
    with authority_scope(council):
        text = copy_text(Audit.objects.get())
        signer = make_person("Prue Principal", "principal", signs_in=True)
    for row in (
        '<th scope="row">Was the child seen alone?</th> <td>Partly</td> <td>Once, in June.</td>',
        '<th scope="row">Who was asked?</th> <td>The child</td> <td></td>',
        '<th scope="row">What changed after the visit?</th> <td>She sleeps at home.</td> <td></td>',
        "The worker was told: Yes",
    ):
        assert row in text
    assert "Final grades" not in text
    assert "Overall grade" not in text
    copy = enter(signer).get(reverse("audits:file_copy", args=["alder", sheet.audit.reference]))
    assert (copy.status_code, copy["Content-Type"]) == (200, "application/pdf")


def test_two_auditors_answers_stand_side_by_side_with_what_differs_marked(council):
    with authority_scope(council):
        sheet = checklist_sheet(pair=True)
        bea = make_person("Bea Colleague", "principal", signs_in=True)
        Assessment.objects.create(
            audit=sheet.audit, slot="colleague", assessor=bea, due_on=sheet.audit.due_on
        )
    for person, slot, changed in (
        (sheet.ada, "auditor", {}),
        (bea, "colleague", {"a_seen": "no", "n_seen": ""}),
    ):
        client = enter(person)
        answer_all(client, sheet, slot, **changed)
        assert client.post(at(sheet, "lock/", slot)).status_code == 302
    page = read(client, f"/a/alder/audits/{sheet.audit.reference}/")
    assert ("Answers shown" in page, "Grades shown" in page) == (True, False)
    page = read(client, f"/a/alder/audits/{sheet.audit.reference}/grades/")
    assert "Answers side by side" in page
    differing = re.findall(r'<th scope="row">([^<]+)<span class="qaf-compare__flag">Differs', page)
    assert differing == ["Was the child seen alone?"]
    assert '<p>Partly<br>Once, in June.</p></td><td data-label="Colleague"><p>No</p>' in page.replace(
        "> <", "><"
    )
    assert client.get(at(sheet, "grade/checklist/", "colleague")).status_code == 404


def test_the_moderator_reads_the_answers_and_decides_without_a_grade(council):
    with authority_scope(council):
        sheet = checklist_sheet(moderated=True)
        mae = make_person("Mae Area", "area_manager", signs_in=True)
    client = enter(sheet.ada)
    answer_all(client, sheet)
    client.post(at(sheet, "lock/"))
    client.post(at(sheet, "actions/"), {"form": "none", "version": 0, "none-reason": "All is done."})
    client.post(at(sheet, "submit/"))
    with authority_scope(council):
        assert Audit.objects.get().status == "in_moderation"
        Moderation.objects.update(moderator=mae, status="allocated")
    moderates = enter(mae)
    where = f"/a/alder/moderation/{sheet.audit.reference}/"
    page = read(moderates, where)
    assert "Once, in June." in page
    assert "a checklist has no grade to decide" in page
    assert "Moderate the checklist" in read(moderates, where + "decide/")
    moderates.post(where + "decide/", {"version": 0, "conversation_needed": "no", "rationale": "Sound."})
    done = moderates.post(where + "check/")
    assert done.status_code == 302, done.content.decode()
    with authority_scope(council):
        assert Audit.objects.get().status in ("outcome", "final", "closed")
        assert not GradeOfRecord.objects.exists()


BUILT_IN = [
    *((tool, "west_sussex", "senior_manager") for tool in (
        "weekly_dip_sample", "lado", "iro_footprint", "iro_quality_monitoring", "cp_chair_monitoring", "regulation_44",
    )),
    ("dip_sample", "sefton", "service_manager"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "name", "role"), BUILT_IN)
def test_every_checklist_of_the_published_frameworks_is_answered_locked_and_read(council, tool, name, role):
    with authority_scope(council):
        sheet = made.make_sheet(name, role=role, signs_in=True)
        Audit.objects.update(tool=tool, origin="ad_hoc")
        items = sheet.framework.tool(tool).items
    client = enter(sheet.ada)
    page = read(client, at(sheet, "section/checklist/"))
    assert all(one.question in page for one in items)
    given = {f"a_{one.key}": "no" if one.choices else "Twelve." for one in items}
    client.post(at(sheet, "section/checklist/"), {"version": 0, **given})
    with authority_scope(council):
        left = missing_before_lock(sheet.assessment, sheet.framework)
    assert not [one.text for one in left if "/section/" in one.href]
    assert f"{len(items)} of {len(items)} answered" in read(client, at(sheet, "lock/"))
    for where in ("", f"/a/alder/audits/{sheet.audit.reference}/"):
        read(client, where or at(sheet))


@pytest.mark.parametrize(
    "item",
    [
        {"in_words": True, "answers": [{"key": "a", "label": "A"}]},
        {"answers": [{"key": "not_applicable", "label": "None"}]},
    ],
)
def test_a_question_is_answered_one_way_only(item):
    with pytest.raises(ValueError, match=r"in_words|not_applicable"):
        ChecklistItem.model_validate({"key": "seen", "question": "Was she seen?", **item})
