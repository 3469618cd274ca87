"""The pages of an audit, with and without scripts, for those with a part in it and those without."""

import re

import pytest
from django.utils.html import escape

from audits.enums import AuditStatus
from audits.frameworks import loader
from audits.frameworks.services import keep_in_step
from audits.models import Assessment, Conversation, FamilyContact, SectionDraft
from qaf.tenants.models import ReadEvent
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from tests.factories import assessments as made
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def cast(council):
    with authority_scope(council):
        cast = made.make_cast(signs_in=True)
        keep_in_step()
        return cast


@pytest.fixture
def audit(cast, council):
    with authority_scope(council):
        return made.make_audit(cast)


@pytest.fixture
def as_(client):
    def enter(person):
        client.logout()
        client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
        return client

    return enter


def at(audit, page=""):
    return f"/a/alder/audits/{audit.reference}/{page}"


def typed(text, version=0, **fields):
    return {"version": version, "strengths": text, **fields}


def autosave(client, audit, text, version, section="assessments"):
    address = at(audit, f"part/lead/section/{section}/save/")
    return client.post(address, typed(text, version), headers={"X-Requested-With": "autosave"})


def test_words_are_saved_as_typed(audit, cast, council, as_):
    answer = autosave(as_(cast.lena), audit, "Clear analysis.", 0)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    with authority_scope(council):
        draft = SectionDraft.objects.get()
    assert (draft.section, draft.fields) == ("assessments", {"strengths": "Clear analysis."})
    assert answer.json()["saved_at"] == draft.saved_at.isoformat()


def test_the_second_window_gets_409_with_the_other_windows_words(audit, cast, as_):
    client = as_(cast.lena)
    autosave(client, audit, "First window.", 0)
    answer = autosave(client, audit, "Second window.", 0)
    assert answer.status_code == 409
    assert (answer.json()["version"], answer.json()["theirs"]["strengths"]) == (1, "First window.")


def test_a_grade_that_the_framework_does_not_have_is_not_saved(audit, cast, council, as_):
    address = at(audit, "part/lead/section/assessments/save/")
    answer = as_(cast.lena).post(address, typed("x", grade="excellent"))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["grade"])
    with authority_scope(council):
        assert not SectionDraft.objects.exists()


def test_without_scripts_both_texts_are_shown_and_the_own_one_stays_in_the_box(audit, cast, council, as_):
    client = as_(cast.lena)
    page = at(audit, "part/lead/section/assessments/")
    assert client.post(page, typed("First window.")).status_code == 302
    answer = client.post(page, typed("Second window."))
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "First window." in body
    assert ">Second window.</textarea>" in body.replace("\n", "")
    assert client.post(page, typed("First and second window.", 1)).status_code == 302
    with authority_scope(council):
        assert SectionDraft.objects.get().fields["strengths"] == "First and second window."


def test_saving_goes_on_to_the_next_section_or_back_to_the_list(audit, cast, as_):
    client, page = as_(cast.lena), at(audit, "part/lead/section/voice_of_child/")
    assert client.post(page, typed("a")).url == at(audit, "part/lead/section/assessments/")
    assert client.post(page, typed("b", 1, then="later")).url == at(audit, "part/lead/")


@pytest.mark.req("HER-05", "HER-06")
def test_prompts_and_every_grades_descriptors_stand_beside_the_answer(audit, cast, as_):
    body = as_(cast.lena).get(at(audit, "part/lead/section/voice_of_child/")).content.decode()
    voice = loader.builtin("herefordshire").domain("voice_of_child")
    for line in (*voice.prompts, *(line for lines in voice.descriptors.values() for line in lines)):
        assert escape(line) in body
    assert "Practice Standards" in body


def test_an_overall_grade_far_from_the_domains_is_pointed_out_once_and_not_forbidden(
    audit, cast, council, as_
):
    with authority_scope(council):
        made.fill(made.assessment_of(audit, "lead"), "good")
    client, page = as_(cast.lena), at(audit, "part/lead/section/overall/")
    far = {"version": 1, "evidence": "One event.", "grade": "inadequate"}
    answer = client.post(page, far, follow=True)
    assert "middle of the domains is Good" in answer.content.decode()
    again = client.post(page, {**far, "version": 2, "x_warning_reason": "The child was hurt."})
    assert again.url == at(audit, "part/lead/")
    assert client.post(at(audit, "part/lead/lock/")).status_code == 302
    with authority_scope(council):
        overall = made.assessment_of(audit, "lead").judgements.get(domain="")
    assert (overall.grade, overall.extra) == ("inadequate", {"warning_reason": "The child was hurt."})


