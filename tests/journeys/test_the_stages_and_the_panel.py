"""Joint audits beside a self-assessment, and what leaders see of them; a themed month, its pairs and its panel."""

import re
from datetime import date

import pytest

from audits.followup.models import FollowUp, UrgentConcern
from audits.models import Audit
from audits.selectors.asked import EXTRA, SOURCE
from audits.services.experience import record_experience
from moderation.models import Dispute
from qaf.tenants.models import Person
from tests.factories.tools import fill_form
from tests.golden.play import confirm, do_audit, hear_the_family, hold_talks, moderate
from tests.journeys.people import Tab
from tests.journeys.running import running_site
from tests.journeys.towns import Place, refuse, settle, stranger_of

pytestmark = pytest.mark.journey
SOURCE_OF_THE_WORKER = f"{EXTRA}{SOURCE}worker"
DOMAINS = ("Referral", "Quality of Practice", "Assessment", "Planning", "Review", "Management Oversight")


@pytest.fixture(scope="module")
def site(django_db_blocker, tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("site"), django_db_blocker, purpose="stages") as site:
        site.start_web()
        yield site


@pytest.mark.req(
    "WSX-14", "WSX-39", "WSX-46", "WSX-47", "WSX-48", "WSX-51", "WSX-56", "WSX-69", "WSX-71", "WSX-86", "WSX-87",
    "WSX-92", "WSX-93", "WSX-98",
)  # fmt: skip
def test_a_joint_audit_goes_through_its_stages_to_the_evaluation_and_the_senior_leaders(site, tab, looks):
    place = settle(site, "sussex", "west_sussex", months=("2026-10",), children_in_a_team=5)
    _settle_the_list(place, tab(place.town.one("principal_manager_sqp")))
    with place.on(date(2026, 10, 1)):
        audit = next(one for one in place.audits("2026-10") if one.origin == "named_post")
        auditor = audit.assessments.get(slot="auditor").assessor
        moderator = audit.moderations.get().moderator
    worker, judging, moderating = tab(audit.worker), tab(auditor), tab(moderator)
    _look_at_own_work(place, audit, worker)
    _audit_together(place, audit, judging, worker)
    _discuss_without_agreement(place, audit, moderating, (auditor, audit.worker, moderator))
    _climb(place, audit, judging, tab)
    worker.open(place.home)
    worker.follow(re.compile("Check the facts"))
    worker.press("Confirm the facts")
    worker.reads("Overall: Requires improvement")
    leader = tab(place.town.one("assistant_director"))
    leader.open(f"{place.home}action-position/")
    leader.reads(re.compile(rf"{audit.reference}\s+Reported upwards"))
    _evaluate(place, audit, tab(place.town.one("qa_team")), tab(place.town.one("dcs")))
    refuse(tab(stranger_of("tern")), looks, place.home, at_least=20)
    assert not looks.faults, "\n".join(looks.faults)


def _settle_the_list(place: Place, manager: Tab) -> None:
    """The named post exchanges one of the cases that chance proposed, with a reason, and confirms the list."""
    with place.on(date(2026, 9, 28)):
        manager.open(place.home)
    manager.follow(re.compile("Confirm the list of 8 cases"))
    manager.follow(re.compile("^Exchange the case of Practice Manager of Ash 1"))
    manager.press("Exchange", exact=True)
    manager.reads("Enter why this case takes its place")
    manager.page.get_by_label("Which case instead?").select_option(index=1)
    manager.fill("Why this case?", "The team asked for a look from outside.")
    manager.press("Exchange", exact=True)
    manager.reads("Chosen by a named post The team asked for a look from outside.")
    manager.press("Confirm the list")
    manager.reads("8 cases confirmed. The month can be opened.")


def _look_at_own_work(place: Place, audit: Audit, worker: Tab) -> None:
    """The worker grades one section, leaves the others to the conversation, and hands in."""
    worker.open(place.home)
    worker.follow(re.compile(f"Begin your part, practitioner's self-assessment: {audit.reference}"))
    worker.follow("Quality of Practice")
    worker.fill("Strengths", "I saw the child alone every ten days.")
    worker.choose("Good")
    worker.press("Save and continue")
    worker.open(f"{place.home}audits/{audit.reference}/part/practitioner/hand-in/")
    worker.press("Hand in", exact=True)
    worker.reads("Your part is handed in and stands beside the audit.")


