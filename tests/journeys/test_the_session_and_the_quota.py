"""Audits held with the practitioner and their quarter’s session; audits by quota and the meeting on their standards."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from audits.models import Audit, CaseChoice, SectionDraft
from audits.selectors.asked import MARK
from moderation.models import Meeting, Moderation
from moderation.services.panels import give_view
from tests.factories.tools import fill_form
from tests.golden.play import confirm, do_audit
from tests.journeys.running import running_site
from tests.journeys.towns import refuse, settle, stranger_of

pytestmark = pytest.mark.journey
HELD, SESSION = date(2026, 10, 8), date(2027, 1, 4)
WRITTEN, MEETING = date(2026, 10, 12), date(2026, 11, 2)


@pytest.fixture(scope="module")
def site(django_db_blocker, tmp_path_factory):
    """A site without a worker: each council's calendar moves when the test says so."""
    with running_site(tmp_path_factory.mktemp("site"), django_db_blocker, purpose="towns") as site:
        site.start_web()
        yield site


def audit_of(place, reference: str) -> Audit:
    with place.inside():
        return Audit.objects.select_related("worker", "manager").get(reference=reference)


def grade_of(place, audit: Audit) -> str:
    with place.inside():
        return audit.grades.get(domain="").grade


def sections_of(place, audit: Audit) -> list[tuple[str, str]]:
    """Each section of the tool with the word of the grade that it was given."""
    with place.inside():
        given = dict(audit.grades.values_list("domain", "grade"))
    names = place.town.framework.names
    return [(one.title, names.grade(given[one.key])) for one in place.town.framework.main_tool.domains]


# Held with the practitioner, and looked at by the quarter's session


@pytest.mark.req("DUR-80", "DUR-86", "DUR-88", "DUR-89", "DUR-90")
def test_an_audit_is_held_with_the_practitioner_and_the_quarters_session_changes_a_grade(site, tab, looks):
    place = settle(site, "elder", "durham", months=("2026-10",), children_in_a_team=3)
    with place.on(date(2026, 10, 5)):
        generous, held, *_ = place.audits("2026-10")
        do_audit(generous, "outstanding")
        confirm(generous)
        part = held.assessments.select_related("assessor").get()
        fill_form(part, place.town.framework)
    auditor, worker = tab(part.assessor), tab(held.worker)
    book_the_session(place, held, auditor, worker)
    mark_the_statements(place, held, auditor)
    with place.on(HELD, 11):
        hold_the_session(place, held, auditor, worker)
        confirm(held)
    with place.on(SESSION):
        session = Meeting.objects.select_related("chair").get()
        looked_at = Moderation.objects.select_related("moderator").get(audit=generous)
    chair = tab(session.chair)
    moderator = chair if looked_at.moderator == session.chair else tab(looked_at.moderator)
    change_the_grade(place, generous, moderator)
    issue_the_feedback(place, chair, tab(place.town.one("head_of_service")))
    refuse(tab(stranger_of("quince")), looks, place.home, at_least=14)
    assert looks.faults == []


def book_the_session(place, held, auditor, worker):
    """The day is agreed and the worker invited; what is written is not theirs to read before that day."""
    auditor.open(place.home)
    auditor.follow(re.compile(held.reference))
    auditor.follow(re.compile("Session with the practitioner"))
    auditor.follow("Book a day and invite everybody")
    auditor.press("Save and invite")
    auditor.reads("There is a problem")
    auditor.date("Which day", HELD)
    auditor.fill("Time", "10am")
    auditor.choose("In person")
    auditor.press("Save and invite")
    auditor.reads("Booked for Thursday 8 October 2026")
    worker.open(place.home)
    worker.follow(re.compile(f"Talk your work through with .*{held.reference}"))
    worker.reads("Booked for Thursday 8 October 2026, 10am")
    early = worker.page.request.get(f"{place.home}audits/{held.reference}/together/")
    assert early.status == 403


