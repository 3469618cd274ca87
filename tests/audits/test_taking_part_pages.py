"""The pages of audits that are held together, or by one auditor: what people see, type and are told."""

from datetime import date
from html import unescape

import pytest
from django.test import Client

from audits.models import Appointment, Assessment, Contribution, Conversation, FamilyContact
from audits.services.conversations import Account, book_conversation, hold_conversation
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import authority_scope
from tests.factories.tools import Sheet, fill_form, make_sheet

pytestmark = pytest.mark.usefixtures("frozen")


def signed_in(person: Person) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    return client


def page(client: Client, address: str, code: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == code, (address, answer.status_code)
    return " ".join(unescape(answer.content.decode()).split())


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}_0": str(when.day), f"{name}_1": str(when.month), f"{name}_2": str(when.year)}


@pytest.fixture
def joint(council) -> Sheet:
    with authority_scope(council):
        sheet = make_sheet("west_sussex", role="practice_manager", signs_in=True)
        Assessment.objects.create(
            audit=sheet.audit, slot="practitioner", assessor=sheet.wyn, due_on=date(2026, 10, 30)
        )
    return sheet


@pytest.mark.req("WSX-46", "WSX-47", "WSX-48")
def test_a_joint_audit_from_the_booked_day_to_the_workers_own_words(joint, council):
    ada, wyn = signed_in(joint.ada), signed_in(joint.wyn)
    audit = f"/a/alder/audits/{joint.audit.reference}"
    assert "Book a day" in page(ada, f"{audit}/")
    wrong = ada.post(f"{audit}/conversations/stage_1/book/", day("booked_for", date(2026, 10, 1)))
    assert "The day must be today or later" in unescape(wrong.content.decode())
    ada.post(f"{audit}/conversations/stage_1/book/", day("booked_for", clock.today()) | {"time": "10am"})
    with authority_scope(council):
        assert Appointment.objects.get().booked_time == "10am"
    mine = page(wyn, f"{audit}/")
    assert "Booked for Monday 5 October 2026" in mine
    assert "Your part: practitioner's self-assessment" in mine
    # The worker writes, gives no grade, and hands in.
    part = page(wyn, f"{audit}/part/practitioner/")
    assert "never count" in part
    assert "Lock your grades" not in part
    section = f"{audit}/part/practitioner/section/overall/"
    assert "Overall grade" in page(wyn, section)
    wyn.post(section, {"version": "0", "strengths": "Kingfisher words", "then": "later"})
    assert "Kingfisher" not in page(ada, f"{audit}/part/auditor/section/overall/")
    assert wyn.post(f"{audit}/part/practitioner/hand-in/").status_code == 302
    assert "Kingfisher words" in page(ada, f"{audit}/part/auditor/section/overall/")
    # The session is today: the worker sees what Ada writes, as she writes it.
    ada.post(
        f"{audit}/part/auditor/section/overall/", {"version": "0", "evidence": "Heron words", "grade": "good"}
    )
    grown = page(wyn, f"{audit}/together/")
    assert "Heron words" in grown
    assert "Good" in grown
    typed = {
        **day("held_on", clock.today()),
        "status": "held",
        "mode": "in_person",
        "minutes": "75",
        "participants": [str(joint.ada.pk), str(joint.wyn.pk)],
        "strengths": "Seen weekly.",
        "worker_agrees": "yes",
        f"learning_{joint.wyn.pk}": "Ask the father.",
    }
    refused = ada.post(f"{audit}/conversations/stage_1/", typed)
    assert "Enter the areas that need attention" in unescape(refused.content.decode())
    assert "Ask the father." in refused.content.decode(), "nothing typed is lost"
    assert ada.post(f"{audit}/conversations/stage_1/", typed | {"areas": "None."}).status_code == 302
    own = f"{audit}/conversations/stage_1/own-words/"
    assert "Ada Auditor wrote this down for you" in page(wyn, own)
    wyn.post(own, {"view": "Fair, and hard.", "learning": "I ask every father."})
    with authority_scope(council):
        said = Contribution.objects.get(person=joint.wyn)
        assert (said.view, said.written_by_id) == ("Fair, and hard.", joint.wyn.pk)
    for reader in (ada, wyn):
        text = page(reader, f"{audit}/")
        assert "Fair, and hard." in text
        assert "The worker agrees with the strengths and areas written down." in text
    assert page(signed_in(joint.mo), own, 403)


def test_a_self_assessment_is_left_out_with_a_reason_by_worker_or_auditor_only(joint, council):
    ada, mo = signed_in(joint.ada), signed_in(joint.mo)
    audit = f"/a/alder/audits/{joint.audit.reference}"
    excuse = f"{audit}/left-out/practitioner/"
    assert page(mo, excuse, 403)
    assert "Go on without Wyn Worker’s self-assessment?" in page(ada, excuse)
    assert "Not given yet" in page(ada, f"{audit}/")
    waits = page(ada, f"{audit}/conversations/stage_1/")
    assert "Practitioner's self-assessment: not given yet" in waits
    ada.post(excuse, {"reason": "On leave."})
    about = page(ada, f"{audit}/")
    assert "Not given, with a reason" in about
    assert "On leave." in about
    assert ada.get(excuse).status_code == 302


