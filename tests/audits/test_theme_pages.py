"""The pages of themes, programmes, lists, choices and quotas, as their people see them."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from audits.frameworks.loader import builtin
from audits.models import (
    Audit,
    AuditorExperience,
    CaseChoice,
    ExtraCase,
    PerformanceQuestion,
    Theme,
    ThemedProgramme,
)
from audits.services.cycles import open_cycle, prepare_cycle
from audits.services.lists import propose_list
from tests.golden.town import build_town

pytestmark = [pytest.mark.usefixtures("scope", "frozen")]
URL = "/a/alder/"
DAY = {
    "starts_on_0": "5", "starts_on_1": "10", "starts_on_2": "2026",
    "ends_on_0": "18", "ends_on_1": "12", "ends_on_2": "2026",
}  # fmt: skip
THEME = {
    "title": "Young children",
    "question": "Is the plan about the child?",
    "reason": "performance",
    "triggered_by": "Repeat plans rose",
    "guidance": "Look for the child’s words.",
}


def signed_in(person) -> Client:
    client = Client()
    data = {"login": person.user.email, "password": "correct horse battery"}
    assert client.post("/account/login/", data).status_code == 302
    return client


def words(response) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.req("SEF-40", "SEF-43", "SEF-47", "SEF-50", "SEF-77")
def test_a_qa_manager_chooses_a_theme_opens_the_month_and_answers_what_was_put_forward():
    town = build_town("sefton", children_in_a_team=4, at_the_centre=1, signs_in=True)
    manager, nominator = signed_in(town.one("qa_manager")), signed_in(town.people["service_manager"][0])
    assert "Not chosen yet" in words(manager.get(f"{URL}themes/"))
    more = words(manager.get(f"{URL}more/"))
    assert "Themes and programmes" in more
    assert "Cases put forward" in more
    page = f"{URL}themes/2026-10/"
    looked = words(manager.post(page, THEME | {"look": "1"}))
    assert "24 records could be drawn today" in looked
    assert not Theme.objects.exists()
    kept = manager.post(page, THEME | {"local_ids": "nobody"})
    assert "No open case has these ids: nobody" in words(kept)
    assert "Is the plan about the child?" in kept.content.decode()
    assert manager.post(page, THEME).url == f"{URL}themes/"
    assert "Young children" in words(manager.get(f"{URL}themes/"))
    assert nominator.get(page).status_code == 403
    person = town.one("practice_improvement_manager")
    assert "Auditors and their experience" in words(manager.get(f"{URL}auditors/"))
    manager.post(f"{URL}auditors/{person.pk}/", {"audits_before": "9"})
    assert AuditorExperience.objects.get(person=person).audits_before == 9
    assert manager.post(f"{URL}months/2026-10/prepare/").url == f"{URL}months/2026-10/"
    audit = Audit.objects.first()
    told = words(manager.get(f"{URL}audits/{audit.reference}/"))
    assert "The theme: Young children" in told
    assert "Look for the child’s words." in told
    assert "audits of the month not done" in words(manager.get(f"{URL}months/2026-10/quota/"))
    assert "The month is drawn, so its theme stays" in words(manager.get(page))
    free = next(case for case in town.cases if not Audit.objects.filter(case=case).exists())
    fields = {
        "local_id": free.local_id,
        "origin": "nominated",
        "tool": "deep_dive",
        "reason": "Fathers included",
    }
    assert "no open case" in words(nominator.post(f"{URL}put-forward/new/", fields | {"local_id": "x"}))
    assert nominator.post(f"{URL}put-forward/new/", fields).url == f"{URL}put-forward/"
    extra = ExtraCase.objects.get()
    assert "Fathers included" in words(manager.get(f"{URL}put-forward/{extra.pk}/"))
    assert manager.post(f"{URL}put-forward/{extra.pk}/", {"take": "1"}).url == f"{URL}put-forward/"
    assert Audit.objects.get(case=free).origin == "nominated"


@pytest.mark.req("DUR-59", "DUR-91", "DUR-92")
def test_a_question_on_performance_leads_to_a_planned_and_opened_programme():
    town = build_town("durham", children_in_a_team=3, at_the_centre=1, signs_in=True)
    asker, planner = (
        signed_in(town.one("head_of_service")),
        signed_in(town.one("service_improvement_manager")),
    )
    asked = {
        "question": "Why do children come back?",
        "figure": "24 per cent",
        "raised_at": "Performance clinic",
        "raised_on_0": "5", "raised_on_1": "10", "raised_on_2": "2026",
        "wants": "audit",
        "answer_by_0": "1", "answer_by_1": "12", "answer_by_2": "2026",
    }  # fmt: skip
    response = asker.post(f"{URL}performance-questions/new/", asked)
    question = PerformanceQuestion.objects.get()
    assert response.url == f"{URL}performance-questions/{question.pk}/"
    new = f"{URL}programmes/new/?question={question.pk}"
    assert "24 per cent (raised at Performance clinic)" in planner.get(new).content.decode()
    assert asker.get(new).status_code == 403
    plan = THEME | DAY | {"size": "2", "tool": "collaborative"}
    response = planner.post(new, plan)
    programme = ThemedProgramme.objects.get()
    assert (programme.raised_by, response.url) == (question, f"{URL}programmes/{programme.pk}/")
    assert planner.post(f"{URL}programmes/{programme.pk}/change/", plan | {"size": "3"}).status_code == 302
    planner.post(f"{URL}programmes/{programme.pk}/", {"open": "1"})
    assert programme.audits.count() == 3
    shown = words(planner.get(f"{URL}programmes/{programme.pk}/"))
    assert programme.audits.first().reference in shown
    planner.post(f"{URL}performance-questions/{question.pk}/", {"answer": "Step-down comes too early."})
    assert "Step-down comes too early." in words(asker.get(f"{URL}performance-questions/{question.pk}/"))
    assert "Answered" in words(asker.get(f"{URL}performance-questions/"))


def test_a_themed_programme_is_held_with_a_tool_that_is_only_a_checklist():
    town = build_town("sefton", children_in_a_team=4, at_the_centre=1, signs_in=True)
    planner = signed_in(town.one("qa_manager"))
    assert "Dip sample" in words(planner.get(f"{URL}programmes/new/"))
    planner.post(f"{URL}programmes/new/", THEME | DAY | {"size": "2", "tool": "dip_sample"})
    programme = ThemedProgramme.objects.get()
    planner.post(f"{URL}programmes/{programme.pk}/", {"open": "1"})
    audit = programme.audits.order_by("reference").first()
    assert (programme.audits.count(), audit.tool) == (2, "dip_sample")
    part = audit.assessments.get(slot="auditor")
    auditor = signed_in(part.assessor)
    page = auditor.get(f"{URL}audits/{audit.reference}/part/{part.slot}/section/checklist/")
    items = builtin("sefton").tool("dip_sample").items
    assert [item.question for item in items if item.question not in unescape(page.content.decode())] == []
    assert 'name="grade"' not in page.content.decode()


@pytest.mark.req("SLO-148")
def test_a_practice_manager_chooses_on_a_page_and_the_audit_says_that_it_is_not_independent():
    town = build_town("slough", children_in_a_team=6, at_the_centre=1, signs_in=True)
    open_cycle(cycle=prepare_cycle(period=date(2026, 10, 1), seed="x"), person=town.one("hos_sqa"))
    more = words(signed_in(town.one("qa_manager")).get(f"{URL}more/"))
    assert "Exclusions" in more
    assert "Themes and programmes" not in more, "the framework has no themes"
    choice = CaseChoice.objects.select_related("auditor").first()
    chooser, colleague = signed_in(choice.auditor), signed_in(town.people["practice_manager"][-1])
    page = f"{URL}choices/{choice.pk}/"
    assert "marked as not independent" in words(chooser.get(page))
    assert colleague.get(page).status_code == 403
    local_id = re.search(r'<option value="(\d+)"', chooser.get(page).content.decode())[1]
    assert "Select why you choose this case" in words(chooser.post(page, {"case": local_id}))
    fields = {"case": local_id, "reason": "A need arose", "words": ""}
    assert chooser.post(page, fields).url == f"{URL}audits/"
    audit = Audit.objects.get(case__local_id=local_id)
    assert "Not independent" in words(chooser.get(f"{URL}audits/{audit.reference}/"))
    assert "A need arose" in words(chooser.get(page))
    group = f"{URL}audits/{audit.reference}/group/"
    other = town.people["practice_manager"][-1]
    assert colleague.get(f"{URL}audits/{audit.reference}/").status_code == 403
    assert chooser.post(group, {"people": [str(other.pk)]}).status_code == 302
    assert f"Audited together with {other.name}" in words(colleague.get(f"{URL}audits/{audit.reference}/"))
    assert colleague.get(group).status_code == 403
    runner = signed_in(town.one("hos_sqa"))
    assert choice.auditor.name in words(runner.get(f"{URL}months/2026-10/quota/"))


@pytest.mark.req("WSX-39", "WSX-40")
def test_the_named_post_exchanges_a_case_and_confirms_the_list_on_its_page():
    town = build_town("west_sussex", children_in_a_team=4, at_the_centre=1, signs_in=True)
    post, runner = signed_in(town.one("principal_manager_sqp")), signed_in(town.one("qa_team"))
    stranger = signed_in(town.people["practice_manager"][0])
    page = f"{URL}months/2026-10/list/"
    assert "Draw the list now" in words(runner.get(page))
    runner.post(page, {"propose": "1"})
    row = CaseChoice.objects.first()
    assert propose_list(cycle=row.cycle)[0] == row
    assert stranger.get(page).status_code == 403
    assert "Confirm the list" not in words(runner.get(page)).replace("confirms the list", "")
    exchange = f"{URL}choices/{row.pk}/exchange/"
    assert runner.get(exchange).status_code == 403
    local_id = re.search(r'<option value="(\d+)"', post.get(exchange).content.decode())[1]
    assert post.post(exchange, {"case": local_id, "reason": "Asked for by the board"}).url == page
    assert "Asked for by the board" in words(post.get(page))
    post.post(page, {})
    assert not CaseChoice.objects.filter(status="waiting").exists()
    assert runner.post(f"{URL}months/2026-10/prepare/").url == f"{URL}months/2026-10/"
    assert Audit.objects.get(case__local_id=local_id).origin == "named_post"
