"""One auditor with the conversations that must come first, the family rung, the audit filed and acknowledged."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.followup.enums import FollowUpKind
from audits.followup.models import FollowUp
from audits.followup.services import complete_follow_up, raise_concern
from audits.followup.services.concerns import SpokenFirst
from audits.models import Assessment, Contribution, Conversation
from audits.selectors.case_note import case_note_of
from audits.selectors.conversations import conversations_of
from audits.selectors.family import family_of, questions_of
from audits.selectors.file_copy import file_copy_of
from audits.selectors.left_to_record import due_after_submission
from audits.selectors.missing import missing_before_final, missing_before_submission
from audits.selectors.progress import parts_of
from audits.selectors.standing import grading, standing_of
from audits.services.assessments import lock_grades, save_draft, submit_assessment
from audits.services.checking import ask_for_check, give_check
from audits.services.conversations import Account, book_conversation, excuse_conversation, hold_conversation
from audits.services.family import Concern, record_contact, record_no_contact, record_preference
from audits.services.filing import ask_for_acknowledgement
from audits.services.finalise import confirm_outcome, finalise_due
from audits.services.findings import categories_for, propose_audit_action
from audits.services.reminding import remind_auditors
from audits.services.taking_part import hand_in
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Person, Unit
from qaf.tenants.registry import todo_for
from qaf.tenants.transitions import TransitionRefused
from qaf.ui import pdf
from tests.factories.people import make_person
from tests.factories.tools import Sheet, fill_form, make_sheet

pytestmark = pytest.mark.usefixtures("scope", "frozen")


CHECKER = "Che Checks"


def deep_dive(**options) -> Sheet:
    """A single auditor's audit of a looked-after child, with a reviewing officer."""
    sheet = make_sheet("sefton", role="practice_improvement_manager", chair="iro", **options)
    make_person(CHECKER, "qa_manager")
    return sheet


def submit(sheet: Sheet, grade: str = "requires_improvement") -> None:
    """Fill, have it checked where the framework wants that, lock and submit, with one action for Wyn."""
    fill_form(sheet.assessment, sheet.framework, grade)
    if sheet.framework.process.finalisation_check:
        check = ask_for_check(assessment=sheet.assessment, question="", person=sheet.ada)
        give_check(check=check, feedback="Sound.", person=Person.objects.get(name=CHECKER))
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    propose_audit_action(
        assessment=sheet.assessment,
        text="Bring the father into the plan",
        intended_change="Both parents keep her safe",
        owner=sheet.wyn,
        due_on=date(2026, 10, 26),
        person=sheet.ada,
        category=categories_for(sheet.audit)[0],
    )
    submit_assessment(assessment=sheet.assessment, person=sheet.ada)
    sheet.audit.refresh_from_db()


def talk(sheet: Sheet, kind: str, people: list, **changed) -> Conversation:
    values = {"held_on": clock.today(), "mode": "in_person", "minutes": 70, **changed}
    return hold_conversation(
        audit=sheet.audit,
        kind=kind,
        person=sheet.ada,
        participants=[sheet.ada.pk, *(one.pk for one in people)],
        **values,
    )


def key_worker_account(sheet: Sheet, **changed) -> Account:
    domains = [one.key for one in sheet.framework.tool(sheet.audit.tool).domains]
    values = {"strengths": "Seen weekly.", "areas": "The plan is late.", "domains": domains, **changed}
    return Account(**values)


REVIEWING_OFFICER = {
    "involvement": "Reviews every six months.",
    "oversight_and_views": "The plan moves.",
    "good_practice": "Life story work.",
    "key_learning": "Ask the school earlier.",
}