def _audit_together(place: Place, audit: Audit, auditor: Tab, worker: Tab) -> None:
    """Stage 1: both read the record on a day they booked and agree on strengths and areas; an action follows."""
    own, day = f"{place.home}audits/{audit.reference}/", date(2026, 10, 6)
    auditor.open(f"{own}conversations/stage_1/book/")
    auditor.date("Which day", day)
    auditor.fill("Time", "10am")
    auditor.choose("In person")
    auditor.press("Save and invite")
    with place.on(day):
        fill_form(audit.assessments.get(slot="auditor"), place.town.framework, "good")
    worker.open(place.home)
    worker.reads("Booked for Tuesday 6 October 2026")
    worker.open(f"{own}together/")
    worker.reads("I saw the child alone every ten days.")
    worker.reads("Fathers are missing.")
    auditor.open(f"{own}conversations/stage_1/")
    auditor.choose("Yes", group="Was the conversation held?")
    auditor.press("Save", exact=True)
    auditor.reads("There is a problem")
    auditor.date("When was it held?", day)
    auditor.choose("In person")
    auditor.fill("How long did it take?", "55")
    auditor.choose(audit.worker.name)
    auditor.choose("Agrees")
    auditor.fill("Strengths you talked about", "Trust with the mother.")
    auditor.fill("Areas that need attention", "The father is not heard.")
    auditor.fill_the_rest(day, "We read it section by section.")
    auditor.press("Save", exact=True)
    auditor.open(f"{own}part/auditor/lock/")
    auditor.press("Lock my grades")
    auditor.open(own)
    auditor.reads("In person")
    auditor.reads("The worker agrees with the strengths and areas written down.")
    auditor.open(f"{own}part/auditor/actions/")
    auditor.fill("What should be done?", "Hear the father before the next review")
    auditor.fill("What should be different for the child?", "Both parents keep the child safe")
    auditor.choose(re.compile("allocated worker"), group="Who should do it?", exact=False)
    auditor.date("By when?", date(2026, 11, 3))
    auditor.press("Propose this action")
    auditor.reads("The action is proposed.")
    assert "did not reach us" not in auditor.main, "words that arrived are not offered back"
    auditor.open(f"{own}part/auditor/submit/")
    auditor.press("Submit my audit")


def _discuss_without_agreement(
    place: Place, audit: Audit, moderator: Tab, people: tuple[Person, ...]
) -> None:
    """Stage 2: all three talk, within the hour; moderator and auditor do not come together."""
    day = date(2026, 10, 7)
    with place.on(day):
        moderator.open(place.home)
    moderator.follow("Moderate an audit")
    moderator.follow(re.compile("Decide 7 grades"))
    moderator.date("When was it held?", day)
    moderator.fill("How many minutes did it take?", "40")
    for person in people:
        moderator.choose(person.name)
    moderator.choose("They do not agree")
    for title in DOMAINS:
        moderator.choose("Good", group=re.compile(f"{title}: your"))
    moderator.choose("Requires improvement", group=re.compile("overall grade: your"))
    moderator.fill_the_rest(day, "The father was never seen.")
    moderator.press("Save and go to the action plan")
    moderator.press("Agree this plan")
    moderator.reads("their grades stand meanwhile, and the disagreement climbs its steps")
    moderator.reads(re.compile(r"Has a difference been made for the child\?\s+The father was never seen\."))
    assert "your grades are the outcome" not in moderator.main
    moderator.press("Submit your decision")


