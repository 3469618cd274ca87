"""One audit as PDF for the child's record: what belongs there and what does not."""

import re
from datetime import date

import pytest
from django.urls import reverse

from audits.models import ImmediateChange, RecordedGrade, WiderFinding
from audits.selectors.facts import framework_for
from audits.selectors.file_copy import SECTIONS, file_copy_of, sections_for
from qaf.tenants.models import ReadEvent
from qaf.ui import pdf
from tests.factories.reporting import at, make_world

DEFAULT = ("outcome", "findings", "family", "immediate_changes", "actions")


@pytest.fixture
def world(scope, frozen):
    """A moderated audit, closed, with everything that was ever written of it."""
    made = make_world(signs_in=True)
    audit = made.audit(
        date(2026, 9, 1), "Rowan team", "requires_improvement", peer="good", locked=("good", "good")
    )
    RecordedGrade.objects.create(
        audit=audit,
        domain="",
        stage="moderated",
        grade="requires_improvement",
        reason="MODERATOR REASON",
        given_by=made.hope,
        given_at=at(date(2026, 9, 20)),
    )
    made.talk(audit, agrees=False)
    audit.conversations.update(worker_comment="WORKER COMMENT", notes="TALK NOTES")
    contact = made.family(audit, "parent_or_carer")
    contact.answers = {"1": "Her visits.", "9": "Nothing."}
    contact.save()
    made.action(audit, date(2026, 11, 1))
    made.action(audit, date(2026, 11, 1), "not_agreed")
    ImmediateChange.objects.create(
        audit=audit,
        text="Visits every week.",
        made_on=date(2026, 9, 4),
        recorded_by=made.mo,
        recorded_at=at(date(2026, 9, 4)),
    )
    WiderFinding.objects.create(
        audit=audit, text="WIDER FINDING", raised_by=made.mo, raised_at=at(date(2026, 9, 4))
    )
    made.copied = audit
    return made


def html(audit) -> str:
    audit = (
        type(audit)
        .objects.select_related("authority", "case", "team", "service", "worker", "cycle")
        .get(pk=audit.pk)
    )
    copy = file_copy_of(audit, framework_for(audit))
    context = {"copy": copy, "audit": audit, "council": "Alder Council", "made_on": date(2026, 10, 5)}
    return re.sub(r"\s+", " ", pdf.html_of("audits/file_copy/copy.html", context))


def address(audit) -> str:
    return reverse("audits:file_copy", args=["alder", audit.reference])


@pytest.mark.req("HER-27")
def test_by_default_it_holds_no_word_of_the_worker_s_performance_or_of_a_dispute(world):
    assert sections_for([], framework_for(world.copied)) == DEFAULT
    text = html(world.copied)
    for there in (
        "0000001",
        "Requires improvement",
        "Seen alone.",
        "She listens, and she rings back.",
        "Her visits.",
        "Visits every week.",
        "Speak with the father.",
        "Wyn Willow",
    ):
        assert there in text, there
    for absent in (
        "WORKER COMMENT",
        "did not agree",
        "MODERATOR REASON",
        "TALK NOTES",
        "WIDER FINDING",
        "moderator",
    ):
        assert absent not in text, absent
    assert "Each auditor’s grades" not in text
    assert text.count("Speak with the father.") == 1  # what was not taken forward is not an action


@pytest.mark.req("HER-27")
def test_the_council_chooses_the_sections(world, council):
    council.file_copy_sections = ["disputes", "worker_performance", "outcome", "unknown"]
    council.save()
    assert sections_for(council.file_copy_sections, framework_for(world.copied)) == (
        "outcome",
        "worker_performance",
        "disputes",
    )
    text = html(world.copied)
    for there in ("WORKER COMMENT", "did not agree", "MODERATOR REASON", "Each auditor’s grades"):
        assert there in text, there
    for absent in (
        "Seen alone.",
        "She listens",
        "Visits every week.",
        "Speak with the father.",
        "WIDER FINDING",
    ):
        assert absent not in text, absent


def test_every_section_has_words(world):
    assert set(DEFAULT) < set(SECTIONS)
    assert all(SECTIONS.values())


@pytest.mark.req("HER-27")
def test_whoever_places_it_takes_it_and_that_is_logged(world, enter):
    answer = enter(world.quinn).get(address(world.copied))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{world.copied.reference}.pdf"'
    assert answer.content.startswith(b"%PDF-1.7")
    looks = ReadEvent.objects.filter(person=world.quinn, subject_id=world.copied.pk)
    assert set(looks.values_list("subject", flat=True)) == {"audit", "audit_copy"}


def test_nobody_else_takes_it(world, enter):
    for person in (world.mo, world.wyn, world.hope, world.sam):
        assert enter(person).get(address(world.copied)).status_code == 403
    assert not ReadEvent.objects.filter(subject="audit_copy").exists()


def test_there_is_no_copy_before_the_outcome_is_final(world, enter):
    early = world.audit(date(2026, 9, 1), "Rowan team", "good", status="outcome")
    assert enter(world.quinn).get(address(early)).status_code == 404


def test_the_audit_page_and_the_filing_lead_to_the_copy(world, enter):
    filing = world.follow_up(world.copied, "filing", "open", assignee=world.quinn)
    client = enter(world.quinn)
    audit = client.get(reverse("audits:audit", args=["alder", world.copied.reference])).content.decode()
    asked = client.get(reverse("followup:follow_up", args=["alder", filing.pk])).content.decode()
    assert address(world.copied) in audit
    assert address(world.copied) in asked
    assert (
        address(world.copied)
        not in enter(world.mo)
        .get(reverse("audits:audit", args=["alder", world.copied.reference]))
        .content.decode()
    )