@pytest.mark.req("SEF-52", "SEF-53", "SEF-54", "SEF-55", "SEF-56")
def test_the_learning_conversation_is_booked_long_enough_whole_and_comes_before_the_outcome_is_final():
    sheet = deep_dive()
    submit(sheet)
    assert sheet.audit.status == "outcome"
    waits = [one.text for one in missing_before_final(sheet.audit, sheet.framework)]
    assert waits[0].startswith("Record the learning conversation with the key worker")
    with pytest.raises(TransitionRefused, match="Record the learning conversation"):
        confirm_outcome(audit=sheet.audit, person=sheet.wyn)
    with pytest.raises(ValidationError) as refused:
        talk(sheet, "key_worker", [sheet.wyn], minutes=None, account=Account(domains=[]))
    assert set(refused.value.message_dict) == {"strengths", "areas", "booked_for", "minutes", "departure"}
    book_conversation(audit=sheet.audit, kind="key_worker", booked_for=clock.today(), person=sheet.ada)
    with pytest.raises(ValidationError) as refused:
        talk(sheet, "key_worker", [sheet.wyn], minutes=40, account=key_worker_account(sheet))
    assert refused.value.message_dict == {"departure": ["Say why it took less than 60 minutes"]}
    shorter = key_worker_account(sheet, departure="Wyn was called to a child.")
    assert talk(sheet, "key_worker", [sheet.wyn], minutes=40, account=shorter).minutes == 40
    record = talk(sheet, "key_worker", [sheet.wyn], account=key_worker_account(sheet))
    assert (record.answers["strengths"], record.answers["areas"]) == ("Seen weekly.", "The plan is late.")
    assert record.answers["domains"] == [one.key for one in sheet.framework.tool(sheet.audit.tool).domains]
    still = [one.text for one in missing_before_final(sheet.audit, sheet.framework)]
    assert still
    assert not any("key worker" in text for text in still)


@pytest.mark.req("SEF-57", "SEF-58", "SEF-60")
def test_those_involved_are_heard_where_they_are_involved_and_managers_where_it_helps():
    sheet = deep_dive()
    talks = {one.key: one for one in conversations_of(sheet.audit, sheet.framework)}
    assert {key: one.is_required for key, one in talks.items()} == {
        "key_worker": True,
        "reviewing_officer": True,
        "team_manager": False,
    }
    with pytest.raises(ValidationError) as refused:
        talk(sheet, "reviewing_officer", [sheet.audit.chair])
    assert set(refused.value.message_dict) == {f"answer_{key}" for key in REVIEWING_OFFICER}
    record = talk(sheet, "reviewing_officer", [sheet.audit.chair], answers=REVIEWING_OFFICER)
    assert record.answers == REVIEWING_OFFICER
    with pytest.raises(ValidationError, match="whom this conversation is for"):
        talk(sheet, "team_manager", [])
    assert talk(sheet, "team_manager", [sheet.mo], notes="Agrees.").participants == [
        sheet.ada.pk,
        sheet.mo.pk,
    ]
    sheet.audit.chair = None
    sheet.audit.save(update_fields=["chair"])
    Conversation.objects.filter(kind="reviewing_officer").delete()
    assert "reviewing_officer" not in {one.key for one in conversations_of(sheet.audit, sheet.framework)}, (
        "nobody reviews this child"
    )


@pytest.mark.req("SEF-62", "SEF-72")
def test_every_domain_and_the_whole_are_graded_apart_by_one_auditor_whom_nobody_waits_for():
    sheet = deep_dive()
    lead = make_person("Qi Lead", "qa_manager")
    domains = [one.key for one in sheet.framework.tool(sheet.audit.tool).domains if one.graded]
    fill_form(sheet.assessment, sheet.framework, "good", **{domains[0]: {"grade": "inadequate"}})
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    sheet.audit.refresh_from_db()
    assert sheet.audit.status == "revealed", "there is nobody to wait for"
    # Nobody else sees the only set of grades before it is submitted.
    assert not standing_of(lead, sheet.audit).sees_grades
    given = {one.domain: one.grade for one in sheet.assessment.judgements.all()}
    assert (given[domains[0]], given[domains[1]], given[""]) == ("inadequate", "good", "good")
    titles = [part.title for part in parts_of(sheet.assessment, standing_of(sheet.ada, sheet.audit))]
    assert titles == [
        "Your judgement",
        "Conversations and the family",
        "What should follow",
        "Lock and submit",
    ]
    assert {one.key for one in family_of(sheet.audit, sheet.framework)} == {"parent_or_carer", "child"}