def test_locking_too_early_lists_what_is_missing_with_links(audit, cast, as_):
    answer = as_(cast.lena).post(at(audit, "part/lead/lock/"))
    assert answer.status_code == 422
    assert f'href="{at(audit, "part/lead/section/voice_of_child/")}"' in answer.content.decode()


@pytest.mark.req("HER-23", "HER-25")
def test_auditors_read_what_they_locked_to_talk_from_it_and_nothing_of_each_others(audit, cast, council, as_):
    client, page = as_(cast.lena), at(audit, "part/lead/written/")
    assert client.get(page).url == at(audit, "part/lead/"), "nothing is locked yet"
    with authority_scope(council):
        made.lock(audit, "lead", "good", mark="She chose the colour.")
        made.lock(audit, "peer", "inadequate", mark="Nobody asked her.")
    parts = client.get(at(audit, "part/lead/")).content.decode()
    assert f'href="{page}#voice_of_child"' in parts
    body = client.get(page).content.decode()
    assert ('id="voice_of_child"' in body, "She chose the colour." in body, "Good" in body) == (True,) * 3
    assert ("Nobody asked her." in body, "Inadequate" in body) == (False, False)
    assert client.get(at(audit, "part/peer/written/")).status_code == 403


@pytest.mark.req(
    "HER-19", "HER-20", "HER-21", "HER-22", "HER-23", "HER-24", "HER-25", "HER-29", "HER-30", "HER-32"
)
def test_two_auditors_and_a_worker_take_an_audit_to_its_end_in_the_browser(audit, cast, council, as_):
    with authority_scope(council):
        for slot in ("lead", "peer"):
            made.fill(made.assessment_of(audit, slot))
    day = {"0": "5", "1": "10", "2": "2026"}
    asked, held = ({f"{name}_{part}": text for part, text in day.items()} for name in ("asked_on", "held_on"))
    worker = as_(cast.wyn)
    page = at(audit, "family/parent_or_carer/consent/")
    assert worker.post(page, {"consent": "yes", "safe_number": "07700 900123", **asked}).status_code == 302
    assert worker.post(at(audit, "family/child/consent/"), {"consent": "no", **asked}).status_code == 302
    peer = as_(cast.petra)
    spoken = {f"spoken_on_{part}": text for part, text in day.items()}
    said = {"spoken": "yes", "who": "mother", "mode": "telephone", "words": "They listen.", **spoken}
    assert peer.post(at(audit, "family/parent_or_carer/"), said).status_code == 302
    assert peer.post(at(audit, "family/child/"), {"no_contact_reason": "consent_refused"}).status_code == 302
    talk = {"status": "held", "mode": "in_person", "minutes": "50", "worker_agrees": "yes", **held}
    assert peer.post(at(audit, "conversations/worker_discussion/"), talk).status_code == 200, "with whom?"
    ticked = re.findall(r'name="participants"[^>]*value="(\d+)"[^>]*checked', page_of(peer, audit))
    assert ticked == [str(cast.petra.pk), str(cast.wyn.pk)], "those the framework expects"
    talk["participants"] = ticked
    assert peer.post(at(audit, "conversations/worker_discussion/"), talk).status_code == 302
    assert peer.post(at(audit, "part/peer/lock/")).status_code == 302
    lead = as_(cast.lena)
    assert lead.post(at(audit, "part/lead/lock/")).status_code == 302
    talk = {"mode": "video", "participants": [str(cast.lena.pk), str(cast.petra.pk)], **held}
    assert lead.post(at(audit, "conversations/lead_peer/"), talk).status_code == 200, "what came out of it?"
    talk["notes"] = "We read different months."
    assert lead.post(at(audit, "conversations/lead_peer/"), talk).url == at(audit, "grades/")
    due = {"due_on_0": "1", "due_on_1": "11", "due_on_2": "2026"}
    action = {"form": "action", "text": "Invite the father.", "owner": str(cast.wyn.pk), **due}
    for _ in range(2):
        assert lead.post(at(audit, "part/lead/actions/"), action).status_code == 302
    assert lead.post(at(audit, "part/lead/submit/")).status_code == 302
    assert as_(cast.petra).post(at(audit, "part/peer/submit/")).status_code == 302
    with authority_scope(council):
        audit.refresh_from_db()
        assert audit.status == AuditStatus.OUTCOME
        assert audit.action_links.count() == 1
        assert set(Assessment.objects.values_list("status", flat=True)) == {"submitted"}
        assert Conversation.objects.count() == 2
        assert FamilyContact.objects.count() == 2
    body = as_(cast.wyn).get(at(audit)).content.decode()
    assert "Not final yet" in body
    assert "They listen." in body
    assert "Held on Monday 5 October 2026, 50 minutes, with Petra Peer and Wyn Worker" in " ".join(
        body.split()
    )
    assert "We read different months." in body