def _climb(place: Place, audit: Audit, auditor: Tab, tab) -> None:
    """They meet and do not agree; the managers above look at the record and settle it."""
    with place.on(date(2026, 10, 8)):
        auditor.open(place.home)
    auditor.follow("Settle a disagreement")
    auditor.choose("No", group="Is it settled?")
    auditor.date("When did you meet?", date(2026, 10, 8))
    auditor.fill("How was it settled, or why not?", "They met and did not agree.")
    auditor.press("Record it")
    auditor.reads("Not settled: taken to the next step")
    with place.on(date(2026, 10, 9)):
        above = Dispute.objects.get().steps.get(number=2)
        lead = Person.objects.filter(pk__in=above.asked, name__startswith="Service Lead").get()
    above_them = tab(lead)
    above_them.follow("Settle a disagreement")
    above_them.choose("Yes", group="Is it settled?")
    above_them.press("Record it")
    above_them.reads("Answer the question “How was it settled, or why not?”")
    above_them.choose("Requires improvement")
    above_them.date("When did you meet?", date(2026, 10, 9))
    above_them.fill("How was it settled, or why not?", "The record shows it.")
    above_them.press("Record it")
    above_them.reads("Overall grade now: Requires improvement")
    above_them.open(f"{place.home}audits/{audit.reference}/")
    above_them.reads("It becomes final after")


def _evaluate(place: Place, audit: Audit, writer: Tab, leader: Tab) -> None:
    """Stage 3: the quarter's evaluation, and a case that senior leaders look at and comment on."""
    with place.on(date(2027, 1, 8)):
        writer.open(place.home)
    writer.follow(re.compile("Write: Stage 3 evaluation"))
    writer.press("Make the report")
    writer.follow(re.compile("Write first: Barriers to effective intervention"))
    writer.reads("Write first: Strengths of practice")
    writer.fill_the_rest(date(2027, 1, 8), "Fathers are missing from plans.")
    writer.press("Make the report")
    with place.on(date(2027, 1, 8), 10):
        writer.page.reload()
    writer.follow("Read the report")
    writer.reads("Strengths of practice Fathers are missing from plans.")
    writer.open(f"{place.home}reports/cases/2026-Q4/")
    writer.page.get_by_label("Audit", exact=True).select_option(
        label=f"{audit.reference}, Children's social work teams"
    )
    writer.fill("Why this audit?", "The two judged it differently.")
    writer.press("Choose this case")
    writer.fill_the_rest(date(2027, 1, 8), "Both parents are in the plan now.")
    writer.press("Save", exact=True)
    leader.open(place.home)
    leader.follow(re.compile("Comment on a case chosen for senior leaders"))
    leader.reads("The two judged it differently.")
    leader.press("Save", exact=True)
    leader.reads("Enter your overview")
    leader.fill("Your overview", "What did the team learn from the father?")
    leader.press("Save", exact=True)
    leader.reads("Director of Children's Services 1, 8 Jan 2027 What did the team learn from the father?")


@pytest.mark.req(
    "SEF-40", "SEF-52", "SEF-54", "SEF-61", "SEF-98", "SEF-108", "SEF-109", "SEF-110", "SEF-111", "SEF-172"
)
def test_a_themed_month_is_paired_checked_and_seen_by_a_panel(site, tab, looks):
    place = settle(site, "sefton", "sefton", months=("2026-10",), children_in_a_team=8)
    town = place.town
    with place.on(date(2026, 9, 14)):
        for old_hand in town.people["service_manager"][:2]:
            record_experience(of=old_hand, audits_before=9, person=town.one("qa_manager"))
    manager = tab(town.one("qa_manager"))
    _plan_the_theme(manager, place)
    with place.on(date(2026, 9, 24)):
        audits = place.audits("2026-10")
    manager.open(f"{place.home}months/2026-10/")
    manager.reads("The theme: Children who move.")
    checker = town.one("practice_improvement_manager")
    good, worrying = [one for one in audits if _is_new(place, one) and _auditor(place, one) != checker][:2]
    auditor = tab(_auditor(place, good))
    _talk_and_be_checked(place, good, auditor, tab(checker))
    _respond_at_once(place, worrying, tab(_auditor(place, worrying)), tab)
    _sit_on_the_panel(place, good, worrying, tab)
    _make_a_difference(place, good, manager, tab)
    refuse(tab(stranger_of("gull")), looks, place.home, at_least=20)
    assert not looks.faults, "\n".join(looks.faults)