def ring(sheet: Sheet, who: str, **changed):
    values = {
        "target": "parent_or_carer",
        "spoken_on": clock.today(),
        "mode": "telephone",
        "words": "We are listened to.",
        "help_used": "none needed",
        **changed,
    }
    return record_contact(audit=sheet.audit, who=who, person=sheet.ada, **values)


@pytest.mark.req("SEF-82", "SEF-83", "SEF-84", "SEF-85", "SEF-86", "SEF-87", "SEF-88", "SEF-89")
def test_each_parent_is_rung_in_the_way_they_prefer_without_asking_for_consent_first():
    sheet = deep_dive()
    assert f"Say how the family prefers to be reached: {sheet.audit.reference}" in [
        one.text for one in todo_for(sheet.wyn)
    ]
    with pytest.raises(PermissionDenied):
        record_preference(audit=sheet.audit, target="parent_or_carer", safety={}, person=sheet.audit.chair)
    record_preference(
        audit=sheet.audit,
        target="parent_or_carer",
        safety={"communication_needs": "Polish, by telephone, in the evening."},
        person=sheet.wyn,
    )
    assert Notice.objects.filter(kind="audits.consent_recorded", person=sheet.ada).exists()
    with pytest.raises(ValidationError) as refused:
        ring(sheet, "mother", help_used="")
    assert set(refused.value.message_dict) == {"help_used"}
    mother = ring(
        sheet,
        "mother",
        help_used="Telephone interpreter, Polish",
        answers={"1": "He is calmer.", "other": "Asked what he eats: he cooks."},
    )
    ring(sheet, "father", words="I was not asked.")
    assert len(questions_of(sheet.framework)) == 5
    assert (mother.help_used, mother.answers["other"]) == (
        "Telephone interpreter, Polish",
        "Asked what he eats: he cooks.",
    )
    assert not family_of(sheet.audit, sheet.framework)[1].is_settled
    record_no_contact(audit=sheet.audit, target="child", reason="declined", person=sheet.ada)
    parents, child = family_of(sheet.audit, sheet.framework)
    assert [one.who for one in parents.spoken_to] == ["mother", "father"]
    assert (child.reason.no_contact_reason, child.is_settled) == ("declined", True)


@pytest.mark.req("SEF-90", "SEF-91")
def test_a_familys_concern_that_cannot_wait_is_raised_at_once_and_any_other_becomes_an_action():
    sheet = deep_dive()
    with pytest.raises(ValidationError) as refused:
        ring(sheet, "mother", concern=Concern("after", " "))
    assert set(refused.value.message_dict) == {"worry_text"}
    ring(sheet, "mother", concern=Concern("after", "Nobody rings back."))
    ring(sheet, "mother", concern=Concern("after", "Nobody rings back."))
    (link,) = sheet.audit.action_links.all()
    assert link.action.text == "Answer the concern of the mother: Nobody rings back."
    assert (link.action.owner, link.action.status) == (sheet.mo, "proposed")
    ring(sheet, "father", concern=Concern("at_once", "She is hit."))
    fill_form(sheet.assessment, sheet.framework, "requires_improvement")
    lock_grades(assessment=sheet.assessment, person=sheet.ada)
    with pytest.raises(TransitionRefused) as stopped:
        submit_assessment(assessment=sheet.assessment, person=sheet.ada)
    problem = stopped.value.problems[0]
    assert problem.text == "father named a concern that cannot wait: raise it"
    assert "concern" in problem.href
    raise_concern(
        case=sheet.audit.case,
        raised_by=sheet.ada,
        text="The father says she is hit.",
        about=sheet.audit.reference,
        spoken=SpokenFirst(not_spoken_reason="Nobody answers the telephone."),
    )
    left = [one.text for one in missing_before_submission(sheet.assessment, sheet.framework)]
    assert not any("cannot wait" in text for text in left)