def mark_the_statements(place, held, auditor):
    """Marks stand beside the answer; one that says a statement does not apply needs its reason before locking."""
    own = f"{place.home}audits/{held.reference}/part/auditor/"
    auditor.open(f"{own}section/basic_information/")
    auditor.page.get_by_text("Mark the statements").click()
    auditor.page.get_by_label("Recording is up to date").select_option(label="Met")
    auditor.page.get_by_label("Recording is brief and analytical").select_option(label="Does not apply")
    auditor.choose("Requires improvement")
    auditor.press("Save and continue")
    auditor.open(f"{own}lock/")
    auditor.reads("Basic information: say why some statements do not apply")
    auditor.follow(re.compile("say why some statements do not apply"))
    auditor.fill("Why do some statements not apply?", "Nothing was recorded in this time.")
    auditor.press("Save and continue")
    with place.inside():
        kept = SectionDraft.objects.get(assessment__audit=held, section="basic_information").fields
    assert (kept[f"{MARK}bi1"], kept[f"{MARK}bi2"], kept["grade"]) == (
        "met",
        "not_applicable",
        "requires_improvement",
    )


def hold_the_session(place, held, auditor, worker):
    """Both look at it together; what the worker says stands in the worker's words; then it is submitted."""
    base = f"{place.home}audits/{held.reference}/"
    worker.open(base)
    worker.follow("The audit as it stands")
    worker.reads("Visits of May and June.")
    auditor.open(f"{base}conversations/session/")
    auditor.choose("Yes", group="Was the conversation held?")
    auditor.date("When was it held?", HELD)
    auditor.fill_the_rest(HELD, "Grandmother is the safe person.")
    auditor.press("Save", exact=True)
    auditor.reads("The conversation is recorded")
    worker.open(f"{base}conversations/session/own-words/")
    worker.fill("What you think of this work and of the audit", "I would ask the father sooner.")
    worker.press("Save", exact=True)
    worker.reads("Your words stand beside the audit")
    auditor.open(f"{base}part/auditor/lock/")
    auditor.press("Lock my grades")
    auditor.open(f"{base}part/auditor/actions/")
    auditor.fill("Why is no action needed?", "Nothing to change.")
    auditor.press("Save", exact=True)
    auditor.open(f"{base}part/auditor/submit/")
    auditor.press("Submit my audit")
    auditor.reads("is submitted. Thank you.")
    auditor.reads("I would ask the father sooner.")


def change_the_grade(place, generous, moderator):
    """What good looks like stands beside each grade; a changed grade is not taken without its reason, a kept one is."""
    decide = f"{place.home}moderation/{generous.reference}/decide/"
    moderator.open(place.home)
    moderator.page.locator(f"main a[href*='{generous.reference}']").first.click()
    moderator.reads("Graded Outstanding, which the session always looks at")
    moderator.open(decide)
    moderator.reads("What good practice looks like: Basic information")
    moderator.choose("Good", group=re.compile("overall grade: your"))
    for title, grade in sections_of(place, generous):
        moderator.choose(grade, group=f"{title}: your grade")
    moderator.press("Save and check")
    moderator.press("Submit your decision")
    moderator.reads("Give the reason for the grade: Overall")
    assert grade_of(place, generous) == "outstanding"
    moderator.open(decide)
    overall = moderator.page.get_by_role("group", name=re.compile("overall grade: your"))
    expect(overall.get_by_role("radio", name="Good")).to_be_checked()
    moderator.fill("Why?", "Good is met; nothing lasting beyond it.", exact=True)
    moderator.press("Save and check")
    moderator.press("Submit your decision")
    moderator.reads("is made. Thank you.")
    assert grade_of(place, generous) == "good"


