"""The pages of the months, as their people see them."""

import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits.cases import registry
from audits.enums import AuditStatus, ExclusionStatus, SampleStatus
from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.frameworks.vocabulary import RandomCase
from audits.models import Assessment, Audit, CaseExclusion, Cycle, SampledCase
from audits.services import cycle_jobs
from qaf.jobs.models import Job
from qaf.jobs.services import run
from qaf.lib import clock
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from tests.factories.audits import opened_cycle, small_council
from tests.factories.people import make_person

pytestmark = [pytest.mark.usefixtures("frozen")]
URL = "/a/alder/"
OCTOBER = f"{URL}months/2026-10/"


def signed_in(person) -> Client:
    client = Client()
    data = {"login": person.user.email, "password": "correct horse battery"}
    assert client.post("/account/login/", data).status_code == 302
    return client


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def small(scope):
    return small_council(cases_per_team=6, signs_in=True)


@pytest.fixture
def ash(small):
    return signed_in(small.qa_lead)


@pytest.fixture
def opened(small):
    return opened_cycle(small)


def test_preparing_shows_population_rule_forecast_and_no_drawn_child(small, ash):
    page = ash.get(f"{OCTOBER}prepare/")
    words = text_of(page)
    assert page.status_code == 200
    for expected in (
        "Prepare October 2026",
        "Three open cases are drawn at random in each service that takes part.",
        "Moderation is forecast from the framework’s figure",
        "Draw, allocate and tell everyone",
    ):
        assert expected in words
    assert not [case.local_id for case in small.cases if case.local_id in words]
    assert not Cycle.objects.exists()


@pytest.mark.req("HER-02")
def test_confirming_opens_the_month_and_a_second_click_changes_nothing(small, ash):
    assert ash.post(f"{OCTOBER}prepare/").url == OCTOBER
    drawn = set(SampledCase.objects.values_list("case_id", flat=True))
    assert len(drawn) == 16
    assert ash.post(f"{OCTOBER}prepare/").url == OCTOBER
    assert set(SampledCase.objects.values_list("case_id", flat=True)) == drawn
    assert Cycle.objects.get().opened_by == small.qa_lead


@pytest.mark.req("HER-02", "HER-03")
def test_the_month_shows_where_every_audit_stands_and_what_is_late(small, ash, opened):
    Audit.objects.filter(service__key="mash").update(status=AuditStatus.IN_MODERATION)
    with clock.travel(date(2026, 10, 28)):
        page = ash.get(OCTOBER)
    rows = {row.name: (row.counts, row.late, row.asked) for row in page.context["board"].rows}
    assert rows["MASH"] == ([0, 0, 0, 2, 0, 0], 0, 3)
    assert rows["Safeguarding Teams"] == ([3, 0, 0, 0, 0, 0], 3, 3)
    assert page.context["board"].totals.late == 14
    short = "MASH, 2 of 3: {} could be drawn, and the caps for one auditor, worker or family allowed no more."
    eligible = {one["key"]: one["eligible"] for one in Cycle.objects.get().receipt["services"]}["mash"]
    assert short.format(f"{eligible} records") in text_of(page)


def test_a_service_without_a_drawn_record_is_flagged(small, ash):
    for case in small.cases:
        if case.service.key == "mash":
            case.delete()
    opened_cycle(small)
    assert "MASH: no record was drawn this month." in text_of(ash.get(OCTOBER))


def test_the_list_is_filtered_and_sorted_in_the_address(small, ash, opened):
    mash = small.services["mash"].pk
    page = ash.get(f"{OCTOBER}audits/?service={mash}&sort=-ref")
    references = [row["audit"].reference for row in page.context["rows"]]
    assert references == sorted(
        Audit.objects.filter(service=mash).values_list("reference", flat=True), reverse=True
    )
    peer = Assessment.objects.filter(slot="peer").first().assessor
    page = ash.get(f"{OCTOBER}audits/?person={peer.name}")
    assert {row["audit"].pk for row in page.context["rows"]} == set(
        Assessment.objects.filter(assessor=peer).values_list("audit_id", flat=True)
    )


def test_the_receipt_is_shown_and_downloaded_with_local_ids(small, ash, opened):
    assert "test seed" in text_of(ash.get(f"{OCTOBER}receipt/"))
    response = ash.get(f"{OCTOBER}receipt.json")
    receipt = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="sample-receipt-2026-10.json"'
    assert (receipt["council"], receipt["month"], receipt["seed"]) == (
        "Alder Council",
        "2026-10",
        "test seed",
    )
    assert [row["local_id"] for row in receipt["drawn"]] == [
        one.case.local_id for one in SampledCase.objects.select_related("case")
    ]