def _auditor(place: Place, audit: Audit) -> Person:
    with place.inside():
        return audit.assessments.select_related("assessor").get(slot="auditor").assessor


def _is_new(place: Place, audit: Audit) -> bool:
    """Of a child in care, by an auditor who has somebody experienced beside them."""
    with place.inside():
        return (
            audit.case_status == "looked_after" and audit.assessments.filter(slot="paired_auditor").exists()
        )


def _plan_the_theme(manager: Tab, place: Place) -> None:
    """Which question the month asks, why, and of whose records."""
    manager.open(place.home)
    manager.follow(re.compile("Choose the theme of October 2026"))
    manager.press("Save the theme")
    manager.reads("Select why this theme is chosen")
    manager.fill("Short name of the theme", "Children who move")
    manager.fill("What should the audits find out?", "Do moves help or hurt the child?")
    manager.choose("Local performance data")
    manager.fill("What gave rise to it?", "More moves this summer than last.")
    for status in ("Child in need", "Child protection", "Looked after"):
        manager.choose(status, group="Which children?")
    manager.fill("Guidance for the auditors", "Look at the reasons given for each move.")
    manager.press("See how many records it has")
    manager.reads("records could be drawn today for this theme.")
    manager.press("Save the theme")
    manager.reads("The theme of October 2026 is chosen.")


def _talk_and_be_checked(place: Place, audit: Audit, auditor: Tab, checker: Tab) -> None:
    """A new auditor beside an experienced one: every source named, the key worker heard, a check, then the end."""
    own, day = f"{place.home}audits/{audit.reference}/", date(2026, 10, 7)
    framework = place.town.framework
    with place.on(date(2026, 10, 5)):
        fill_form(
            audit.assessments.get(slot="auditor"), framework, "good", overall={SOURCE_OF_THE_WORKER: ""}
        )
    auditor.open(own)
    auditor.reads("Experienced auditor beside a new one")
    auditor.reads("Do moves help or hurt the child?")
    auditor.open(f"{own}conversations/key_worker/book/")
    auditor.reads("Set aside at least 60 minutes.")
    auditor.date("Which day", day)
    auditor.fill("Time", "2pm")
    auditor.choose("In person")
    auditor.press("Save and invite")
    auditor.open(f"{own}part/auditor/lock/")
    auditor.reads("say what you learnt from “What the key worker said”, or why it could not be considered")
    auditor.open(f"{own}part/auditor/section/overall/")
    auditor.fill("What the key worker said", "That she was told of each move too late.")
    auditor.press("Save and continue")
    with place.on(day, 15):
        hear_the_family(audit, framework, [audit.assessments.get(slot="auditor")])
    auditor.open(f"{own}conversations/key_worker/")
    auditor.choose("Yes", group="Was the conversation held?")
    auditor.date("When was it held?", day)
    auditor.choose("In person")
    auditor.fill("How long did it take?", "65")
    auditor.choose(audit.worker.name)
    auditor.fill_the_rest(day, "She stayed through two moves.")
    auditor.press("Save", exact=True)
    auditor.reads("The conversation is recorded.")
    with place.on(date(2026, 10, 8)):
        hold_talks(audit, framework, "finalise")
    auditor.open(f"{own}part/auditor/lock/")
    auditor.press("Lock my grades")
    auditor.open(f"{own}part/auditor/actions/")
    auditor.fill("Why is no action needed?", "Nothing to change.")
    auditor.press("Save", exact=True)
    auditor.open(f"{own}part/auditor/submit/")
    auditor.reads("Ask for the check before you finalise")
    auditor.open(f"{own}part/auditor/check/")
    auditor.press("Ask for a check")
    checker.open(place.home)
    checker.follow(re.compile(f"Look at an audit before it is finalised: {audit.reference}"))
    checker.reads("as a new auditor does")
    checker.fill_the_rest(day, "Yes; say what changed for the child.")
    checker.press("Give your feedback")
    auditor.open(f"{own}part/auditor/submit/")
    auditor.press("Submit my audit")
    auditor.reads("is submitted. Thank you.")