def issue_the_feedback(place, chair, head):
    """The chair records who came and issues the feedback; the board's members read it from their notice."""
    chair.open(place.home)
    chair.follow("Hold the consistency session")
    chair.follow("Record the meeting")
    chair.press("Record the meeting")
    chair.reads("There is a problem")
    chair.fill_the_rest(SESSION, "Outstanding was given where good was met.")
    chair.press("Record the meeting")
    chair.reads("The meeting is recorded")
    chair.follow("Feedback, and who received it")
    chair.fill("What did the session find?", "Read the meanings of the grades first.")
    chair.press("Issue the feedback")
    chair.reads("Collaborative evaluation audit group")
    chair.reads(place.town.one("service_improvement_manager").name)
    head.open(f"{place.home}notices/")
    head.press("What the consistency session found")
    head.reads("Read the meanings of the grades first.")


# By quota, and looked at by the month's meeting


@pytest.mark.req("SLO-74", "SLO-75", "SLO-76", "SLO-81", "SLO-82", "SLO-111", "SLO-112", "SLO-113")
@pytest.mark.req("SLO-117", "SLO-118", "SLO-127", "SLO-128", "SLO-129", "SLO-147", "SLO-148")
def test_a_manager_chooses_a_case_and_the_months_meeting_concludes_on_standards(site, tab, looks):
    place = settle(site, "rowan", "slough", months=("2026-10",), children_in_a_team=5)
    town = place.town
    manager, quality = tab(town.holder("practice_manager", "Ash 1")), tab(town.one("hos_sqa"))
    with place.on(date(2026, 10, 1)):
        choose_a_case(place, manager)
    with place.on(WRITTEN):
        chosen, *_ = [one for one in place.audits("2026-10") if one.origin == "auditor_choice"]
        of_head, *_ = [
            one
            for one in place.audits("2026-10")
            if one.manager == chosen.manager and is_of(one, "Head of Service of")
        ]
        do_audit(chosen, "good")
        do_audit(of_head, "inadequate", action="Write the chronology")
        head, worker = of_head.assessments.get().assessor, of_head.worker
    see_who_has_done_theirs(place, quality)
    practitioner = tab(worker)
    confirm_what_follows(place, {"file": tab(head), "worker": practitioner, "manager": manager})
    check_every_child(place, manager)
    with place.inside():
        meeting = Meeting.objects.get(period="2026-10")
    guests = [town.holder(role, "Birch 1") for role in ("practice_manager", "consultant_practitioner")]
    choose_for_the_meeting(place, quality, of_head, guests)
    with place.on(MEETING):
        moderation = Moderation.objects.get(audit=of_head)
        give_their_views(moderation, but=guests[0])
    hold_the_meeting(place, meeting, of_head, quality, tab(guests[0]))
    with place.on(MEETING, 15):
        moderation.refresh_from_db()
        assert moderation.standards_met == "no"
        confirm(of_head)
    for person in (manager, practitioner):
        read_the_feedback(place, person, of_head)
    refuse(tab(stranger_of("medlar")), looks, place.home, at_least=18)
    assert looks.faults == []


def is_of(audit, who: str) -> bool:
    return audit.assessments.get().assessor.name.startswith(who)


def choose_a_case(place, manager):
    """A manager's own choice needs a reason, and is marked as not independent."""
    manager.open(place.home)
    manager.follow("Choose a case to audit for October 2026")
    manager.press("Audit this case")
    manager.reads("Select why you choose this case")
    manager.page.get_by_label("Which case will you audit?").select_option(index=1)
    manager.choose("A need arose")
    manager.fill("Anything to add", "Moved twice this summer.")
    manager.press("Audit this case")
    manager.reads("is yours. It is marked as not independent.")
    choice = CaseChoice.objects.select_related("case__team").get(auditor__name=manager.name)
    assert (choice.reason, choice.case.team.name) == ("A need arose: Moved twice this summer.", "Ash 1")


def see_who_has_done_theirs(place, quality):
    """Asked, given and done stand by person; whose case is not chosen yet is seen too."""
    quality.open(f"{place.home}months/2026-10/")
    quality.follow("Who has done theirs")
    quality.reads("5 people have audits of the month not done.")
    rows = quality.page.get_by_role("table", name="The month by person").locator("tbody tr")
    found = {" ".join(words.split()) for words in rows.all_inner_texts()}
    assert "Practice Manager of Ash 1 Practice Manager 1 1 1 0" in found
    assert "Practice Manager of Birch 1 Practice Manager 1 0 0 1" in found
    assert "Consultant Practitioner of Ash 1 Consultant Practitioner 2 2 0 0" in found