def make_final(sheet: Sheet) -> None:
    """Everything that must come before the outcome is final, and the worker's confirmation."""
    talk(
        sheet,
        "key_worker",
        [sheet.wyn],
        account=key_worker_account(sheet, booked_for=clock.today()),
    )
    excuse_conversation(
        audit=sheet.audit, kind="reviewing_officer", person=sheet.ada, reason="", text="On leave."
    )
    for target in ("parent_or_carer", "child"):
        record_no_contact(audit=sheet.audit, target=target, reason="no_answer", person=sheet.ada)
    confirm_outcome(audit=sheet.audit, person=sheet.wyn)
    sheet.audit.refresh_from_db()


@pytest.mark.req("SEF-113", "SEF-114", "SEF-116")
def test_a_final_audit_reaches_the_managers_tray_and_the_childs_case_note_with_its_actions(client):
    sheet = deep_dive(signs_in=True)
    submit(sheet)
    (due,) = due_after_submission()
    assert due.people == (sheet.ada,)
    with clock.travel(due.due_on):
        remind_auditors()
        remind_auditors()
        said = Notice.objects.get(kind="left_to_record_due", person=sheet.ada)
        assert said.subject == f"{sheet.audit.reference}: what is left to record is due today"
    with clock.travel(clock.now().replace(month=10, day=20)):
        assert finalise_due() == 0, "the conversation is still to be recorded"
    make_final(sheet)
    assert (sheet.audit.status, list(due_after_submission())) == ("final", [])
    filing = FollowUp.objects.get(kind=FollowUpKind.FILING)
    assert (filing.assignee, filing.due_on) == (sheet.ada, date(2026, 10, 12)), "who audited has the form"
    with pytest.raises(ValidationError, match="placed"):
        complete_follow_up(follow_up=filing, person=sheet.ada, answers={})
    copy = f"/a/alder/audits/{sheet.audit.reference}/copy.pdf"
    for person, status in ((sheet.ada, 200), (sheet.mo, 403)):
        client.logout()
        client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
        assert client.get(copy).status_code == status, person.name
    tray = FollowUp.objects.get(kind=FollowUpKind.ACKNOWLEDGE)
    assert (tray.assignee, tray.title) == (sheet.mo, f"Read the feedback of {sheet.audit.reference}")
    assert tray.title in " ".join(one.text for one in todo_for(sheet.mo))
    told = set(Notice.objects.filter(kind="audit_final").values_list("person__name", flat=True))
    assert {"Mo Manager", "Wyn Worker", "Ira Chair"} <= told
    assert case_note_of(sheet.audit, sheet.framework).splitlines() == [
        f"Practice audit {sheet.audit.reference}",
        "This record was audited for quality assurance. The outcome was final on Monday 5 October 2026.",
        "Overall: Requires improvement",
        "Learning conversation with the key worker: Monday 5 October 2026",
        "",
        "Actions",
        "1. Bring the father into the plan (Wyn Worker, by Monday 26 October 2026)",
        "   For the child: Both parents keep her safe",
        "",
        "Copied to: Mo Manager (team manager responsible for the case); "
        "Ira Chair (independent reviewing officer or conference chair); Wyn Worker (allocated worker)",
    ]


def test_an_experienced_auditor_beside_a_new_one_writes_words_and_no_grades():
    sheet = deep_dive()
    old = make_person("Olly Old", "service_manager")
    beside = Assessment.objects.create(
        audit=sheet.audit, slot="paired_auditor", assessor=old, due_on=sheet.audit.due_on
    )
    beside.audit = sheet.audit
    (words, finish) = parts_of(beside, standing_of(old, sheet.audit))
    assert ([one.title for one in words.tasks], finish.title) == (["Overall grade"], "Hand in")
    save_draft(assessment=beside, section="overall", fields={"strengths": "Careful."}, version=0, person=old)
    hand_in(assessment=beside, person=old)
    beside.refresh_from_db()
    assert (beside.status, beside.judgements.get().grade) == ("submitted", "")
    assert grading(sheet.framework, standing_of(old, sheet.audit).assessments) == (sheet.assessment,)
    with pytest.raises(TransitionRefused, match="no grades to lock"):
        lock_grades(assessment=beside, person=old)


