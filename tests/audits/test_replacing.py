"""A drawn case is replaced only with a reason."""

import pytest
from django.core.exceptions import PermissionDenied

from audits.enums import AuditStatus, Origin, SampleStatus
from audits.models import Assessment, Audit, SampledCase
from audits.services.replacing import replace_case
from qaf.notices.models import Notice
from qaf.tenants.transitions import TransitionRefused
from tests.factories.audits import council_with_open_cycle

pytestmark = [pytest.mark.usefixtures("scope", "frozen")]


@pytest.fixture
def month():
    return council_with_open_cycle()


def drawn(month, service="safeguarding"):
    return SampledCase.objects.filter(cycle=month.cycle, case__service__key=service).first()


@pytest.mark.req("HER-14")
def test_a_replaced_case_is_withdrawn_and_the_next_by_lot_takes_its_place(month):
    gone = drawn(month)
    old_audit = Audit.objects.get(case=gone.case)
    new = replace_case(sampled=gone, person=month.council.qa_lead, reason="moved", words="To the next county")
    gone.refresh_from_db()
    old_audit.refresh_from_db()
    assert (gone.status, gone.reason) == (
        SampleStatus.REPLACED,
        "Moved to another council: To the next county",
    )
    assert (old_audit.status, old_audit.withdrawn_reason) == (AuditStatus.WITHDRAWN, gone.reason)
    assert (new.origin, new.replaces, new.stratum, new.weight) == (
        Origin.REPLACEMENT,
        gone,
        gone.stratum,
        gone.weight,
    )
    audit = Audit.objects.get(case=new.case)
    assert (audit.reference, audit.origin) == ("ALD-2026-0017", "replacement")
    assert {a.slot for a in audit.assessments.exclude(assessor=None)} == {"lead", "peer"}
    assert SampledCase.objects.filter(cycle=month.cycle, status=SampleStatus.DRAWN).count() == 16


def test_everyone_at_work_on_a_replaced_case_is_told(month):
    gone = drawn(month)
    audit = Audit.objects.get(case=gone.case)
    at_work = {a.assessor_id for a in audit.assessments.all()} | {audit.worker_id}
    replace_case(sampled=gone, person=month.council.qa_lead, reason="closed")
    assert {n.person_id for n in Notice.objects.filter(kind="audits.withdrawn")} == at_work


@pytest.mark.parametrize("reason", ["", "because", "Moved to another council"])
def test_without_a_reason_of_the_framework_nothing_is_replaced(month, reason):
    gone = drawn(month)
    with pytest.raises(TransitionRefused):
        replace_case(sampled=gone, person=month.council.qa_lead, reason=reason)
    assert SampledCase.objects.filter(status=SampleStatus.REPLACED).count() == 0
    assert Audit.objects.filter(status=AuditStatus.WITHDRAWN).count() == 0


def test_only_somebody_who_runs_the_month_replaces_a_case(month):
    with pytest.raises(PermissionDenied):
        replace_case(sampled=drawn(month), person=month.council.managers["Rowan team"], reason="closed")


def test_a_case_is_not_replaced_once_its_auditors_have_submitted(month):
    gone = drawn(month)
    Audit.objects.filter(case=gone.case).update(status=AuditStatus.IN_MODERATION)
    with pytest.raises(TransitionRefused) as refused:
        replace_case(sampled=gone, person=month.council.qa_lead, reason="closed")
    assert "too late to replace" in refused.value.problems[0].text


def test_a_replaced_case_does_not_come_back_and_an_empty_service_says_so(month):
    def current():
        drawn_now = SampledCase.objects.filter(cycle=month.cycle, status=SampleStatus.DRAWN)
        return drawn_now.filter(case__service__key="mash").first()

    seen = [current().case_id]
    for _ in range(4):
        replace_case(sampled=current(), person=month.council.qa_lead, reason="closed")
        seen.append(current().case_id)
    assert len(set(seen)) == 5
    with pytest.raises(TransitionRefused) as refused:
        replace_case(sampled=current(), person=month.council.qa_lead, reason="closed")
    assert refused.value.problems[0].text == "No other case of this service can be drawn in its place."


def test_replacing_keeps_the_caps_of_those_who_stay(month):
    replace_case(sampled=drawn(month), person=month.council.qa_lead, reason="closed")
    staying = SampledCase.objects.filter(cycle=month.cycle, status=SampleStatus.DRAWN).values_list(
        "case_id", flat=True
    )
    workers = list(Audit.objects.filter(case__in=staying).values_list("worker_id", flat=True))
    assert len(workers) == len(set(workers)) == 16
    leads = [a.assessor_id for a in Assessment.objects.filter(slot="lead", audit__case__in=staying)]
    assert max(leads.count(lead) for lead in leads) <= 2