def confirm_what_follows(place, people):
    """Within the week each says that theirs is done: on file, raised with the worker, raised with the manager."""
    words = {
        "file": "Recorded on the child's file",
        "worker": "Raised with the worker",
        "manager": "Raised with the manager",
    }
    for key, person in people.items():
        person.open(place.home)
        person.follow(f"Confirm: {words[key]}")
        person.press(re.compile("^Confirm"))
        person.reads(f"Confirmed: {words[key]}.")
        person.open(place.home)
        assert "Confirm:" not in person.main


def check_every_child(place, manager):
    """Every child of the team is answered for; a gap becomes an action of the child's worker."""
    manager.open(place.home)
    manager.page.get_by_role("link", name="Answer for every child of Ash 1").last.click()
    manager.press("Finish the round")
    manager.reads("Answer for child 0000001")
    for box in manager.page.locator("main tbody select").all():
        box.select_option(label="Yes")
    manager.page.get_by_label("Chronology, child 0000002").select_option(label="No")
    manager.press("Finish the round")
    manager.reads("It led to 1 action.")


def give_their_views(moderation, *, but):
    for member in moderation.members.exclude(person=but).select_related("person"):
        give_view(
            moderation=moderation,
            grade="inadequate",
            view="The chronology ends in May.",
            standards_met="no",
            person=member.person,
        )


def choose_for_the_meeting(place, chair, audit, guests):
    """The chair brings an audit by theme and invites those whose view helps."""
    chair.open(place.home)
    chair.follow("Hold the audit moderation meeting")
    chair.follow("Choose audits by theme")
    chair.press("Bring them to the meeting")
    chair.reads("Enter the theme")
    chair.fill("What is the theme?", "Chronologies")
    chair.choose(audit.reference)
    chair.press("Bring them to the meeting")
    chair.reads("Chosen by theme: Chronologies")
    chair.follow("Invite people")
    for guest in guests:
        chair.choose(guest.name)
    chair.press("Invite", exact=True)
    chair.reads("Invited by the chair")


def hold_the_meeting(place, meeting, audit, chair, guest):
    """Members say what they see, the chair records who came and what the meeting concludes."""
    guest.open(place.home)
    guest.follow("Give your view as a panel member")
    guest.choose("Inadequate")
    guest.fill("Why?", "There is no chronology.")
    guest.choose("Partly")
    guest.press("Give your view")
    guest.reads("There is no chronology.")
    base = f"{place.home}moderation/{audit.reference}/"
    chair.open(f"{base}decide/")
    chair.fill_the_rest(MEETING, "The record does not keep the child safe.")
    chair.choose("Inadequate", group=re.compile("overall grade: your"))
    chair.choose("No", group=re.compile("quality standards"))
    chair.press("Save and check")
    chair.press("Submit your decision")
    chair.reads("is made. Thank you.")
    chair.open(f"{place.home}moderation/meetings/{meeting.pk}/record/")
    chair.fill_the_rest(MEETING, "Chronologies are late.")
    chair.press("Record the meeting")
    chair.reads("Held on Monday 2 November 2026")
    table = chair.page.get_by_role("table", name="Audits of the meeting")
    expect(table.locator("tr").filter(has_text=audit.reference)).to_contain_text(
        "Chosen by theme: Chronologies"
    )
    chair.open(f"{place.home}moderation/meetings/")
    chair.reads("1 of 1")


def read_the_feedback(place, person, audit):
    """The manager and the worker concerned read what was found, and say that they have."""
    person.open(place.home)
    person.follow(re.compile(f"Read the feedback of {audit.reference}"))
    person.choose("I have read the audit and its actions")
    person.press("Save", exact=True)
    person.reads("Thank you. This is done.")