@pytest.mark.req("SLO-17", "SLO-18")
def test_the_workers_own_view_stands_beside_the_auditors_and_goes_into_the_copy():
    sheet = make_sheet("slough", role="head_of_service")
    fill_form(sheet.assessment, sheet.framework, "good")
    with pytest.raises(ValidationError) as refused:
        talk(sheet, "worker", [sheet.wyn], mode="video")
    assert set(refused.value.message_dict) == {
        "answer_procedure_followed",
        "answer_child_helped",
        "departure",
    }
    answers = {"procedure_followed": "Yes, but late.", "child_helped": "Yes: he is back at school."}
    record = talk(sheet, "worker", [sheet.wyn], answers=answers, account=Account(view="I was alone with it."))
    assert (record.held_on, record.mode, record.participants) == (
        clock.today(),
        "in_person",
        [sheet.ada.pk, sheet.wyn.pk],
    )
    assert Contribution.objects.get().view == "I was alone with it."
    copy = file_copy_of(sheet.audit, sheet.framework)
    assert [(one.person, one.view) for one in copy.views] == [(sheet.wyn, "I was alone with it.")]
    assert family_of(sheet.audit, sheet.framework) == []


@pytest.mark.req("SLO-112", "SLO-113", "SLO-114", "SLO-115")
@pytest.mark.parametrize(
    ("role", "copied"), [("head_of_service", {"Sana Safe"}), ("practice_manager", set())]
)
def test_feedback_is_acknowledged_stored_and_copied_where_that_post_audited(role, copied):
    sheet = make_sheet("slough", role=role)
    lead = make_person("Sana Safe", "hos_sqa")
    assert Unit.objects.filter(kind="service").exists()
    submit(sheet, "good")
    talk(sheet, "worker", [sheet.wyn], answers={"procedure_followed": "Yes.", "child_helped": "Yes."})
    confirm_outcome(audit=sheet.audit, person=sheet.wyn)
    asked = FollowUp.objects.filter(kind=FollowUpKind.ACKNOWLEDGE).order_by("id")
    assert [(one.assignee.name, one.due_on) for one in asked] == [
        ("Mo Manager", date(2026, 10, 12)),
        ("Wyn Worker", date(2026, 10, 12)),
    ]
    complete_follow_up(follow_up=asked[1], person=sheet.wyn, answers={"read": True}, comment="I agree.")
    assert [one.status for one in asked.all()] == ["open", "done"]
    filing = FollowUp.objects.get(kind=FollowUpKind.FILING)
    assert (filing.title.endswith("on the child’s record"), filing.assignee) == (True, lead)
    copy = file_copy_of(sheet.audit, sheet.framework)
    context = {"copy": copy, "audit": sheet.audit, "council": "Alder", "made_on": clock.today()}
    assert sheet.audit.reference in pdf.html_of("audits/file_copy/copy.html", context), (
        "there is a copy to store"
    )
    with pytest.raises(ValidationError, match="placed"):
        complete_follow_up(follow_up=filing, person=lead, answers={})
    complete_follow_up(follow_up=filing, person=lead, answers={"filed_on": clock.today().isoformat()})
    filing.refresh_from_db()
    assert (filing.status, filing.answers["filed_on"]) == ("done", clock.today().isoformat())
    told = set(Notice.objects.filter(kind="audit_copy").values_list("person__name", flat=True))
    assert told == copied


@pytest.mark.req("SLO-112")
def test_two_who_manage_the_team_are_both_asked_where_the_case_names_neither():
    sheet = make_sheet("slough", role="head_of_service")
    pair = [make_person(name, "practice_manager", unit=sheet.team) for name in ("Pat Pair", "Pia Pair")]
    sheet.audit.manager, sheet.audit.final_at = None, clock.now()
    sheet.audit.save()
    ask_for_acknowledgement(audit=sheet.audit)
    ask_for_acknowledgement(audit=sheet.audit)
    asked = FollowUp.objects.filter(kind=FollowUpKind.ACKNOWLEDGE).values_list("assignee__name", flat=True)
    assert sorted(asked) == sorted([*(one.name for one in pair), "Wyn Worker"])
