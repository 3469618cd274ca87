"""What a quarter teaches: coded findings, the evaluation, and the cases that senior leaders look at."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audits.followup.due import due_things
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from reporting.models import ChosenCase, CodedFinding, ReportDraft, ReportSnapshot
from reporting.selectors.findings import findings
from reporting.selectors.records import read
from reporting.services import faces
from reporting.services.figures import agreement
from reporting.services.freezing import ask_for_report, freeze, save_draft
from reporting.services.learning import choose_case, code_finding, comment_on_case, write_paper
from reporting.tasks import remind
from tests.factories.learning import one_auditor

JULY, SEPTEMBER = date(2026, 7, 1), date(2026, 9, 1)
EVALUATION = {
    "themes": "Direct work runs through the quarter.",
    "strengths": "Workers know their children.",
    "barriers": "Reports of other agencies come late.",
    "impact": "Children say that they are listened to.",
}


@pytest.fixture
def light(monkeypatch):
    """Reports without drawing their PDF, which other tests do."""
    monkeypatch.setattr(faces, "as_pdf", lambda report: b"%PDF-1.7")


@pytest.fixture
def west(scope, frozen, light):
    """West Sussex on Monday 5 October 2026: Quin of the QA team, Sid who develops practice, Dora who directs."""
    made = one_auditor("west_sussex")
    made.quin = made.person("Quin Quill", "qa_team", signs_in=True)
    made.sid = made.person("Sid Sedge", "sdl", signs_in=True)
    made.dora = made.person("Dora Dale", "dcs", signs_in=True)
    made.leda = made.person("Leda Lund", "service_lead", signs_in=True)
    made.wyn = made.person("Wyn Willow", "social_worker", signs_in=True)
    gus = made.person("Gus Gorse", "group_manager")
    made.moderated = made.audit(
        SEPTEMBER, "good", given="good", moderator=gus, worker=made.wyn, strengths="He was seen alone."
    )
    made.lowered = made.audit(
        JULY, "requires_improvement", given="good", moderator=gus, development="Fathers are missing."
    )
    made.alone = made.audit(SEPTEMBER, "good")
    made.hidden = made.audit(SEPTEMBER, "good", moderator=gus, restricted=True, strengths="SECRET")
    return made


def code(west, text, mark, *themes):
    every = findings(JULY, date(2026, 9, 30), west.framework)
    one = next(found for found in every if found.text == text)
    return code_finding(
        audit=west.moderated if one.audit == west.moderated.pk else west.lowered,
        text_key=one.key,
        mark=mark,
        themes=themes,
        person=west.quin,
    )


def shown(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def todo(person) -> list[tuple[str, date | None]]:
    return [(one.text, one.due_on) for one in todo_for(person)]


@pytest.mark.req("SLO-77")
def test_the_qa_team_hears_strengths_and_barriers_in_the_audits_words(west, enter):
    client = enter(west.quin)
    page = reverse("reporting:findings", args=["alder"])
    listed = shown(client.get(page + "?month=2026-09"))
    assert "He was seen alone." in listed
    assert "SECRET" not in listed
    assert "1 text is not coded yet" in listed
    [one] = findings(SEPTEMBER, date(2026, 9, 30), west.framework)
    address = reverse("reporting:code", args=["alder", one.column, one.pk])
    assert client.post(address, {"mark": ""}).status_code == 422
    answer = client.post(address, {"mark": "strength", "themes": ["voice_of_the_child_and_direct_work"]})
    assert answer.url == page + "?month=2026-09"
    coded = CodedFinding.objects.get()
    assert (coded.audit, coded.mark, coded.coded_by) == (west.moderated, "strength", west.quin)
    assert "A strength of practice: Voice of the child and direct work" in shown(client.get(answer.url))
    assert enter(west.wyn).get(page).status_code == 403


@pytest.mark.req("WSX-85", "WSX-86", "WSX-87", "WSX-88", "WSX-89", "WSX-91", "WSX-100")
def test_the_evaluation_is_written_beside_the_findings_and_carried_into_the_quarterly_report(west, enter):
    code(west, "He was seen alone.", "strength", "voice_of_the_child_and_direct_work")
    code(west, "Fathers are missing.", "barrier", "relationships_with_child_family_network")
    due = date(2026, 10, 12)
    assert ("Write: Stage 3 evaluation", due) in todo(west.sid)
    page = reverse("reporting:draft", args=["alder", "evaluation", "2026-Q3"])
    beside = shown(enter(west.sid).get(page))
    for text in (
        "Strengths of practice",
        "Barriers to effective intervention",
        "Relationships with partner agencies",
    ):
        assert text in beside
    row = r"Voice of the child and direct work</th> <td class=\"numeric\">1</td> <td class=\"numeric\">0</td>"
    assert re.search(row, beside), "the coded findings stand beside the text"
    answer = enter(west.sid).post(page, {**EVALUATION, "strengths": "", "version": "0"})
    assert answer.status_code == 422
    assert "Write first: Strengths of practice." in shown(answer)
    assert ReportDraft.objects.get().commentary["barriers"] == EVALUATION["barriers"], "nothing typed is lost"
    with pytest.raises(ValueError, match="Write first: Strengths of practice"):
        ask_for_report(kind="evaluation", label="2026-Q3", person=west.sid)
    partners = {"partners": "The school and we meet each month."}
    save_draft(
        kind="evaluation",
        label="2026-Q3",
        commentary=EVALUATION | partners,
        chosen=[],
        version=1,
        person=west.sid,
    )
    with pytest.raises(PermissionDenied):
        save_draft(kind="evaluation", label="2026-Q3", commentary={}, chosen=[], version=2, person=west.leda)
    made = freeze(kind="evaluation", label="2026-Q3", commentary=EVALUATION | partners, person=west.sid)
    assert [section["title"] for section in made.figures["sections"]] == [
        "Themes",
        "Strengths of practice",
        "Barriers to effective intervention",
        "Relationships with partner agencies",
        "Impact and outcomes for children",
    ]
    assert ("Write: Stage 3 evaluation", due) not in todo(west.sid)

    quarterly = freeze(kind="quarterly", label="2026-Q3", person=west.quin)
    section = next(one for one in quarterly.figures["sections"] if one["title"] == "Stage 3 evaluation")
    assert {one["title"]: one["text"] for one in section["blocks"]} == {
        "Themes": EVALUATION["themes"],
        "Strengths of practice": EVALUATION["strengths"],
        "Barriers to effective intervention": EVALUATION["barriers"],
        "Relationships with partner agencies": "The school and we meet each month.",
        "Impact and outcomes for children": EVALUATION["impact"],
    }
    assert set(quarterly.shared_with) == {west.dora.pk, west.leda.pk, west.people["Gus Gorse"].pk}
    assert Notice.objects.filter(person=west.dora, kind="report_shared").count() == 1
    client = enter(west.quin)
    read = shown(client.get(reverse("reporting:report", args=["alder", quarterly.pk])))
    assert "Sent to Dora Dale, Gus Gorse, Leda Lund." in read
    add = f"{reverse('reporting:add_to_plan', args=['alder'])}?report={quarterly.pk}"
    assert add in read
    day = {"due_on_0": "30", "due_on_1": "11", "due_on_2": "2026"}
    words = {"text": "Agree a time for reports.", "intended_change": "No child waits.", "owner": west.leda.pk}
    assert client.post(add, words | day).url == reverse("reporting:plan", args=["alder"])
    assert ("Complete an action", date(2026, 11, 30)) in todo(west.leda)


@pytest.mark.req("WSX-92", "WSX-93", "WSX-94")
def test_senior_leaders_look_at_cases_chosen_among_moderated_audits(west, enter):
    page = reverse("reporting:cases", args=["alder", "2026-Q3"])
    offered = shown(enter(west.quin).get(page))
    assert west.moderated.reference in offered
    assert west.alone.reference not in offered, "it was not moderated"
    assert west.hidden.reference not in offered, "its record is restricted"
    for audit, reason, said in (
        (west.alone, "It shows direct work.", "moderated"),
        (west.hidden, "It shows direct work.", "moderated"),
        (west.moderated, " ", "Say why"),
    ):
        with pytest.raises(ValidationError, match=said):
            choose_case(audit=audit, period="2026-Q3", reason=reason, person=west.quin)
    with pytest.raises(ValueError, match="Choose the cases"):
        freeze(kind="case_paper", label="2026-Q3", person=west.quin)
    answer = enter(west.quin).post(page, {"audit": west.moderated.pk, "reason": "It shows direct work."})
    case = ChosenCase.objects.get()
    assert answer.url == reverse("reporting:case", args=["alder", case.pk])

    assert ("Comment on a case chosen for senior leaders", date(2026, 10, 14)) in todo(west.dora)
    [due] = due_things("leader_comment")
    assert (due.people, due.due_on) == ((west.dora,), date(2026, 10, 14))
    with clock.travel(date(2026, 10, 15)):
        remind()
        remind()
        assert Notice.objects.get(kind="leader_comment_overdue").person == west.dora
    with clock.travel(date(2028, 1, 2)):
        assert due_things("leader_comment") == [], "nobody is asked for a word on what is years old"
    client = enter(west.dora)
    assert client.post(answer.url, {"overview": ""}).status_code == 422
    client.post(answer.url, {"overview": "He is at the centre.", "comments": "Share it."})
    assert not [text for text, _ in todo(west.dora) if text.startswith("Comment")]
    assert due_things("leader_comment") == []
    assert enter(west.wyn).get(answer.url).status_code == 403
    with pytest.raises(PermissionDenied):
        comment_on_case(case=case, overview="x", comments="", person=west.wyn)

    with pytest.raises(ValueError, match=f"{west.moderated.reference}: Findings"):
        freeze(kind="case_paper", label="2026-Q3", person=west.quin)
    paper = {
        "findings": "He was seen alone, often.",
        "difference": "He speaks of his worries.",
        "learning": "Time makes trust.",
        "impact": "Every child is seen alone.",
    }
    write_paper(case=case, paper=paper, version=0, person=west.quin)
    made = freeze(kind="case_paper", label="2026-Q3", person=west.quin)
    texts = [
        block["text"]
        for section in made.figures["sections"]
        for block in section["blocks"]
        if "text" in block
    ]
    assert texts == ["It shows direct work.", *paper.values(), "He is at the centre.\n\nShare it."]
    assert west.dora.pk in made.shared_with
    listed = freeze(kind="quarterly", label="2026-Q3", person=west.quin)
    section = next(one for one in listed.figures["sections"] if one["title"] == "SLT selected cases")
    assert section["blocks"][0]["rows"][0][:4] == [west.moderated.reference, west.services[0].name, "Good", 1]
    assert not any(text in str(section) for text in paper.values()), "the paper itself is for senior leaders"


@pytest.mark.req("WSX-01")
def test_a_worker_sees_their_own_audits_views_actions_and_learning(west, enter):
    from audits.models import Assessment, Contribution
    from qaf.lib import clock
    from reporting.services.plan import add_to_plan

    add_to_plan(
        text="Try a new form.",
        intended_change="Less paper.",
        owner=west.wyn,
        due_on=date(2026, 11, 30),
        person=west.quin,
    )
    Assessment.objects.create(
        audit=west.moderated, slot="practitioner", assessor=west.wyn, status="submitted", due_on=SEPTEMBER
    )
    Contribution.objects.create(
        audit=west.moderated,
        kind="stage_1",
        person=west.wyn,
        learning="I will ask him first.",
        written_by=west.wyn,
        written_at=clock.now(),
    )
    page = shown(enter(west.wyn).get(reverse("reporting:mine", args=["alder"])))
    own = reverse("audits:audit", args=["alder", west.moderated.reference])
    assert page.count(f'href="{own}"') == 2, "the audit, and their own view of it"
    assert re.search(r'data-label="Overall grade">\s*<[^>]*>\s*Good', page)
    for text in ("Try a new form.", "I will ask him first."):
        assert text in page
    for other in (west.lowered, west.alone, west.hidden):
        assert other.reference not in page
    assert ReportSnapshot.objects.count() == 0


def test_a_worker_s_own_grade_stands_beside_the_auditor_s_and_is_no_second_auditor_s(west):
    from audits.models import Assessment, RecordedGrade
    from qaf.lib import clock

    for audit, grade in ((west.moderated, "good"), (west.lowered, "requires_improvement")):
        own = Assessment.objects.create(
            audit=audit, slot="practitioner", assessor=west.wyn, status="submitted", due_on=SEPTEMBER
        )
        RecordedGrade.objects.create(
            audit=audit, assessment=own, domain="", stage="submitted", grade=grade, given_at=clock.now()
        )
    report = freeze(kind="quarterly", label="2026-Q3", person=west.quin)
    tiles = [b for one in report.figures["sections"] for b in one["blocks"] if b["type"] == "tiles"]
    found = {figure["key"]: (figure["value"], figure["n"]) for tile in tiles for figure in tile["figures"]}
    assert found["own_view_same"] == (1, 2)
    assert found["moderation_confirmed"] == (2, 3), "the hidden record counts, it is only not shown"
    assert "agreed_overall" not in found
    assert "Grades are final ones: given by the auditor" in report.figures["population"][1]


def test_where_one_auditor_grades_no_figure_compares_auditors(west):
    records = read(starts=JULY, ends=date(2026, 9, 30), as_of=date(2026, 10, 5), framework=west.framework)
    assert [figure.key for figure in agreement.agreement(records)] == ["worker_agrees"]
