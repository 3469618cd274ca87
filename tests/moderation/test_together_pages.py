"""The pages of panels, meetings, sessions and disagreement, as people use them."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from audits.frameworks.selectors import framework_of
from audits.models import Disagreement
from audits.selectors.asked import criteria_of
from moderation.models import Dispute, Meeting, Moderation
from moderation.services.drawing import draw_ended_months
from moderation.services.meetings import prepare_meeting
from moderation.services.naming import name_moderators
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import give_post
from tests.factories.graded import given_audit, month_of_audits, submit_graded, submitted_audit
from tests.factories.people import LONG_AGO, make_role
from tests.golden.town import build_town

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def browse():
    """A browser in which a person has signed in; one sign-in for each."""
    clients: dict[int, Client] = {}

    def signed_in(person) -> Client:
        if person.pk not in clients:
            clients[person.pk] = Client()
            words = {"login": person.email, "password": "correct horse battery"}
            clients[person.pk].post("/account/login/", words)
        return clients[person.pk]

    return signed_in


def path(name: str, *args) -> str:
    return reverse(f"moderation:{name}", args=["alder", *args])


def post(client: Client, where: str, data: dict):
    answer = client.post(where, data)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return client.get(answer["Location"]).content.decode()


@pytest.mark.req("SLO-75", "SLO-76", "SLO-117", "SLO-118")
def test_a_chair_runs_the_meeting_and_a_member_gives_a_view_in_the_browser(council, browse):
    with authority_scope(council):
        town = build_town(
            "slough", children_in_a_team=2, teams_in_a_service=1, at_the_centre=1, signs_in=True
        )
        cycle = month_of_audits()
        meeting = prepare_meeting(cycle=cycle)
        audit = submitted_audit(town, cycle, 0, town.people["practice_manager"][-1], "requires_improvement")
        chair, head = town.one("hos_sqa"), town.one("head_of_service")
        guest = town.people["practice_manager"][0]
    boss = browse(chair)
    page = boss.get(path("meeting", meeting.pk)).content.decode()
    assert "Choose audits by theme" in page
    assert head.name in page
    refused = boss.post(path("theme", meeting.pk), {"theme": "Direct work"})
    assert "Error:" in refused.content.decode()
    assert "Direct work" in refused.content.decode()
    page = post(boss, path("theme", meeting.pk), {"theme": "Direct work", "audits": [audit.pk]})
    assert "Chosen by theme: Direct work" in page
    assert "Invited by the chair" in post(boss, path("invite", meeting.pk), {"people": [guest.pk]})
    colleague = town.people["consultant_practitioner"][0]
    post(boss, path("invite", meeting.pk), {"people": [colleague.pk]})
    early = {"grade": "inadequate", "view": "The plan is five months old.", "standards_met": "no"}
    post(browse(colleague), path("view", audit.reference), early)
    member = browse(guest)
    assert member.get(path("record", meeting.pk)).status_code == 403
    for client in (member, boss):
        page = client.get(path("moderation", audit.reference)).content.decode()
        assert ("Given" in page, "five months old" in page) == (True, False)
        for where in (path("view", audit.reference), path("decide", audit.reference)):
            page = client.get(where).content.decode()
            assert "five months old" not in page
            assert "The panel comes to" not in page
    with authority_scope(council):
        make_role("trail_reader", "tenants.read_trail")
        for person in (guest, colleague):
            give_post(person=person, role="trail_reader", starts_on=LONG_AGO)
    trail = {"kind": "moderation_panelmember"}
    page = member.get("/a/alder/people/trail/", trail).content.decode()
    assert ("not shown to you yet" in page, "five months old" in page) == (True, False)
    assert "five months old" in browse(colleague).get("/a/alder/people/trail/", trail).content.decode()
    view = {"grade": "good", "view": "Standards are met.", "standards_met": "yes"}
    page = post(member, path("view", audit.reference), view)
    assert "Standards are met." in page
    assert "five months old" in page, "what the others think is read afterwards"
    assert "Good" in page
    assert "five months old" in member.get("/a/alder/people/trail/", trail).content.decode()
    with authority_scope(council):
        people = list(meeting.people.values_list("person_id", flat=True))
    data = {"held_on_0": "5", "held_on_1": "10", "held_on_2": "2026", "notes": "Direct work is strong."}
    data |= {f"attendance_{pk}": "attended" for pk in people}
    page = post(boss, path("record", meeting.pk), data)
    assert "Held on Monday 5 October 2026" in page
    assert "Direct work is strong." in page
    page = boss.get(path("meetings")).content.decode()
    assert "1 of 1" in page
    assert browse(worker_of(council, audit)).get(path("meeting", meeting.pk)).status_code == 403


@pytest.mark.req("WSX-69", "WSX-95", "WSX-96")
def test_a_discussion_without_agreement_and_its_ladder_in_the_browser(council, browse):
    with authority_scope(council):
        town = build_town(
            "west_sussex", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1, signs_in=True
        )
        auditor = town.people["practice_manager"][-1]
        audit = given_audit(town, month_of_audits(), 0, auditor)
        name_moderators(cycle=audit.cycle)
        moderation = Moderation.objects.select_related("moderator").get()
    moderator = browse(moderation.moderator)
    assert moderator.get(path("moderation", audit.reference)).status_code == 403
    shown = browse(auditor).get(f"/a/alder/audits/{audit.reference}/").content.decode()
    assert f"Moderator: {moderation.moderator.name}" in shown
    with authority_scope(council):
        submit_graded(audit, "good")
    page = moderator.get(path("decide", audit.reference)).content.decode()
    assert "Has a difference been made for the child?" in page
    assert f"What {auditor.name} takes from it" in page
    assert "Talking with both auditors" not in page
    people = [moderation.moderator_id, auditor.pk, audit.worker_id]
    data = {
        "version": "0",
        "talk_on_0": "5",
        "talk_on_1": "10",
        "talk_on_2": "2026",
        "talk_minutes": "50",
        "talk_people": people,
        "talk_difference_made": "She is home.",
        "talk_strengths": "Direct work.",
        "agreement": "not_agreed",
        "agreement_why": "The plan is thin.",
        **{f"learning_{pk}": "To ask earlier." for pk in people},
    }
    post(moderator, path("decide", audit.reference), data)
    assert "talk_minutes" in moderator.get(path("decide", audit.reference)).content.decode()
    moderator.post(path("plan", audit.reference), {"form": "agree"})
    page = moderator.get(path("check", audit.reference)).content.decode()
    assert "She is home." in page
    assert "climbs its steps" in page
    post(moderator, path("check", audit.reference), {})
    with authority_scope(council):
        dispute = Dispute.objects.get()
    mine = browse(auditor)
    page = mine.get(path("dispute", dispute.pk)).content.decode()
    assert "The plan is thin." in page
    assert "Moderator and auditor meet" in page
    refused = mine.post(path("dispute", dispute.pk), {"settled": "yes", "words": "We met."})
    assert refused.status_code == 200
    assert "Select the overall grade that stands" in refused.content.decode()
    page = post(
        mine,
        path("dispute", dispute.pk),
        {"settled": "yes", "grade": "requires_improvement", "words": "We met."},
    )
    assert "Settled here" in page
    assert "settled" in mine.get(path("disputes")).content.decode().lower()
    worker = browse(worker_of(council, audit))
    data = {"key": "conduct", "ask": "qa_team", "text": "We could not talk."}
    page = post(worker, path("raise", audit.reference), data)
    assert "Support and guidance" in page
    assert "Taken back" in post(
        worker, path("dispute", dispute_pk(council, "conduct")), {"form": "back", "why": "We talked."}
    )


def worker_of(council, audit):
    with authority_scope(council):
        return type(audit).objects.select_related("worker").get(pk=audit.pk).worker


def dispute_pk(council, key: str) -> int:
    with authority_scope(council):
        return Dispute.objects.get(key=key).pk


@pytest.mark.req("SEF-100", "SEF-102")
def test_a_worker_disagrees_and_the_lead_of_the_panel_asks_somebody_to_join_in_the_browser(council, browse):
    with authority_scope(council):
        town = build_town(
            "sefton", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1, signs_in=True
        )
        audit = submitted_audit(
            town, month_of_audits(), 0, town.people["team_manager"][-1], "requires_improvement"
        )
        names = framework_of(audit.framework_version).names
    worker = browse(worker_of(council, audit))
    post(worker, path("disagree", audit.reference), {"reason": "The visits of May are missing."})
    assert worker.get(path("disagree", audit.reference)).status_code == 403
    with authority_scope(council):
        assert Disagreement.objects.get().party == "allocated_worker"
        moderation = Moderation.objects.get()
        moderation.moderator, moderation.status = town.one("qa_service_manager_psw"), "allocated"
        moderation.save()
        extra = town.people["service_manager"][-1]
    lead = browse(town.one("qa_service_manager_psw"))
    page = lead.get(path("moderation", audit.reference)).content.decode()
    assert "The visits of May are missing." in page
    assert names.role("sgu_service_manager") in page
    page = post(lead, path("join", audit.reference), {"member": extra.pk, "reason": "Knows care leavers."})
    assert "Knows care leavers." in page


@pytest.mark.req("DUR-88", "DUR-89")
def test_descriptors_stand_beside_the_grade_and_feedback_is_issued_in_the_browser(council, browse):
    from moderation.services.drawing import draw_ended_quarter
    from tests.factories.graded import finalised

    with authority_scope(council):
        town = build_town(
            "durham", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1, signs_in=True
        )
        audit = finalised(
            submitted_audit(town, month_of_audits(), 0, town.people["team_manager"][-1], "inadequate")
        )
        with clock.travel(date(2027, 1, 4)):
            draw_ended_months()
            draw_ended_quarter()
        case = Moderation.objects.select_related("moderator").get()
        meeting = Meeting.objects.select_related("chair").get()
        domains = town.framework.main_tool.domains
    with clock.travel(date(2027, 1, 4)):
        moderator, chair = browse(case.moderator), browse(meeting.chair)
        page = moderator.get(path("decide", audit.reference)).content.decode()
        for domain in domains:
            part = page[page.index(f'<h2 class="govuk-heading-m">{domain.title}</h2>') :]
            part = part[: part.index(f'name="reason_{domain.key}"')]
            assert f"What good practice looks like: {domain.title}" in part
            asked = criteria_of(domain, audit.case_status)
            assert all(escape(one.text) in part for one in asked), domain.title
            assert f'name="grade_{domain.key}"' in part
        assert "Save and check" in page
        assert "Action plan" not in moderator.get(path("check", audit.reference)).content.decode()
        head = browse(town.one("head_of_service"))
        assert head.get(path("feedback", meeting.pk)).status_code == 403
        assert "standards met" not in chair.get(path("record", meeting.pk)).content.decode()
        with authority_scope(council):
            people = list(meeting.people.values_list("person_id", flat=True))
        data = {"held_on_0": "4", "held_on_1": "1", "held_on_2": "2027", "notes": ""}
        data |= {f"attendance_{pk}": "attended" for pk in people}
        post(chair, path("record", meeting.pk), data)
        page = post(chair, path("feedback", meeting.pk), {"text": "Grades agree more."})
        assert "Grades agree more." in head.get(path("feedback", meeting.pk)).content.decode()
        assert head.get(path("meeting", meeting.pk)).status_code == 403
    labels = {forum.key: forum.label for forum in town.framework.forums}
    assert labels["collaborative_audit_group"] in page
    assert labels["qib"] in page
    assert town.one("head_of_service").name in page