@pytest.mark.parametrize("path", ["", "audits/", "sample/", "receipt/", "receipt.json"])
def test_who_does_not_run_months_gets_403_and_a_stranger_404(small, opened, other_council, path):
    assert signed_in(small.managers["Rowan team"]).get(OCTOBER + path).status_code == 403
    assert Client().get(OCTOBER + path).status_code == 302


def test_somebody_of_another_council_finds_nothing(council, other_council):
    with authority_scope(council):
        small = small_council(cases_per_team=2)
        opened_cycle(small)
    with authority_scope(other_council):
        stranger = make_person("Bo Birch", "qa_lead", signs_in=True)
    client = signed_in(stranger)
    for path in ("", "prepare/", "audits/", "sample/", "receipt/", "receipt.json"):
        assert client.get(OCTOBER + path).status_code == 404


def test_a_month_that_was_not_opened_is_not_there(small, ash):
    assert ash.get(OCTOBER).status_code == 404
    assert ash.get(f"{URL}months/2026-13/").status_code == 404
    assert ash.get(f"{URL}months/").status_code == 200


def test_a_case_is_replaced_from_the_sample_only_with_a_reason(small, ash, opened):
    sampled = SampledCase.objects.first()
    url = f"{URL}sample/{sampled.pk}/replace/"
    refused = ash.post(url, {"reason": "", "words": "x"})
    assert "Answer the question “Why is the case replaced?”" in text_of(refused)
    assert ash.post(url, {"reason": "closed", "words": ""}).url == f"{OCTOBER}sample/"
    sampled.refresh_from_db()
    assert (sampled.status, sampled.reason) == (SampleStatus.REPLACED, "Closed since the draw")
    again = ash.post(url, {"reason": "closed", "words": ""})
    assert SampledCase.objects.filter(status=SampleStatus.REPLACED).count() == 1
    assert again.status_code in (200, 302)
    assert "Replaces" in text_of(ash.get(f"{OCTOBER}sample/"))


def test_an_open_place_is_listed_with_its_cause_and_filled(small, ash, opened):
    place = Assessment.objects.filter(slot="peer").first()
    Assessment.objects.filter(pk=place.pk).update(assessor=None, problem="Everybody is away.")
    assert "Everybody is away." in text_of(ash.get(OCTOBER))
    assert "Find auditors for 1 place of October 2026" in [todo.text for todo in todo_for(small.qa_lead)]
    form = ash.get(f"{URL}assessments/{place.pk}/give/")
    to = form.context["options"][0].person_id
    assert ash.post(f"{URL}assessments/{place.pk}/give/", {"to": to}).url == OCTOBER
    place.refresh_from_db()
    assert (place.assessor_id, place.problem) == (to, "")


def test_somebody_who_stands_too_close_is_not_offered_and_cannot_be_posted(small, ash, opened):
    place = (
        Assessment.objects.select_related("audit")
        .filter(slot="peer", audit__service__key="safeguarding")
        .first()
    )
    offered = [one.person_id for one in ash.get(f"{URL}assessments/{place.pk}/give/").context["options"]]
    boss = small.service_managers["safeguarding"].pk
    assert boss not in offered
    ash.post(f"{URL}assessments/{place.pk}/give/", {"to": boss, "reason": "She asked"})
    place.refresh_from_db()
    assert place.assessor_id != boss


def test_a_manager_asks_for_a_child_of_their_own_and_the_qa_lead_decides(small, ash):
    morgan = signed_in(small.managers["Rowan team"])
    fields = {"period": "2026-10-01", "reason": "sensitive", "words": "A court date"}
    elsewhere = morgan.post(f"{URL}left-out/ask/", fields | {"local_id": "0BEE001"})
    assert "There is no open case with this id among those you answer for." in text_of(elsewhere)
    assert morgan.post(f"{URL}left-out/ask/", fields | {"local_id": "0ROW001"}).status_code == 302
    exclusion = CaseExclusion.objects.get()
    assert morgan.get(f"{URL}left-out/{exclusion.pk}/").status_code == 403
    assert ash.post(f"{URL}left-out/{exclusion.pk}/", {"decision": "approve"}).status_code == 302
    exclusion.refresh_from_db()
    assert (exclusion.status, exclusion.decided_by) == (ExclusionStatus.APPROVED, small.qa_lead)
    prepare = text_of(ash.get(f"{OCTOBER}prepare/"))
    assert "Approved request: A record that needs special handling" in prepare
    assert "A court date" not in prepare


def test_a_manager_sees_only_their_own_requests(small, ash):
    for name, local_id in (("Rowan team", "0ROW001"), ("Maple team", "0MAP001")):
        client = signed_in(small.managers[name])
        fields = {
            "period": "2026-10-01",
            "reason": "sensitive",
            "words": "A court date",
            "local_id": local_id,
        }
        client.post(f"{URL}left-out/ask/", fields)
    page = text_of(signed_in(small.managers["Maple team"]).get(f"{URL}left-out/"))
    assert "0MAP001" in page
    assert "0ROW001" not in page
    assert all(local_id in text_of(ash.get(f"{URL}left-out/")) for local_id in ("0MAP001", "0ROW001"))


