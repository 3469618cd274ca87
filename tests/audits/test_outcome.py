"""From two submissions to an outcome: agreement, or moderation with every reason."""

from datetime import date

import pytest

from audits.events import ModerationNeeded
from audits.models import Audit, GradeOfRecord
from audits.selectors.comparison import Cell, compare, comparison_of
from audits.selectors.outcome import marks_of, outcome_of
from audits.services.outcome import settle
from audits.services.random_check import draw_random_checks, waits_for_random_check
from moderation.models import Moderation
from qaf.lib import clock
from qaf.tenants import events
from tests.factories.assessments import (
    DOMAINS,
    assessment_of,
    fill,
    make_audit,
    make_cast,
    reveal,
    settle_family,
    submit,
    submit_both,
    talk_with_worker,
)
from tests.factories.moderation import make_audit_of_month, make_month, make_seniors

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def cast(scope, frozen):
    return make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


def record(audit: Audit) -> dict[str, tuple[str, str]]:
    return {row.domain: (row.grade, row.source) for row in audit.grades.all()}


@pytest.mark.req("HER-33")
def test_where_both_auditors_agree_on_every_grade_that_is_the_outcome(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "good", "good")
    assert audit.status == "outcome"
    assert record(audit) == dict.fromkeys((*DOMAINS, ""), ("good", "agreed"))
    assert audit.submitted_at == audit.outcome_at == clock.now()
    assert marks_of(audit) == ("Not final yet", "Never independently checked")
    assert not Moderation.objects.exists()


@pytest.mark.req("HER-34", "HER-35")
def test_any_difference_opens_moderation_with_every_reason_in_the_same_transaction(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "good", "requires_improvement")
    assert audit.status == "in_moderation"
    assert not audit.grades.exists()
    moderation = Moderation.objects.get(audit=audit)
    assert {(reason.kind, reason.domain) for reason in moderation.reasons.all()} == {
        ("overall_differs", ""),
        *(("domain_differs", key) for key in DOMAINS),
    }
    texts = [reason.text for reason in moderation.reasons.all()]
    assert "Overall: Lead auditor Good, Peer auditor Requires improvement" in texts
    assert marks_of(audit) == ("Not moderated yet", "Not final yet")
    assert outcome_of(audit).rows == ()


@pytest.mark.req("HER-35")
def test_one_domain_alone_is_enough_although_the_overall_grades_agree(cast, seniors):
    audit = make_audit(cast)
    _submit_with_one_domain(audit, "assessments", "inadequate")
    assert audit.status == "in_moderation"
    (reason,) = Moderation.objects.get(audit=audit).reasons.all()
    assert (reason.kind, reason.domain) == ("domain_differs", "assessments")


def _submit_with_one_domain(audit: Audit, domain: str, grade: str) -> None:
    from audits.services.assessments import lock_grades, save_draft
    from tests.factories.assessments import discuss, lock

    lock(audit, "lead", "good")
    peer = assessment_of(audit, "peer")
    fill(peer, "good")
    words = {"grade": grade, "strengths": "None.", "development": "Much.", "evidence": "The plan of May."}
    save_draft(assessment=peer, section=domain, fields=words, version=1, person=peer.assessor)
    lock_grades(assessment=peer, person=peer.assessor)
    audit.refresh_from_db()
    discuss(audit, assessment_of(audit, "lead").assessor)
    talk_with_worker(audit)
    settle_family(audit)
    submit(audit, "lead")
    submit(audit, "peer")


def test_nothing_is_settled_while_one_auditor_has_not_submitted(cast, seniors):
    audit = make_audit(cast)
    reveal(audit, "good", "inadequate")
    talk_with_worker(audit)
    settle_family(audit)
    submit(audit, "lead")
    settle(audit=audit)
    audit.refresh_from_db()
    assert (audit.status, audit.submitted_at) == ("revealed", None)
    assert not Moderation.objects.exists()
    assert not GradeOfRecord.objects.exists()