@pytest.mark.req("SEF-85", "SEF-86", "SEF-88", "SEF-89", "SEF-90")
def test_the_call_to_a_family_is_prepared_recorded_and_leads_straight_to_an_urgent_concern(council):
    with authority_scope(council):
        sheet = make_sheet("sefton", role="practice_improvement_manager", chair="iro", signs_in=True)
    ada, wyn = signed_in(sheet.ada), signed_in(sheet.wyn)
    audit = f"/a/alder/audits/{sheet.audit.reference}"
    family = page(wyn, f"{audit}/family/")
    assert "without asking for consent beforehand" in family
    preference = f"{audit}/family/parent_or_carer/preference/"
    assert "How do they prefer to communicate?" in page(wyn, preference)
    refused = wyn.post(preference, {"safe_number": "07700 900123"})
    assert "Enter how they prefer to communicate" in unescape(refused.content.decode())
    wyn.post(preference, {"communication_needs": "Polish", "safe_number": "07700 900123"})
    call = f"{audit}/family/parent_or_carer/"
    before = page(ada, call)
    assert "Polish" in before
    for question in ("What has changed for you?", "Are you listened to?"):
        assert question in before
    assert "What you asked in other words, or beside these questions" in before
    typed = {
        **day("spoken_on", clock.today()),
        "spoken": "yes",
        "who": "mother",
        "mode": "telephone",
        "words": "He hits her.",
        "worry": "at_once",
        "worry_text": "He hits her.",
    }
    refused = ada.post(call, typed)
    assert "Enter what helped them to talk with you" in unescape(refused.content.decode())
    answer = ada.post(call, typed | {"help_used": "Interpreter by telephone"})
    assert (answer.status_code, "concern" in answer["Location"]) == (302, True)
    with authority_scope(council):
        contact = FamilyContact.objects.get()
        assert (contact.help_used, contact.worry) == ("Interpreter by telephone", "at_once")


@pytest.mark.parametrize(("name", "role"), [("durham", "operations_manager"), ("slough", "head_of_service")])
def test_where_the_family_is_not_asked_within_the_audit_no_page_speaks_of_it(council, name, role):
    with authority_scope(council):
        sheet = make_sheet(name, role=role, signs_in=True)
    ada = signed_in(sheet.ada)
    audit = f"/a/alder/audits/{sheet.audit.reference}"
    page(ada, f"{audit}/family/", 404)
    for address in (f"{audit}/", f"{audit}/part/auditor/"):
        text = page(ada, address)
        assert "The family" not in text
        assert "and the family" not in text


@pytest.mark.req("SLO-17", "SLO-18")
def test_a_conversation_can_be_recorded_after_submission_until_the_outcome_is_final(council):
    with authority_scope(council):
        sheet = make_sheet("slough", role="head_of_service", signs_in=True)
        book_conversation(audit=sheet.audit, kind="worker", booked_for=clock.today(), person=sheet.ada)
        fill_form(sheet.assessment, sheet.framework, "good")
        Assessment.objects.filter(audit=sheet.audit).update(no_action_reason="None.")
    ada = signed_in(sheet.ada)
    audit = f"/a/alder/audits/{sheet.audit.reference}"
    talk = f"{audit}/conversations/worker/"
    ada.post(talk, {"version": "0", "notes": "Typed before."}, headers={"X-Requested-With": "autosave"})
    assert "Nobody else sees them before you submit" in page(ada, f"{audit}/part/auditor/")
    ada.post(f"{audit}/part/auditor/lock/")
    ada.post(f"{audit}/part/auditor/submit/")
    assert "Typed before." in page(ada, talk), "submitting loses nothing that is still to be recorded"
    typed = {
        **day("held_on", clock.today()),
        "status": "held",
        "mode": "in_person",
        "participants": [str(sheet.ada.pk), str(sheet.wyn.pk)],
        "answer_procedure_followed": "Yes.",
        "view": "I was alone with it.",
    }
    saved = ada.post(talk, typed | {"version": "1"}, headers={"X-Requested-With": "autosave"})
    assert saved.status_code == 200, "what is typed is kept after submission too"
    refused = ada.post(talk, typed)
    assert "Enter an answer to “Was the child helped" in unescape(refused.content.decode())
    assert ada.post(talk, typed | {"answer_child_helped": "Yes."}).status_code == 302
    with authority_scope(council):
        assert Conversation.objects.get().answers["child_helped"] == "Yes."
    assert "I was alone with it." in page(signed_in(sheet.wyn), f"{audit}/")


def test_the_case_note_is_for_those_who_place_audits_on_record_and_the_auditors(council):
    with authority_scope(council):
        sheet = make_sheet("durham", role="operations_manager", signs_in=True)
        fill_form(sheet.assessment, sheet.framework, "good")
        hold_conversation(
            audit=sheet.audit,
            kind="session",
            person=sheet.ada,
            held_on=clock.today(),
            mode="in_person",
            participants=[sheet.ada.pk, sheet.wyn.pk],
            account=Account(booked_for=clock.today()),
        )
        Assessment.objects.filter(audit=sheet.audit).update(no_action_reason="None.")
    ada, wyn = signed_in(sheet.ada), signed_in(sheet.wyn)
    audit = f"/a/alder/audits/{sheet.audit.reference}"
    ada.post(f"{audit}/part/auditor/lock/")
    ada.post(f"{audit}/part/auditor/submit/")
    page(ada, f"{audit}/case-note/", 404)
    wyn.post(f"{audit}/facts/confirm/")
    text = page(ada, f"{audit}/case-note/")
    assert f"Practice audit {sheet.audit.reference}" in text
    assert "The audit led to no action." in text
    page(wyn, f"{audit}/case-note/", 403)
    page(ada, f"{audit}/part/auditor/hand-in/", 302)
