"""What a draft would have made of the last month's real cases."""

from datetime import date

import pytest

from audits.enums import GradeStage
from audits.frameworks import loader
from audits.frameworks.services import drafts
from audits.models import Audit, Cycle, SampledCase
from audits.services.framework_preview import preview_framework
from qaf.lib import clock
from qaf.tenants.models import TrailEvent
from tests.factories.audits import council_with_open_cycle, small_council
from tests.factories.people import make_person

TEXT = loader.builtin_text("herefordshire")


@pytest.fixture
def month(scope, frozen):
    """October, drawn and handed out by version 1."""
    return council_with_open_cycle(published_on=date(2026, 9, 1))


def grade(audit, lead, peer, domain="", at=date(2026, 10, 20)):
    """Both auditors have submitted this grade, and the audit waits for its outcome."""
    moment = clock.now().replace(month=at.month, day=at.day)
    for slot, given in (("lead", lead), ("peer", peer)):
        assessment = audit.assessments.get(slot=slot)
        assessment.recorded_grades.create(
            audit=audit, domain=domain, stage=GradeStage.SUBMITTED, grade=given,
            given_by=assessment.assessor, given_at=moment,
        )  # fmt: skip
        audit.assessments.filter(slot=slot).update(submitted_at=moment)
    Audit.objects.filter(pk=audit.pk).update(submitted_at=moment)


def rows(beside):
    return {row.label: (row.then, row.draft) for row in beside}


def test_more_cases_and_no_exclusion_show_in_sample_and_hours(month):
    text = TEXT.replace("per_service: 3", "per_service: 4").replace(
        "name: MASH, in_audit: true", "name: MASH, in_audit: false"
    )
    preview = preview_framework(framework=loader.load(text))
    assert preview.cycle == month.cycle
    sample = rows(preview.sample)
    assert sample["Early Help"] == ("2 of 6", "2 of 6")
    assert sample["Assessment Teams"] == ("3 of 12", "4 of 12")
    assert sample["MASH"] == ("2 of 6", "does not take part")
    drawn = SampledCase.objects.filter(cycle=month.cycle).count()
    assert sample["All"][0] == f"{drawn} of 54"
    work = rows(preview.work)
    assert work["Audits"] == ("21", "24")
    assert work["Lead auditor"] == ("42 hours", "48 hours")
    assert work["Peer auditor"] == ("63 hours", "72 hours")


def test_the_months_own_audits_are_no_reason_to_leave_their_cases_out(month):
    preview = preview_framework(framework=loader.load(TEXT))
    assert preview.exclusions == ()
    assert [row.label for row in (*preview.sample, *preview.work, *preview.dates) if row.differs] == []


def test_what_would_have_been_moderated_is_told_apart_by_rule(month):
    differ, agree, far = month.audits[:3]
    grade(differ, "good", "requires_improvement")
    grade(agree, "good", "good")
    grade(far, "good", "inadequate")
    text = TEXT.replace("scope: overall, min_steps: 1", "scope: overall, min_steps: 2").replace(
        "share: 0}", "share: 0.5}"
    )
    preview = preview_framework(framework=loader.load(text))
    assert preview.submitted == 3
    found = rows(preview.moderation)
    assert found["Overall grades differ"] == ("2", "1")
    assert found["Grades differ in a domain"] == ("0", "0")
    assert found["Random check"] == ("0", "1")
    assert found["Audits moderated"] == ("2", "2")
    new = dict(preview.newly_moderated)
    gone = dict(preview.no_longer_moderated)
    assert set(new.values()) <= {"Random check"}
    assert set(gone) | set(new) <= {differ.reference, agree.reference}
    assert far.reference not in {*new, *gone}


def test_dates_and_lateness_under_the_draft_stand_beside_those_of_then(month):
    grade(month.audits[0], "good", "good", at=date(2026, 10, 20))
    text = TEXT.replace("event: allocation, weeks: 3", "event: allocation, weeks: 2")
    preview = preview_framework(framework=loader.load(text))
    dates = rows(preview.dates)
    assert dates["Lead auditor is due"] == ("Monday 26 October 2026", "Monday 19 October 2026")
    assert dates["Moderations are decided"] == ("Wednesday 28 October 2026",) * 2
    assert dates["An action is due"] == ("Within six weeks of the day the action is agreed",) * 2
    assert rows(preview.late) == {"Lead auditor": ("0 of 1", "1 of 1"), "Peer auditor": ("0 of 1", "1 of 1")}


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_framework_can_be_previewed_and_what_cannot_be_worked_out_is_said(month, name):
    preview = preview_framework(framework=loader.builtin(name))
    total = rows(preview.sample)["All"][1]
    assert bool(preview.refused) == (total == "cannot be worked out")
    assert preview.dates


def test_a_preview_writes_nothing(month):
    grade(month.audits[0], "good", "inadequate")
    before = (TrailEvent.objects.count(), Cycle.objects.count(), Audit.objects.count())
    preview_framework(framework=loader.load(TEXT.replace("per_service: 3", "per_service: 9")))
    assert (TrailEvent.objects.count(), Cycle.objects.count(), Audit.objects.count()) == before


def test_before_the_first_month_there_is_nothing_to_preview(scope, frozen):
    small_council(published_on=date(2026, 9, 1))
    assert preview_framework(framework=loader.load(TEXT)) is None


def test_the_preview_asks_the_database_as_often_for_many_audits_as_for_one(
    month, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    grade(month.audits[0], "good", "good")
    with CaptureQueriesContext(
        connection,
    ) as few:
        preview_framework(framework=loader.load(TEXT))
    for audit in month.audits[1:]:
        grade(audit, "good", "inadequate")
    with CaptureQueriesContext(connection) as many:
        preview_framework(framework=loader.load(TEXT))
    assert len(many) == len(few)


def test_the_page_shows_then_and_draft_to_who_may_edit(month, client):
    ada = make_person("Ada Alder", "authority_administrator", signs_in=True)
    drafts.start_draft(person=ada)
    drafts.write_text(revision=1, text=TEXT.replace("per_service: 3", "per_service: 4"), person=ada)
    client.post("/account/login/", {"login": ada.user.email, "password": "correct horse battery"})
    page = client.get("/a/alder/framework-preview/").content.decode()
    assert "October 2026" in page
    assert page.count("Differs") >= 3
    drafts.write_text(revision=2, text="a: [", person=ada)
    assert client.get("/a/alder/framework-preview/").status_code == 302
    drafts.discard_draft(revision=3, person=ada)
    assert client.get("/a/alder/framework-preview/").status_code == 404