def test_settling_twice_changes_nothing(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "good", "inadequate")
    settle(audit=audit)
    audit.refresh_from_db()
    assert audit.status == "in_moderation"
    assert Moderation.objects.count() == 1


def test_a_moderation_that_cannot_be_opened_undoes_the_submission(cast, seniors, monkeypatch):
    audit = make_audit(cast)

    def fails(event):
        raise RuntimeError("no moderation")

    monkeypatch.setitem(events._receivers, ModerationNeeded, [fails])
    with pytest.raises(RuntimeError):
        submit_both(audit, "good", "inadequate")
    audit.refresh_from_db()
    assert audit.status == "revealed"
    assert assessment_of(audit, "peer").submitted_at is None
    assert not audit.recorded_grades.filter(stage="submitted", assessment__slot="peer").exists()


@pytest.mark.req("HER-33")
def test_the_comparison_puts_both_records_side_by_side_with_the_overall_grade_last(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "good", "outstanding")
    comparison = comparison_of(audit)
    assert comparison.columns == ("Lead auditor", "Peer auditor")
    assert [row.domain for row in comparison.rows] == [*DOMAINS, ""]
    assert [[cell.label for cell in row.cells] for row in comparison.rows] == [["Good", "Outstanding"]] * 7
    assert all(row.differs for row in comparison.rows)
    assert comparison.row("assessments").cells[0].strengths.startswith("Seen alone")


def test_not_applicable_beside_a_grade_is_a_difference():
    comparison = compare(
        columns=["A", "B"],
        domains={"voice": "Voice"},
        cells=[
            {"voice": Cell("not_applicable"), "": Cell("good")},
            {"voice": Cell("good"), "": Cell("good")},
        ],
    )
    assert [(row.domain, row.differs) for row in comparison.rows] == [("voice", True), ("", False)]
    assert [row.domain for row in comparison.disputed] == ["voice"]
    assert not comparison.agreed


def _with_random_check(share: float) -> None:
    """Publish the built-in framework with a random check of agreed audits."""
    from audits.frameworks import loader
    from audits.frameworks.services import publish_framework

    text = loader.builtin_text("herefordshire")
    assert "{kind: random_share, share: 0}" in text
    text = text.replace("{kind: random_share, share: 0}", f"{{kind: random_share, share: {share}}}")
    publish_framework(text=text, effective_from=date(2026, 10, 1))


def _agreed_audits(cast, cycle, count: int) -> list[Audit]:
    audits = [make_audit_of_month(cast, cycle, local_id=f"000{number}") for number in range(count)]
    for audit in audits:
        submit_both(audit, "good", "good")
    return audits


def test_a_random_share_of_agreed_audits_is_moderated_once_the_month_is_over(cast, seniors):
    _with_random_check(0.5)
    cycle = make_month(cast)
    audits = _agreed_audits(cast, cycle, 3)
    running = make_audit_of_month(cast, cycle, local_id="0009")
    assert all(waits_for_random_check(audit) for audit in audits)
    assert draw_random_checks() == 0, "one auditor is still at work and the month has not ended"
    with clock.travel(date(2026, 11, 2)):
        assert draw_random_checks() == 2
        assert draw_random_checks() == 0, "running it again draws the same"
    drawn = {m.audit.reference: [r.kind for r in m.reasons.all()] for m in Moderation.objects.all()}
    assert len(drawn) == 2
    assert set(map(tuple, drawn.values())) == {("random_sample",)}
    running.refresh_from_db()
    assert running.status == "allocated"


def test_the_random_check_draws_the_same_audits_for_the_same_seed(cast, seniors):
    from audits.frameworks.vocabulary import RandomShare

    rule = RandomShare(kind="random_share", share=0.34)
    references = [f"ALD-2026-{number:04d}" for number in range(1, 30)]
    first = set(rule.select(references, seed="a seed"))
    assert first == set(rule.select(reversed(references), seed="a seed"))
    assert len(first) == 10
    assert first != set(rule.select(references, seed="another"))
