"""Giving an audit to somebody else, and "I know this family"."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audits.enums import AssessmentStatus, AuditStatus
from audits.models import Assessment, Audit, KnownFamily
from audits.services.reassigning import declare_known_family, options_for, reassign_assessment
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Person
from qaf.tenants.services import record_absence
from qaf.tenants.transitions import TransitionRefused
from tests.factories.audits import council_with_open_cycle, opened_cycle, small_council
from tests.factories.people import make_person

pytestmark = [pytest.mark.usefixtures("scope", "frozen")]


@pytest.fixture
def month():
    return council_with_open_cycle()


def rowan_audit(month) -> Audit:
    return next(audit for audit in month.audits if audit.team.name == "Rowan team")


def place(month, slot: str) -> Assessment:
    return rowan_audit(month).assessments.get(slot=slot)


def spare(assessment: Assessment) -> Person:
    option = next(one for one in options_for(assessment=assessment) if one.in_pool)
    return Person.objects.get(pk=option.person_id)


def test_a_reassigned_assessment_is_kept_and_the_new_auditor_starts_afresh(month):
    peer = place(month, "peer")
    former, to = peer.assessor, spare(peer)
    with clock.travel(date(2026, 10, 12)):
        fresh = reassign_assessment(
            assessment=peer, to=to, person=month.council.qa_lead, reason="Ill since Friday"
        )
    peer.refresh_from_db()
    assert (peer.status, peer.assessor, peer.reassigned_reason) == (
        AssessmentStatus.REASSIGNED,
        former,
        "Ill since Friday",
    )
    assert (fresh.status, fresh.assessor, fresh.slot, fresh.due_on) == (
        AssessmentStatus.ALLOCATED,
        to,
        "peer",
        date(2026, 11, 2),
    )
    assert Audit.objects.get(pk=peer.audit_id).due_on == date(2026, 10, 26)
    assert {n.person_id for n in Notice.objects.filter(kind="audits.given")} == {to.pk}
    assert {n.person_id for n in Notice.objects.filter(kind="audits.taken")} == {former.pk}


def test_without_a_reason_nobody_takes_over(month):
    peer = place(month, "peer")
    with pytest.raises(TransitionRefused):
        reassign_assessment(assessment=peer, to=spare(peer), person=month.council.qa_lead, reason=" ")
    assert place(month, "peer").pk == peer.pk


def test_only_somebody_who_runs_the_month_reassigns(month):
    peer = place(month, "peer")
    with pytest.raises(PermissionDenied):
        reassign_assessment(
            assessment=peer, to=spare(peer), person=month.council.managers["Rowan team"], reason="No"
        )


@pytest.mark.req("HER-18")
def test_nobody_of_the_line_nor_the_chair_nor_the_other_auditor_is_given_the_peers_place_by_hand(month):
    peer = place(month, "peer")
    audit = peer.audit
    barred = {
        month.council.managers["Rowan team"]: "audits this case, or has audited it, already",
        month.council.service_managers["safeguarding"]: "is in the line of management of the case",
        audit.worker: "is the child’s own worker",
        audit.chair: "reviews or chairs for this child",
    }
    for person, why in barred.items():
        with pytest.raises(TransitionRefused) as refused:
            reassign_assessment(assessment=peer, to=person, person=month.council.qa_lead, reason="Because")
        assert refused.value.problems[0].text == f"{person.name} {why}."
    offered = {one.person_id for one in options_for(assessment=peer)}
    assert offered.isdisjoint({person.pk for person in barred})


def test_grades_that_were_locked_are_opened_again_when_a_new_auditor_begins(month):
    peer = place(month, "peer")
    to = spare(peer)
    Assessment.objects.filter(audit=peer.audit).update(status=AssessmentStatus.LOCKED)
    Audit.objects.filter(pk=peer.audit_id).update(status=AuditStatus.LOCKED)
    peer = place_again(peer)
    reassign_assessment(assessment=peer, to=to, person=month.council.qa_lead, reason="Left the council")
    assert Audit.objects.get(pk=peer.audit_id).status == AuditStatus.IN_PROGRESS
    assert peer.audit.assessments.get(slot="lead").status == AssessmentStatus.LOCKED


def test_once_grades_were_shown_nobody_can_begin_afresh(month):
    peer = place(month, "peer")
    to = spare(peer)
    Assessment.objects.filter(audit=peer.audit).update(status=AssessmentStatus.LOCKED)
    Audit.objects.filter(pk=peer.audit_id).update(status=AuditStatus.REVEALED)
    peer = place_again(peer)
    with pytest.raises(TransitionRefused):
        reassign_assessment(assessment=peer, to=to, person=month.council.qa_lead, reason="Left the council")


def place_again(assessment: Assessment) -> Assessment:
    return Assessment.objects.select_related("audit").get(pk=assessment.pk)


def test_a_peer_who_knows_the_family_is_replaced_at_once_by_the_next_of_the_pool(month):
    peer = place(month, "peer")
    former = peer.assessor
    fresh = declare_known_family(assessment=peer, person=former)
    assert fresh.assessor not in (None, former)
    assert fresh.assessor_id not in peer.audit.line
    peer.refresh_from_db()
    assert (peer.status, peer.reassigned_reason) == (AssessmentStatus.REASSIGNED, "Knows the family")
    assert list(KnownFamily.objects.values_list("case_id", "person_id")) == [(peer.audit.case_id, former.pk)]


def test_a_manager_who_knows_the_family_is_followed_by_the_nearest_of_the_line(month):
    lead = place(month, "lead")
    fresh = declare_known_family(assessment=lead, person=lead.assessor)
    assert fresh.assessor == month.council.service_managers["safeguarding"]


def test_where_nobody_is_left_the_place_stays_open_with_its_cause_and_the_qa_lead_is_told(month):
    peer = place(month, "peer")
    everyone = [*month.council.iros, *month.council.practitioners, *month.council.service_managers.values()]
    for person in everyone:
        record_absence(person=person, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 30))
    fresh = declare_known_family(assessment=peer, person=peer.assessor)
    assert fresh.assessor is None
    assert fresh.problem.startswith("None of the 13 people who could be peer auditor may audit this case.")
    assert "those who are away" in fresh.problem
    told = Notice.objects.get(kind="audits.unfilled")
    assert told.person == month.council.qa_lead


def test_an_open_place_is_filled_by_hand_without_a_former_auditor(month):
    peer = place(month, "peer")
    Assessment.objects.filter(pk=peer.pk).update(assessor=None, problem="Nobody was free.")
    peer = place_again(peer)
    to = spare(peer)
    filled = reassign_assessment(assessment=peer, to=to, person=month.council.qa_lead)
    assert (filled.pk, filled.assessor, filled.problem) == (peer.pk, to, "")


def test_only_the_auditor_can_say_that_they_know_the_family(month):
    peer = place(month, "peer")
    with pytest.raises(PermissionDenied):
        declare_known_family(assessment=peer, person=month.council.qa_lead)


def test_somebody_who_knows_the_family_is_never_asked_for_a_brother_or_sister(month):
    peer = place(month, "peer")
    former = peer.assessor
    declare_known_family(assessment=peer, person=former)
    child = peer.audit.case
    month.council.cases[0].__class__.objects.filter(team=child.team).exclude(pk=child.pk).update(
        family_id=child.family_id
    )
    with clock.travel(date(2026, 11, 2)):
        later = opened_cycle(month.council)
    siblings = Audit.objects.filter(cycle=later, case__family_id=child.family_id)
    assert siblings.exists()
    assert former.pk not in Assessment.objects.filter(audit__in=siblings).values_list(
        "assessor_id", flat=True
    )


def test_for_a_lead_those_who_answer_for_the_case_are_offered_first():
    council = small_council()
    make_person("Hetty Hazel", "head_of_service", unit=council.services["safeguarding"])
    audit = opened_cycle(council).audits.filter(team__name="Rowan team")[0]
    lead = audit.assessments.get(slot="lead")
    options = options_for(assessment=lead)
    line = {"Hetty Hazel", "Sasha Safeguarding Teams"}
    assert {one.name for one in options[:2]} == {one.name for one in options if one.in_pool} == line
    assert council.managers["Rowan team"].pk not in {one.person_id for one in options}