def test_the_to_do_list_says_from_the_first_that_the_month_is_to_be_opened(small):
    texts = [(todo.text, todo.due_on) for todo in todo_for(small.qa_lead)]
    assert ("Open the audits of October 2026", date(2026, 10, 1)) in texts
    opened_cycle(small)
    assert not [todo.text for todo in todo_for(small.qa_lead) if todo.text.startswith("Open the audits")]
    assert not [
        todo.text
        for todo in todo_for(small.managers["Rowan team"])
        if todo.text.startswith("Open the audits")
    ]


def test_a_large_council_opens_in_the_background_once(small, ash, monkeypatch):
    monkeypatch.setattr(cycle_jobs, "LARGE", 10)
    first = ash.post(f"{OCTOBER}prepare/")
    second = ash.post(f"{OCTOBER}prepare/")
    job = Job.objects.get(kind="audits.open_cycle")
    assert first.url == second.url == f"{URL}jobs/{job.pk}/"
    assert ash.get(OCTOBER).url == first.url
    assert run(job.authority_id, job.pk) == "done"
    job.refresh_from_db()
    assert job.result == {"audits": 16}
    assert run(job.authority_id, job.pk) is None
    assert ash.get(OCTOBER).status_code == 200


@pytest.mark.parametrize("path", ["", "audits/", "sample/", "receipt/"])
def test_a_page_takes_as_many_queries_for_two_audits_as_for_sixteen(small, ash, opened, path):
    keep = set(Audit.objects.order_by("pk").values_list("pk", flat=True)[:2])
    ash.get(OCTOBER + path)
    with CaptureQueriesContext(connection) as many:
        ash.get(OCTOBER + path)
    Assessment.objects.exclude(audit__in=keep).delete()
    SampledCase.objects.exclude(case__audits__in=keep).delete()
    Audit.objects.exclude(pk__in=keep).delete()
    with CaptureQueriesContext(connection) as few:
        ash.get(OCTOBER + path)
    assert len(many) == len(few)


def test_a_month_is_closed_from_its_page_once_everything_is_final(small, ash, opened):
    Audit.objects.update(status=AuditStatus.FINAL)
    assert "Close the month" in text_of(ash.get(OCTOBER))
    assert ash.post(f"{OCTOBER}close/").url == OCTOBER
    assert Cycle.objects.get().status == "closed"


def test_a_cases_page_lists_its_audits_and_leads_to_a_request_to_leave_it_out(small, ash, opened):
    audit = Audit.objects.select_related("case").first()
    page = ash.get(f"{URL}cases/{audit.case_id}/")
    words = text_of(page)
    assert audit.reference in words
    assert "Drawn at random" in words
    assert f"{URL}left-out/ask/?case={audit.case.local_id}" in page.content.decode()
    form = ash.get(f"{URL}left-out/ask/?case={audit.case.local_id}")
    assert f'value="{audit.case.local_id}"' in form.content.decode()


def test_what_was_drawn_holds_on_to_its_children_and_to_the_import_before_it(small, opened):
    drawn = SampledCase.objects.first()
    spare = next(case for case in small.cases if not case.sampled.exists())
    assert registry.sampled([drawn.case_id, spare.pk]) == {drawn.case_id}
    assert registry.audited_now([drawn.case_id, spare.pk]) == {drawn.case_id}
    Audit.objects.update(status=AuditStatus.CLOSED)
    assert registry.audited_now([drawn.case_id]) == set()
    assert registry.drawn_since(opened.opened_at)
    assert not registry.drawn_since(opened.opened_at + timedelta(seconds=1))


def test_a_framework_that_cannot_be_run_yet_is_told_sentence_by_sentence_instead_of_a_button(
    small, ash, monkeypatch
):
    monkeypatch.setattr(RandomCase, "implemented", False)
    # Read anew: what a release can run is worked out once for a framework.
    text = loader.builtin_text("herefordshire").replace("per_worker: 1", "per_worker: 2", 1)
    publish_framework(text=text, effective_from=clock.today())
    words = text_of(ash.get(f"{OCTOBER}prepare/"))
    assert "This month cannot be opened yet" in words
    assert "Sampling: a random draw of cases in each service." in words
    assert "Draw, allocate and tell everyone" not in words


def test_confirming_a_month_with_nobody_to_draw_says_so_and_leaves_it_a_draft(scope):
    council = small_council(cases_per_team=0, signs_in=True)
    page = signed_in(council.qa_lead).post(f"{OCTOBER}prepare/")
    assert "Nobody can be drawn" in text_of(page)
    assert Cycle.objects.get().status == "draft"