def _respond_at_once(place: Place, audit: Audit, auditor: Tab, tab) -> None:
    """A mark that a child may not be safe is set after a conversation, and is answered on the same day."""
    auditor.open(f"{place.home}audits/{audit.reference}/marks/")
    auditor.fill("What did you see?", "The father is back in the house.")
    auditor.press("Set this mark")
    auditor.reads("Say whom you spoke with, or why it cannot wait")
    auditor.choose(re.compile("Team Manager of"), group="Whom have you spoken with first?", exact=False)
    auditor.fill("What was said?", "She rings the front door now.")
    auditor.press("Set this mark")
    auditor.reads("The mark is set.")
    with place.inside():
        responder = UrgentConcern.objects.select_related("responder").get().responder
    answering = tab(responder)
    answering.follow("Answer an urgent concern about a child")
    answering.reads("due by Thursday 8 October 2026 at 11:59pm")
    answering.reads("She rings the front door now.")
    answering.fill_the_rest(date(2026, 10, 8), "The child stays with the grandmother tonight.")
    answering.press("Send the answer")
    answering.reads("Beyond the case: management practice The child stays with the grandmother tonight.")


def _sit_on_the_panel(place: Place, good: Audit, worrying: Audit, tab) -> None:
    """What is good goes to the panel, and the assistant director has to be heard before it decides."""
    with place.on(date(2026, 10, 13)):
        do_audit(
            worrying, "inadequate", domains={"safeguarding_unit": "inadequate"}, action="Hold the review now"
        )
    with place.on(date(2026, 11, 2)):
        panel = good.moderations.select_related("moderator").get()
        members = [one.person for one in panel.members.select_related("person")]
        for other in worrying.moderations.select_related("moderator"):
            moderate(other)
    page = f"{place.home}moderation/{good.reference}/"
    leading = tab(panel.moderator)
    leading.open(page)
    leading.reads("The view of the Assistant Director for moderation is needed for this audit")
    for number, member in enumerate(members):
        sitting = leading if member == panel.moderator else tab(member)
        sitting.open(f"{page}view/")
        if number == 0:
            sitting.press("Give your view")
            sitting.reads("There is a problem")
        sitting.choose("Good")
        sitting.fill_the_rest(date(2026, 11, 2), "The record bears it out.")
        sitting.press("Give your view")
        sitting.reads("is recorded")
    leading.open(f"{page}decide/")
    leading.choose("Good", group=re.compile("overall grade: your"))
    leading.fill("Why?", "Every view is the same.", exact=True)
    leading.press("Save and check")
    leading.press("Submit your decision")
    leading.reads("The panel comes to Good")
    with place.on(date(2026, 11, 4)):
        for audit in (good, worrying):
            confirm(audit)


def _make_a_difference(place: Place, good: Audit, manager: Tab, tab) -> None:
    """What went well is written for everybody; what contributed to an inadequate audit is looked at together."""
    manager.open(place.home)
    manager.follow(f"Make a Difference summary: {good.reference}")
    manager.press("Save", exact=True)
    manager.reads("Answer the question “Which features led to the grade?”")
    manager.fill_the_rest(date(2026, 11, 4), "One worker stayed through every move.")
    manager.press("Save", exact=True)
    manager.reads("Thank you. This is done.")
    with place.inside():
        worker = tab(good.worker)
        scrutiny = FollowUp.objects.get(kind="scrutiny")
    worker.open(f"{place.home}follow-up/summaries/")
    worker.reads("One worker stayed through every move.")
    unit = tab(place.town.one("sgu_service_manager"))
    unit.open(place.home)
    unit.follow(scrutiny.title)
    unit.fill_the_rest(date(2026, 11, 4), "The review unit saw drift and did not say so.")
    unit.press("Save", exact=True)
    unit.reads("Say who took part")
    unit.choose("Assistant Director 1")
    unit.press("Save", exact=True)
    unit.reads("Thank you. This is done.")