def page_of(client, audit):
    return client.get(at(audit, "conversations/worker_discussion/")).content.decode()


PAGES = (
    "",
    "grades/",
    "family/",
    "immediate-change/",
    "part/lead/",
    "part/peer/",
    "conversations/worker_discussion/",
)


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        ("lena", (200, 302, 200, 200, 200, 403, 403)),
        ("petra", (200, 302, 200, 200, 403, 200, 200)),
        ("wyn", (200, 302, 200, 403, 403, 403, 403)),
        ("sam", (200, 302, 403, 200, 403, 403, 403)),
        ("ivor", (200, 302, 403, 403, 403, 403, 403)),
        ("quinn", (200, 302, 403, 403, 403, 403, 403)),
        ("stranger", (403,) * 7),
    ],
)
def test_everybody_opens_their_own_pages_and_no_others(audit, cast, as_, who, answers):
    client = as_(getattr(cast, who))
    assert tuple(client.get(at(audit, page)).status_code for page in PAGES) == answers


def test_a_reference_the_council_does_not_have_is_not_found(audit, cast, as_):
    assert as_(cast.quinn).get("/a/alder/audits/ALD-2026-9999/").status_code == 404


def test_somebody_from_another_council_finds_nothing(audit, other_council, as_):
    with authority_scope(other_council):
        bob = make_person("Bob Birch", signs_in=True)
    assert {as_(bob).get(at(audit, page)).status_code for page in PAGES} == {404}


def test_a_restricted_record_is_opened_only_by_those_cleared_and_whoever_works_with_the_child(
    audit, cast, council, as_
):
    with authority_scope(council):
        audit.case.restricted = True
        audit.case.save(update_fields=["restricted"])
        cast.petra.cleared_for_restricted = True
        cast.petra.save(update_fields=["cleared_for_restricted"])
    seen = {
        name: as_(getattr(cast, name)).get(at(audit)).status_code
        for name in ("lena", "petra", "wyn", "quinn")
    }
    assert seen == {"lena": 403, "petra": 200, "wyn": 200, "quinn": 200}


def test_every_look_at_an_audit_is_logged(audit, cast, council, as_):
    as_(cast.sam).get(at(audit))
    with authority_scope(council):
        look = ReadEvent.objects.get(subject="audit")
    assert (look.person_id, look.subject_id) == (cast.sam.pk, audit.pk)


def test_what_each_has_to_do_follows_the_audit(audit, cast, council):
    def texts(person):
        return [item.text for item in todo_for(person) if audit.reference in item.text]

    ref = audit.reference
    with authority_scope(council):
        assert texts(cast.lena) == [f"Begin your audit: {ref}"]
        assert texts(cast.wyn) == [
            f"Ask the family whether they agree to be contacted: {ref}",
            f"Talk your work through with Petra Peer: {ref}",
        ]
        made.lock(audit, "lead")
        assert texts(cast.lena) == [f"Your grades are locked: see what is left to do: {ref}"]
        made.lock(audit, "peer")
        assert texts(cast.petra) == [f"Talk with the other auditor and record it: {ref}"]
        made.discuss(audit, cast.petra)
        made.talk_with_worker(audit)
        made.settle_family(audit)
        assert texts(cast.wyn) == []
        assert texts(cast.lena) == [f"Look at the grades and submit your audit: {ref}"]
        made.submit(audit, "lead")
        assert texts(cast.lena) == []


def test_the_list_of_my_audits_costs_the_same_for_one_and_for_six(
    audit, cast, council, as_, django_assert_max_num_queries, django_assert_num_queries
):
    client = as_(cast.lena)
    client.get("/a/alder/audits/")
    with django_assert_max_num_queries(25) as first:
        client.get("/a/alder/audits/")
    with authority_scope(council):
        for number in range(5):
            made.make_audit(cast, local_id=f"000500{number}")
    with django_assert_num_queries(len(first)):
        assert client.get("/a/alder/audits/").content.decode().count("ALD-2026-") >= 6


def test_the_urgent_concern_is_one_press_away_from_every_page(audit, cast, as_):
    client = as_(cast.petra)
    for page in (
        "",
        "part/peer/",
        "part/peer/section/overall/",
        "part/peer/lock/",
        "family/",
        "family/child/",
    ):
        body = client.get(at(audit, page)).content.decode()
        assert f"/a/alder/follow-up/concerns/raise/{audit.case_id}/?audit={audit.reference}" in body
        assert "does not replace a referral" in body


