"""What pages say where something is not somebody's to open, not there yet, or to be seen beside the rest."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from audits.enums import AssessmentStatus
from audits.models import Assessment, Judgement
from audits.selectors.disagreements import may_disagree
from audits.selectors.offered import has_new_auditors
from audits.services.assessments import save_draft
from moderation.models import Moderation
from moderation.services.meetings import choose_by_theme, prepare_meeting
from moderation.services.naming import name_moderators
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from qaf.tenants.transitions import StatusHasChanged
from tests.factories.graded import given_audit, month_of_audits, submit_graded, submitted_audit
from tests.golden.town import build_town

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def town_of(council):
    def build(name: str):
        return build_town(name, children_in_a_team=1, teams_in_a_service=1, at_the_centre=1, signs_in=True)

    return build


def signed_in(person) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    return client


def page(client: Client, name: str, *args) -> str:
    answer = client.get(reverse(name, args=["alder", *args]))
    assert answer.status_code == 200, name
    return answer.content.decode()


def test_who_allocates_sees_in_the_list_why_they_cannot_open_the_moderation_of_their_own_audit(
    council, town_of
):
    with authority_scope(council):
        town, cycle = town_of("sefton"), month_of_audits()
        lead = town.one("qa_manager")
        own = submitted_audit(town, cycle, 0, lead, "good")
        other = submitted_audit(town, cycle, 1, town.people["team_manager"][-1], "good")
        assert {one.audit_id for one in Moderation.objects.all()} == {own.pk, other.pk}
    shown = page(signed_in(lead), "moderation:list")
    assert reverse("moderation:moderation", args=["alder", other.reference]) in shown
    assert reverse("moderation:moderation", args=["alder", own.reference]) not in shown
    assert own.reference in shown
    assert "You audited this case: others moderate it" in shown


def test_a_member_of_a_meeting_sees_there_why_the_moderation_of_their_own_audit_is_closed_to_them(
    council, town_of
):
    with authority_scope(council):
        town, cycle = town_of("slough"), month_of_audits()
        meeting = prepare_meeting(cycle=cycle)
        head = town.one("head_of_service")
        audit = submitted_audit(town, cycle, 0, head, "good")
        choose_by_theme(meeting=meeting, theme="Direct work", audits=[audit], person=town.one("hos_sqa"))
    shown = page(signed_in(head), "moderation:meeting", meeting.pk)
    assert "You audited this case: others moderate it" in shown
    assert reverse("moderation:moderation", args=["alder", audit.reference]) not in shown


def test_nobody_is_asked_whether_they_agree_with_a_grade_that_is_not_there(council, town_of):
    with authority_scope(council):
        town, cycle = town_of("sefton"), month_of_audits()
        audit = given_audit(town, cycle, 0, town.people["team_manager"][-1])
        assert not may_disagree(audit, audit.worker)
        submit_graded(audit, "requires_improvement")
        assert may_disagree(audit, audit.worker)


def test_the_moderator_sees_the_workers_own_look_beside_the_audit(council, town_of):
    with authority_scope(council):
        town = town_of("west_sussex")
        audit = given_audit(town, month_of_audits(), 0, town.people["practice_manager"][-1])
        name_moderators(cycle=audit.cycle)
        slot = next(one for one in town.framework.process.slots if one.grades == "optional")
        audit.assessments.update(locked_at=clock.now())
        submit_graded(audit, "good")
        own = Assessment.objects.create(
            audit=audit,
            slot=slot.key,
            assessor=audit.worker,
            due_on=audit.due_on,
            status=AssessmentStatus.SUBMITTED,
            submitted_at=clock.now(),
        )
        Judgement.objects.create(
            assessment=own, domain="", grade="requires_improvement", strengths="I kept every visit."
        )
        moderator = Moderation.objects.select_related("moderator").get().moderator
    client = signed_in(moderator)
    for name in ("moderation:moderation", "moderation:decide"):
        shown = page(client, name, audit.reference)
        assert "I kept every visit." in shown, name
        assert escape(slot.label) in shown, name
        assert "Seen alone every ten days." in shown, name


def test_an_audit_of_which_one_has_notice_says_when_it_begins_and_cannot_be_begun_before(council, town_of):
    with authority_scope(council):
        town, tomorrow = town_of("sefton"), clock.today() + timedelta(days=1)
        auditor = town.people["team_manager"][-1]
        audit = given_audit(town, month_of_audits(), 0, auditor)
        audit.allocated_on, audit.status = tomorrow, "allocated"
        audit.save()
        own = audit.assessments.get()
        domain = town.framework.main_tool.domains[0].key
    client = signed_in(auditor)
    shown = page(client, "audits:assessment", audit.reference, own.slot)
    assert "it begins on Tuesday 6 October 2026" in shown
    section = reverse("audits:section", args=["alder", audit.reference, own.slot, domain])
    assert client.get(section).status_code == 302
    with authority_scope(council):
        words = {"section": domain, "fields": {"strengths": "Seen alone."}, "version": 0, "person": auditor}
        with pytest.raises(StatusHasChanged, match="begins on Tuesday 6 October 2026"):
            save_draft(assessment=own, **words)
        with clock.travel(tomorrow):
            assert save_draft(assessment=own, **words).version == 1


@pytest.mark.parametrize(("name", "told"), [("sefton", True), ("west_sussex", False)])
def test_experience_is_recorded_where_the_framework_tells_new_auditors_apart(council, town_of, name, told):
    with authority_scope(council):
        town = town_of(name)
        assert has_new_auditors(town.people[town.framework.roles[0].key][0]) is told
