"""An auditor's own work: saved as typed, locked unseen, shown after the discussion, submitted."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.frameworks.selectors import framework_of
from audits.models import Audit, Conversation, Judgement, RecordedGrade, SectionDraft
from audits.selectors.conversations import took_part
from audits.selectors.missing import missing_before_lock, missing_before_submission
from audits.selectors.standing import standing_of
from audits.services.assessments import (
    lock_grades,
    revise_grade,
    save_draft,
    submit_assessment,
)
from audits.services.typed import DraftConflict
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from tests.factories import assessments as made

pytestmark = pytest.mark.usefixtures("scope", "frozen")


@pytest.fixture
def cast():
    return made.make_cast()


@pytest.fixture
def audit(cast) -> Audit:
    return made.make_audit(cast)


def lead(audit):
    return made.assessment_of(audit, "lead")


def peer(audit):
    return made.assessment_of(audit, "peer")


def test_the_first_words_start_the_assessment_and_the_audit(audit, cast):
    draft = save_draft(
        assessment=lead(audit),
        section="assessments",
        fields={"strengths": "Clear."},
        version=0,
        person=cast.lena,
    )
    audit.refresh_from_db()
    assert (draft.version, draft.fields) == (1, {"strengths": "Clear."})
    assert (audit.status, lead(audit).status, peer(audit).status) == (
        "in_progress",
        "in_progress",
        "allocated",
    )


def test_both_auditors_can_begin_the_same_audit(audit, cast):
    for slot, person in (("lead", cast.lena), ("peer", cast.petra)):
        save_draft(
            assessment=made.assessment_of(audit, slot),
            section="overall",
            fields={"evidence": "x"},
            version=0,
            person=person,
        )
    assert (lead(audit).status, peer(audit).status) == ("in_progress", "in_progress")


def test_of_two_windows_the_second_to_save_is_told_and_neither_text_is_lost(audit, cast):
    def save(text, version):
        fields = {"strengths": text}
        return save_draft(
            assessment=lead(audit), section="assessments", fields=fields, version=version, person=cast.lena
        )

    save("Begun.", 0)
    save("Begun. First window.", 1)
    with pytest.raises(DraftConflict) as conflict:
        save("Begun. Second window.", 1)
    theirs = conflict.value.theirs
    assert (theirs.fields, theirs.version) == ({"strengths": "Begun. First window."}, 2)
    assert save("Begun. First window. Second window.", theirs.version).version == 3


def test_two_windows_that_begin_the_same_section_do_not_overwrite_each_other(audit, cast):
    save_draft(
        assessment=lead(audit), section="overall", fields={"evidence": "A"}, version=0, person=cast.lena
    )
    with pytest.raises(DraftConflict):
        save_draft(
            assessment=lead(audit), section="overall", fields={"evidence": "B"}, version=0, person=cast.lena
        )
    assert SectionDraft.objects.get().fields == {"evidence": "A"}


def test_the_same_words_sent_twice_are_no_conflict(audit, cast):
    for version in (0, 0, 1, 1):
        draft = save_draft(
            assessment=lead(audit),
            section="overall",
            fields={"evidence": "A"},
            version=version,
            person=cast.lena,
        )
    assert (draft.fields, SectionDraft.objects.count()) == ({"evidence": "A"}, 1)


def test_only_the_auditor_writes_the_assessment(audit, cast):
    with pytest.raises(PermissionDenied):
        save_draft(
            assessment=lead(audit), section="overall", fields={"evidence": "A"}, version=0, person=cast.petra
        )


@pytest.mark.req("HER-04", "HER-07")
def test_locking_lists_every_section_that_is_not_finished_with_its_link(audit, cast):
    made.fill(lead(audit))
    draft = SectionDraft.objects.get(section="quality_of_plans")
    fields = {**draft.fields, "grade": "not_applicable"}
    save_draft(assessment=lead(audit), section="quality_of_plans", fields=fields, version=1, person=cast.lena)
    SectionDraft.objects.filter(section__in=["assessments", "overall"]).delete()
    with pytest.raises(TransitionRefused) as refused:
        lock_grades(assessment=lead(audit), person=cast.lena)
    base = f"/a/alder/audits/{audit.reference}/part/lead/section/"
    assert [(one.text, one.href) for one in refused.value.problems] == [
        (
            "Assessments: give a grade; write a strength or an area to develop; "
            "write at least one entry under “Evidence”",
            f"{base}assessments/",
        ),
        ("Quality of Plans: say why it does not apply", f"{base}quality_of_plans/"),
        ("Overall grade: give the overall grade; write what the grade rests on", f"{base}overall/"),
    ]
    assert not Judgement.objects.exists()


@pytest.mark.req("HER-07")
@pytest.mark.parametrize(
    ("without", "said"),
    [
        (("strengths",), []),
        (("development",), []),
        (("strengths", "development"), ["Quality of Plans: write a strength or an area to develop"]),
        (("evidence",), ["Quality of Plans: write at least one entry under “Evidence”"]),
    ],
)
def test_a_domain_needs_its_evidence_and_what_is_strong_or_to_be_developed(audit, cast, without, said):
    made.fill(lead(audit))
    draft = SectionDraft.objects.get(section="quality_of_plans")
    fields = {**draft.fields, **dict.fromkeys(without, "")}
    save_draft(assessment=lead(audit), section="quality_of_plans", fields=fields, version=1, person=cast.lena)
    problems = missing_before_lock(lead(audit), framework_of(audit.framework_version))
    assert [one.text for one in problems] == said


@pytest.mark.req("HER-07", "HER-19", "HER-20", "HER-26")
def test_locking_turns_drafts_into_judgements_and_provisional_grades(audit, cast):
    made.lock(audit, "lead", "good", overall="requires_improvement")
    assessment = lead(audit)
    assert assessment.status == "locked"
    assert audit.status == "in_progress"
    assert not assessment.drafts.exists()
    given = {one.domain: one.grade for one in assessment.judgements.all()}
    assert given == {**dict.fromkeys(made.DOMAINS, "good"), "": "requires_improvement"}
    recorded = RecordedGrade.objects.values_list("domain", "stage", "grade", "given_by_id")
    assert set(recorded) == {(key, "provisional", grade, cast.lena.pk) for key, grade in given.items()}
    judgement = assessment.judgements.get(domain="assessments")
    assert [one.strip() for one in (judgement.strengths, judgement.development, judgement.evidence)] == [
        "Seen alone every ten days.",
        "Fathers are missing.",
        "Visits of May and June.",
    ]
    assert (judgement.development_codes, judgement.tags) == (["training"], ["fathers_and_partners"])


def test_locked_grades_cannot_be_rewritten(audit, cast):
    made.lock(audit, "lead")
    with pytest.raises(StatusHasChanged):
        save_draft(
            assessment=lead(audit), section="overall", fields={"evidence": "x"}, version=0, person=cast.lena
        )


@pytest.mark.req("HER-23")
def test_grades_are_shown_only_when_both_are_locked_and_the_discussion_is_recorded(audit, cast):
    made.lock(audit, "lead")
    with pytest.raises(TransitionRefused):
        made.discuss(audit, cast.lena)
    assert not Conversation.objects.exists()
    made.lock(audit, "peer")
    assert audit.status == "locked"
    assert not standing_of(cast.lena, audit).sees(peer(audit))
    made.discuss(audit, cast.petra)
    assert audit.status == "revealed"
    assert standing_of(cast.lena, audit).sees(peer(audit))


@pytest.mark.req("HER-23")
def test_after_the_reveal_a_grade_changes_only_with_a_reason_and_every_grade_is_kept(audit, cast):
    made.reveal(audit, lead="good", peer="good")
    with pytest.raises(TransitionRefused, match="Say why"):
        revise_grade(
            assessment=lead(audit), domain="assessments", grade="outstanding", reason=" ", person=cast.lena
        )
    revise_grade(
        assessment=lead(audit),
        domain="assessments",
        grade="requires_improvement",
        reason="Petra found the missing chronology.",
        person=cast.lena,
    )
    kept = RecordedGrade.objects.filter(assessment=lead(audit), domain="assessments")
    assert list(kept.values_list("stage", "grade", "reason")) == [
        ("provisional", "good", ""),
        ("provisional", "requires_improvement", "Petra found the missing chronology."),
    ]
    assert lead(audit).judgements.get(domain="assessments").grade == "requires_improvement"


def test_a_grade_cannot_be_changed_before_the_reveal_nor_by_somebody_else(audit, cast):
    made.lock(audit, "lead")
    change = {"assessment": lead(audit), "domain": "", "grade": "good", "reason": "I think so."}
    with pytest.raises(TransitionRefused, match="once all"):
        revise_grade(**change, person=cast.lena)
    made.lock(audit, "peer")
    made.discuss(audit, cast.lena)
    with pytest.raises(TransitionRefused, match="not your grade"):
        revise_grade(**change | {"grade": "inadequate"}, person=cast.petra)
    with pytest.raises(TransitionRefused, match="not a grade"):
        revise_grade(**change | {"grade": "excellent"}, person=cast.lena)


@pytest.mark.req("HER-21", "HER-24", "HER-25", "HER-32")
def test_submitting_lists_what_each_auditor_still_owes_with_links(audit, cast):
    made.lock(audit, "lead")
    made.lock(audit, "peer")
    base = f"/a/alder/audits/{audit.reference}"
    framework = standing_of(cast.lena, audit).framework
    assert [(one.text, one.href) for one in missing_before_submission(lead(audit), framework)] == [
        ("Record the discussion between lead and peer auditor", f"{base}/conversations/lead_peer/"),
        ("Propose an action, or say why none is needed", f"{base}/part/lead/actions/"),
    ]
    made.discuss(audit, cast.lena)
    assert [(one.text, one.href) for one in missing_before_submission(peer(audit), framework)] == [
        (
            "Record the reflective discussion with the worker, or say why it could not be held",
            f"{base}/conversations/worker_discussion/",
        ),
        (
            "Parent or carer: record what they said, or one reason why they were not spoken to",
            f"{base}/family/parent_or_carer/",
        ),
        (
            "Child or young person: record what they said, or one reason why they were not spoken to",
            f"{base}/family/child/",
        ),
        ("Propose an action, or say why none is needed", f"{base}/part/peer/actions/"),
    ]
    with pytest.raises(TransitionRefused):
        submit_assessment(assessment=peer(audit), person=cast.petra)


@pytest.mark.req("HER-24", "HER-25", "HER-26")
def test_the_last_to_submit_settles_the_audit_and_submitting_twice_is_one(audit, cast):
    made.reveal(audit)
    made.talk_with_worker(audit)
    made.settle_family(audit)
    made.submit(audit, "lead")
    assert (audit.status, audit.submitted_at) == ("revealed", None)
    made.submit(audit, "peer")
    submit_assessment(assessment=peer(audit), person=cast.petra)
    assert audit.submitted_at is not None
    submitted = RecordedGrade.objects.filter(audit=audit, stage="submitted")
    assert sorted(submitted.values_list("assessment__slot", "domain", "grade")) == sorted(
        (slot, domain, "good") for slot in ("lead", "peer") for domain in (*made.DOMAINS, "")
    )


def test_nothing_is_owed_before_the_lock_but_what_the_sections_need(audit, cast):
    framework = standing_of(cast.lena, audit).framework
    made.fill(lead(audit))
    assert missing_before_lock(lead(audit), framework) == []


def test_a_withdrawn_audit_takes_no_more_words(audit, cast):
    from audits.workflow import audit_workflow

    audit_workflow.apply(audit, "withdraw", person=cast.quinn)
    with pytest.raises(StatusHasChanged):
        save_draft(
            assessment=lead(audit), section="overall", fields={"evidence": "x"}, version=0, person=cast.lena
        )


@pytest.mark.req("HER-21", "HER-22")
def test_the_workers_agreement_is_kept_with_the_grade_they_were_asked_about(audit, cast):
    made.lock(audit, "peer", "good")
    with pytest.raises(ValidationError) as refused:
        made.talk_with_worker(audit, agrees=False)
    assert set(refused.value.message_dict) == {"worker_comment"}
    made.talk_with_worker(audit, agrees=False, comment="The plan was reviewed in May.")
    talk = Conversation.objects.get(kind="worker_discussion")
    assert (talk.worker_agrees, talk.worker_comment, talk.answers["overall_grade"], talk.minutes) == (
        False,
        "The plan was reviewed in May.",
        "good",
        45,
    )
    assert talk.held_on == date(2026, 10, 5)
    assert took_part(talk) == [cast.wyn]


def test_the_worker_is_asked_only_once_there_is_a_grade_to_ask_about(audit):
    with pytest.raises(TransitionRefused, match="overall grade first"):
        made.talk_with_worker(audit)
