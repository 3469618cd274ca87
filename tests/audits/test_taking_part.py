"""Audits carried out with the worker: invited, in the open, beside their own look at their work."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.models import (
    Appointment,
    Assessment,
    Audit,
    Contribution,
    Conversation,
    Cycle,
    RecordedGrade,
)
from audits.selectors.conversations import conversations_of
from audits.selectors.facts import grading_assessments, submitted_grades
from audits.selectors.grades import side_by_side
from audits.selectors.left_to_record import due_after_submission
from audits.selectors.standing import standing_of
from audits.selectors.together import as_it_grows, may_look_on
from audits.services.after_final import close_when_done
from audits.services.assessments import lock_grades, save_draft, submit_assessment
from audits.services.conversations import (
    Account,
    book_conversation,
    excuse_conversation,
    hold_conversation,
    write_contribution,
)
from audits.services.family import record_consent, record_contact, record_no_contact
from audits.services.finalise import confirm_outcome
from audits.services.taking_part import excuse_part, hand_in
from moderation.models import Moderation
from moderation.services.naming import name_moderators
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Person
from qaf.tenants.registry import todo_for
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from tests.factories.people import make_person, make_service
from tests.factories.tools import Sheet, fill_form, make_sheet

pytestmark = pytest.mark.usefixtures("scope", "frozen")

SESSION = datetime(2026, 10, 13, 10, 0, tzinfo=clock.LONDON)


def joint_audit() -> tuple[Sheet, Assessment]:
    """Ada audits together with Wyn, who looks at their own work first."""
    sheet = make_sheet("west_sussex", role="practice_manager")
    own = Assessment.objects.create(
        audit=sheet.audit, slot="practitioner", assessor=sheet.wyn, due_on=date(2026, 10, 30)
    )
    own.audit = sheet.audit
    return sheet, own


def give_self_assessment(own: Assessment, wyn: Person, grade: str = "outstanding") -> None:
    save_draft(
        assessment=own,
        section="overall",
        fields={"strengths": "I know the family well.", "grade": grade},
        version=0,
        person=wyn,
    )
    hand_in(assessment=own, person=wyn)


def meet(sheet: Sheet, **changed) -> Conversation:
    """The joint session as the framework wants it, but for what is ``changed``."""
    account = Account(
        strengths="Visits every week.",
        areas="The father is not heard.",
        learning={sheet.wyn.pk: "Ask the father.", sheet.ada.pk: "Read the plan first."},
    )
    values = {
        "held_on": clock.today(),
        "mode": "in_person",
        "minutes": 90,
        "participants": [sheet.ada.pk, sheet.wyn.pk],
        "worker_agrees": True,
        "account": account,
        **changed,
    }
    return hold_conversation(audit=sheet.audit, kind="stage_1", person=sheet.ada, **values)


def submit(sheet: Sheet) -> None:
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    Assessment.objects.filter(pk=sheet.assessment.pk).update(no_action_reason="Nothing to change.")
    submit_assessment(assessment=sheet.assessment, person=sheet.ada)
    sheet.audit.refresh_from_db()


def texts(person: Person) -> list[str]:
    return [one.text for one in todo_for(person)]


@pytest.mark.req("WSX-46", "WSX-47")
def test_a_booked_joint_audit_invites_the_worker_whose_own_look_is_due_the_day_before():
    sheet, own = joint_audit()
    with pytest.raises(ValidationError) as refused:
        book_conversation(audit=sheet.audit, kind="stage_1", booked_for=date(2026, 10, 2), person=sheet.ada)
    assert refused.value.message_dict == {"booked_for": ["The day must be today or later"]}
    book_conversation(
        audit=sheet.audit, kind="stage_1", booked_for=SESSION.date(), time="10am", person=sheet.ada
    )
    own.refresh_from_db()
    invited = Notice.objects.get(kind="audits.invited")
    assert (own.due_on, invited.person) == (date(2026, 10, 12), sheet.wyn)
    assert invited.subject == f"{sheet.audit.reference}: you are invited for Tuesday 13 October 2026"
    assert {
        f"Begin your part, practitioner's self-assessment: {sheet.audit.reference}",
        f"Talk your work through with Ada Auditor: {sheet.audit.reference}",
    } <= set(texts(sheet.wyn))
    book_conversation(audit=sheet.audit, kind="stage_1", booked_for=date(2026, 10, 20), person=sheet.ada)
    own.refresh_from_db()
    moved = Appointment.objects.get()
    assert (moved.booked_for, own.due_on) == (date(2026, 10, 20), date(2026, 10, 19))
    assert Notice.objects.filter(kind="audits.invited").count() == 2


@pytest.mark.req("WSX-46")
def test_the_session_waits_for_the_self_assessment_until_it_is_given_or_excused_with_a_reason():
    sheet, own = joint_audit()
    with pytest.raises(TransitionRefused) as refused:
        meet(sheet)
    (problem,) = refused.value.problems
    assert problem.text.startswith("Practitioner's self-assessment: not given yet.")
    assert problem.href.endswith(f"/audits/{sheet.audit.reference}/left-out/practitioner/")
    with pytest.raises(ValidationError):
        excuse_part(assessment=own, reason=" ", person=sheet.ada)
    excuse_part(assessment=own, reason="On leave until November.", person=sheet.ada)
    own.refresh_from_db()
    assert (own.status, own.excused_reason) == ("excused", "On leave until November.")
    assert Notice.objects.get(kind="audits.part_excused").person == sheet.wyn
    meet(sheet, account=Account(strengths="S", areas="A", booked_for=date(2026, 10, 5)))
    with pytest.raises(StatusHasChanged):
        save_draft(assessment=own, section="overall", fields={"strengths": "x"}, version=0, person=sheet.wyn)


@pytest.mark.req("WSX-46", "WSX-48")
def test_a_self_assessment_stands_beside_the_audit_and_never_counts():
    sheet, own = joint_audit()
    with pytest.raises(TransitionRefused, match="Write something"):
        hand_in(assessment=own, person=sheet.wyn)
    with pytest.raises(TransitionRefused, match="no grades to lock"):
        lock_grades(assessment=own, person=sheet.wyn)
    give_self_assessment(own, sheet.wyn)
    assert not standing_of(sheet.wyn, sheet.audit).is_auditor
    assert standing_of(sheet.ada, sheet.audit).sees(Assessment.objects.get(pk=own.pk))
    fill_form(sheet.assessment, sheet.framework, "good")
    meet(sheet, account=Account(strengths="S", areas="A", booked_for=date(2026, 10, 5)))
    submit(sheet)
    shown = side_by_side(standing_of(sheet.wyn, sheet.audit))
    assert shown is not None
    overall = shown.row("")
    assert shown.columns == ("Practitioner's self-assessment", "Auditor")
    assert [cell.grade for cell in overall.cells] == ["outstanding", "good"]
    assert shown.agreed, "a self-assessment differs from nothing"
    assert submitted_grades(sheet.audit).keys() == {"auditor"}
    assert [one.slot for one in grading_assessments(sheet.audit, sheet.framework)] == ["auditor"]
    assert dict(sheet.audit.grades.values_list("domain", "grade"))[""] == "good"
    assert RecordedGrade.objects.get(assessment=own).stage == "self"


@pytest.mark.req("DUR-80", "WSX-48")
def test_the_worker_sees_a_joint_audit_grow_from_the_day_of_the_session():
    sheet, own = joint_audit()
    give_self_assessment(own, sheet.wyn)
    fill_form(sheet.assessment, sheet.framework, "good")
    book_conversation(audit=sheet.audit, kind="stage_1", booked_for=SESSION.date(), person=sheet.ada)
    sheet.audit.refresh_from_db()
    assert not may_look_on(standing_of(sheet.wyn, sheet.audit)), "the auditor still prepares"
    assert side_by_side(standing_of(sheet.wyn, sheet.audit)) is None
    with clock.travel(SESSION):
        assert may_look_on(standing_of(sheet.wyn, sheet.audit))
        assert not may_look_on(standing_of(sheet.mo, sheet.audit)), "only the worker was invited"
        assert [cell.grade for cell in as_it_grows(standing_of(sheet.wyn, sheet.audit)).row("").cells] == [
            "outstanding",
            "good",
        ]
        meet(sheet)
        lock_grades(assessment=sheet.assessment, person=sheet.ada)
        sheet.audit.refresh_from_db()
        assert sheet.audit.status == "revealed"
        assert standing_of(sheet.wyn, sheet.audit).sees_grades
        assert not standing_of(sheet.mo, sheet.audit).sees_grades


@pytest.mark.req("WSX-51", "WSX-56", "WSX-60")
def test_the_session_records_what_is_agreed_how_it_was_held_and_what_each_takes_from_it():
    sheet, own = joint_audit()
    give_self_assessment(own, sheet.wyn)
    with pytest.raises(ValidationError) as refused:
        meet(sheet, mode="telephone", worker_agrees=None, participants=[sheet.ada.pk], account=Account())
    assert set(refused.value.message_dict) == {
        "participants",
        "strengths",
        "areas",
        "booked_for",
        "departure",
        "worker_agrees",
    }
    with pytest.raises(ValidationError) as refused:
        meet(sheet, worker_agrees=False, account=Account(strengths="S", areas="A", booked_for=clock.today()))
    assert set(refused.value.message_dict) == {"worker_comment"}
    book_conversation(audit=sheet.audit, kind="stage_1", booked_for=clock.today(), person=sheet.ada)
    record = meet(sheet)
    assert (record.mode, record.worker_agrees) == ("in_person", True)
    assert {key: record.answers[key] for key in ("strengths", "areas")} == {
        "strengths": "Visits every week.",
        "areas": "The father is not heard.",
    }
    assert dict(Contribution.objects.values_list("person__name", "learning")) == {
        "Ada Auditor": "Read the plan first.",
        "Wyn Worker": "Ask the father.",
    }
    write_contribution(
        audit=sheet.audit,
        kind="stage_1",
        person=sheet.wyn,
        view="Fair.",
        learning="I ask every father.",
    )
    meet(sheet)
    mine = Contribution.objects.get(person=sheet.wyn)
    assert (mine.view, mine.learning, mine.written_by) == ("Fair.", "I ask every father.", sheet.wyn)
    with pytest.raises(PermissionDenied):
        write_contribution(audit=sheet.audit, kind="stage_1", person=sheet.mo, learning="I was not there.")


@pytest.mark.req("WSX-55")
def test_submitting_the_joint_audit_tells_the_moderator_named_for_it_and_opens_the_second_stage():
    sheet, own = joint_audit()
    give_self_assessment(own, sheet.wyn)
    month = Cycle.objects.create(
        period=date(2026, 10, 1),
        status="open",
        framework_version=sheet.audit.framework_version,
        seed="seed",
        allocated_on=clock.today(),
    )
    Audit.objects.filter(pk=sheet.audit.pk).update(cycle=month)
    gus = make_person("Gus Group", "group_manager", unit=make_service("Elsewhere"))
    assert name_moderators(cycle=month) == 1
    moderation = Moderation.objects.get()
    assert (moderation.moderator, moderation.status) == (gus, "named")
    before = Notice.objects.filter(person=gus).count()
    fill_form(sheet.assessment, sheet.framework, "good")
    meet(sheet, account=Account(strengths="S", areas="A", booked_for=clock.today()))
    sheet.audit.refresh_from_db()
    submit(sheet)
    moderation.refresh_from_db()
    assert (sheet.audit.status, moderation.status) == ("in_moderation", "allocated")
    assert Notice.objects.filter(person=gus).count() == before + 1


@pytest.mark.req("WSX-57", "WSX-58")
def test_the_family_is_asked_after_the_audit_and_the_loop_waits_for_it():
    sheet, own = joint_audit()
    give_self_assessment(own, sheet.wyn)
    fill_form(sheet.assessment, sheet.framework, "good")
    meet(sheet, account=Account(strengths="S", areas="A", booked_for=clock.today()))
    submit(sheet)
    sheet.assessment.refresh_from_db()
    (due,) = due_after_submission()
    assert (due.people, due.due_on) == ((sheet.ada,), date(2026, 10, 19)), "ten working days"
    reference = sheet.audit.reference
    assert f"Ask the family whether they agree to be contacted: {reference}" in texts(sheet.wyn)
    assert f"Record what the family said (parent or carer): {reference}" in texts(sheet.ada)
    confirm_outcome(audit=sheet.audit, person=sheet.wyn)
    sheet.audit.refresh_from_db()
    sheet.audit.follow_up_links.all().delete()
    assert (sheet.audit.status, close_when_done(audit=sheet.audit)) == ("final", False)
    for target in ("child", "parent_or_carer"):
        record_consent(
            audit=sheet.audit,
            target=target,
            consent="yes",
            asked_on=clock.today(),
            person=sheet.wyn,
            safety={"safe_number": "07700 900123"},
        )
    record_no_contact(audit=sheet.audit, target="child", reason="too_young", person=sheet.ada)
    contact = record_contact(
        audit=sheet.audit,
        target="parent_or_carer",
        who="mother",
        spoken_on=clock.today(),
        mode="telephone",
        words="She listens.",
        person=sheet.ada,
    )
    assert (contact.audit.service, list(due_after_submission())) == (sheet.team.parent, [])
    assert close_when_done(audit=sheet.audit)


@pytest.mark.req("DUR-80")
def test_a_session_with_the_practitioner_is_dated_and_keeps_what_they_brought():
    sheet = make_sheet("durham", role="operations_manager")
    (talk,) = conversations_of(sheet.audit, sheet.framework)
    assert (talk.needs_booking, talk.is_required) == (True, True)
    fill_form(sheet.assessment, sheet.framework, "good")
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    with pytest.raises(TransitionRefused) as refused:
        submit_assessment(assessment=sheet.assessment, person=sheet.ada)
    assert any("Record the session with the practitioner" in one.text for one in refused.value.problems)
    book_conversation(
        audit=sheet.audit, kind="session", booked_for=clock.today() + timedelta(days=1), person=sheet.ada
    )
    with clock.travel(datetime(2026, 10, 6, 14, 0, tzinfo=clock.LONDON)):
        hold_conversation(
            audit=sheet.audit,
            kind="session",
            person=sheet.ada,
            held_on=clock.today(),
            mode="in_person",
            participants=[sheet.ada.pk, sheet.wyn.pk],
            answers={"1": "She is seen alone."},
            account=Account(view="I would like to see her more often."),
        )
    record, brought = Conversation.objects.get(), Contribution.objects.get()
    assert (record.held_on, record.participants) == (date(2026, 10, 6), [sheet.ada.pk, sheet.wyn.pk])
    assert (brought.person, brought.view, brought.written_by) == (
        sheet.wyn,
        "I would like to see her more often.",
        sheet.ada,
    )


def test_a_conversation_that_cannot_be_held_is_excused_in_words_and_holds_nothing_up():
    sheet = make_sheet("durham", role="operations_manager")
    with pytest.raises(ValidationError) as refused:
        excuse_conversation(audit=sheet.audit, kind="session", person=sheet.ada, reason="")
    assert refused.value.message_dict == {"excused_text": ["Say why it could not be held"]}
    excuse_conversation(audit=sheet.audit, kind="session", person=sheet.ada, reason="", text="Wyn has left.")
    assert Conversation.objects.get().excused_text == "Wyn has left."
    audit = sheet.audit
    audit.worker = None
    (talk,) = conversations_of(audit, sheet.framework)
    assert not talk.is_required, "there is nobody to talk with"