def test_the_due_day_and_the_days_left_stand_on_the_auditors_list(audit, cast, as_):
    body = as_(cast.lena).get(at(audit, "part/lead/")).content.decode()
    assert "Monday 26 October 2026" in body
    assert "due in 15 working days" in body


def test_what_is_sent_twice_happens_once(audit, cast, council, as_):
    with authority_scope(council):
        made.lock(audit, "lead")
        made.lock(audit, "peer")
    client = as_(cast.lena)
    talk = {"mode": "video", "held_on_0": "5", "held_on_1": "10", "held_on_2": "2026"}
    talk |= {"participants": [str(cast.petra.pk)], "notes": "We read different months."}
    finding = {"text": "No interpreter service at weekends."}
    for _ in range(2):
        assert client.post(at(audit, "conversations/lead_peer/"), talk).url == at(audit, "grades/")
        assert client.post(at(audit, "part/lead/wider-findings/"), finding).status_code == 302
    with authority_scope(council):
        assert Conversation.objects.count() == 1
        found = audit.wider_findings.get()
    for _ in range(2):
        assert client.post(at(audit, f"part/lead/wider-findings/{found.pk}/remove/")).status_code == 302
    with authority_scope(council):
        assert not audit.wider_findings.exists()


@pytest.mark.req("HER-48")
def test_a_manager_records_what_was_changed_at_once(audit, cast, council, as_):
    change = {
        "text": "Visits are weekly from today.",
        "made_on_0": "5",
        "made_on_1": "10",
        "made_on_2": "2026",
    }
    assert as_(cast.sam).post(at(audit, "immediate-change/"), change).status_code == 302
    assert as_(cast.ivor).post(at(audit, "immediate-change/"), change).status_code == 403
    with authority_scope(council):
        recorded = audit.immediate_changes.get()
    assert (recorded.text, recorded.recorded_by_id) == ("Visits are weekly from today.", cast.sam.pk)


@pytest.mark.req("HER-40")
def test_an_action_cannot_be_proposed_beyond_the_frameworks_last_day(audit, cast, council, as_):
    late = {"form": "action", "text": "Meet the father.", "owner": str(cast.wyn.pk)}
    answer = as_(cast.lena).post(
        at(audit, "part/lead/actions/"), {**late, "due_on_0": "1", "due_on_1": "6", "due_on_2": "2027"}
    )
    assert "on or before Tuesday 5 January 2027" in answer.content.decode()
    with authority_scope(council):
        assert not audit.action_links.exists()


def test_an_auditor_who_knows_the_family_gives_the_audit_away(audit, cast, council, as_):
    client = as_(cast.petra)
    assert client.get(at(audit, "part/peer/known-family/")).status_code == 200
    assert client.post(at(audit, "part/peer/known-family/")).url == "/a/alder/audits/"
    assert client.get(at(audit, "part/peer/")).status_code == 403


def test_a_conversation_is_saved_as_typed_resumed_and_dropped_once_recorded(audit, cast, council, as_):
    client, page = as_(cast.petra), at(audit, "conversations/worker_discussion/")
    words = {"version": "0", "status": "held", "notes": "Half a sent", "held_on_0": "5", "held_on_1": "10"}
    answer = client.post(page, words, headers={"X-Requested-With": "autosave"})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    body = client.get(page).content.decode()
    assert "Half a sent</textarea>" in body
    other = client.post(page, words | {"notes": "Other"}, headers={"X-Requested-With": "autosave"})
    assert (other.status_code, other.json()["theirs"]["notes"]) == (409, "Half a sent")
    with authority_scope(council):
        assert not Conversation.objects.exists()
        made.lock(audit, "peer")
        assert [one.section for one in SectionDraft.objects.all()] == ["notes:worker_discussion"]
    whole = {
        **words,
        "held_on_2": "2026",
        "mode": "video",
        "worker_agrees": "yes",
        "participants": [str(cast.wyn.pk)],
        "notes": "A whole sentence.",
    }
    assert client.post(page, whole).status_code == 302
    with authority_scope(council):
        assert Conversation.objects.get().notes == "A whole sentence."
        assert not SectionDraft.objects.exists()


def test_what_the_family_said_is_saved_as_typed_without_consent_being_passed_over(audit, cast, council, as_):
    client, page = as_(cast.petra), at(audit, "family/child/")
    answer = client.post(
        page, {"version": "0", "words": "She is kind."}, headers={"X-Requested-With": "autosave"}
    )
    assert answer.status_code == 200
    with authority_scope(council):
        assert SectionDraft.objects.get().fields == {}
        assert not FamilyContact.objects.exists()
