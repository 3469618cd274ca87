"""Exchanging a drawn case, only with a reason (HER-14)."""

from dataclasses import replace

from django.db import transaction

from audits.enums import BEFORE_SUBMISSION, AssessmentStatus, CycleStatus, Origin, SampleStatus
from audits.models import Assessment, Audit, SampledCase
from audits.services import notifying
from audits.services.cycles import Basis, basis_of, batch_of
from audits.services.issuing import Chosen, issue_audits
from audits.services.quotas import Quotas, first_for
from audits.services.sampling import Candidate, Rule, replacement, stratum_of
from audits.workflow import audit_workflow, sample_workflow
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, TransitionRefused


@transaction.atomic
def replace_case(*, sampled: SampledCase, person: Person, reason: str, words: str = "") -> SampledCase:
    """Withdraw the audit of a drawn case and put the next of its stratum in its place.

    ``reason`` is a key of the framework's reasons; ``words`` say more. Who comes next was settled by the seed, so
    nobody chooses. Raises ``PermissionDenied``, or ``TransitionRefused`` where the audit has gone too far, the month
    is closed, or no other case is left; nothing is changed then.
    """
    require(person, "audits.open_cycle")
    basis = basis_of(sampled.cycle)
    why = reason_in_words(basis, reason, words)
    audit = _audit_of(sampled)
    chosen = _next_case(basis, sampled)
    sample_workflow.apply(sampled, "replace", person=person, why=why, also={"reason": why})
    if audit is not None:
        told = _at_work_on(audit)
        audit_workflow.apply(audit, "withdraw", person=person, why=why, also={"withdrawn_reason": why})
        notifying.audit_withdrawn(audit=audit, people=told)
    with because(f"Replace a case: {why}", person=person):
        return _put_in_place(basis, sampled, chosen)


def _put_in_place(basis: Basis, sampled: SampledCase, chosen: Candidate) -> SampledCase:
    successor = SampledCase.objects.create(
        cycle=sampled.cycle,
        case_id=chosen.case_id,
        origin=Origin.REPLACEMENT,
        auditor=sampled.auditor,
        stratum=stratum_of(chosen, _rule(basis))[:120],
        weight=sampled.weight,
        position=_last_position(sampled) + 1,
        replaces=sampled,
    )
    one = Chosen(chosen.case_id, successor.position, Origin.REPLACEMENT, successor.auditor_id)
    issue_audits(batch=batch_of(basis), chosen=[one], rows=basis.population.rows)
    return successor


def _rule(basis: Basis) -> Rule:
    return basis.plan if isinstance(basis.plan, Rule) else Rule(sizes={}, whole=True)


def reason_in_words(basis: Basis, reason: str, words: str) -> str:
    """Return the framework's reason with what was added. Raises ``TransitionRefused`` for one it does not know."""
    labels = {choice.key: choice.label for choice in basis.framework.sampling.replacement.reasons}
    if reason not in labels:
        raise TransitionRefused([Problem("Select why the case is replaced.", "#id_reason")])
    return f"{labels[reason]}: {words.strip()}" if words.strip() else labels[reason]


def _audit_of(sampled: SampledCase) -> Audit | None:
    if sampled.cycle.status != CycleStatus.OPEN:
        raise TransitionRefused([Problem("Only a case of an open month can be replaced.")])
    audit = Audit.objects.filter(cycle=sampled.cycle, case=sampled.case).order_by("-pk").first()
    if audit is not None and audit.status not in BEFORE_SUBMISSION:
        raise TransitionRefused(
            [
                Problem(
                    f"{audit.reference} is “{audit.get_status_display()}”: it is too late to replace the case."
                )
            ]
        )
    return audit


def _next_case(basis: Basis, sampled: SampledCase) -> Candidate:
    by_id = {one.case_id: one for one in basis.population.candidates}
    everyone = set(SampledCase.objects.filter(cycle=sampled.cycle).values_list("case_id", flat=True))
    drawn = SampledCase.objects.filter(cycle=sampled.cycle, status=SampleStatus.DRAWN).exclude(pk=sampled.pk)
    stay = [by_id[case_id] for case_id in drawn.values_list("case_id", flat=True) if case_id in by_id]
    free = [one for one in basis.population.candidates if one.case_id not in everyone]
    was = by_id.get(sampled.case_id) or _as_sampled(sampled)
    if isinstance(basis.plan, Quotas):
        found = _next_of_quota(basis, basis.plan, sampled, was, free)
    else:
        found = replacement(free, basis.plan, sampled.cycle.seed, replaced=was, stay=stay)
    if found is None:
        by_service = isinstance(basis.plan, Rule) and not basis.plan.whole
        where = " of this service" if by_service else ""
        raise TransitionRefused([Problem(f"No other case{where} can be drawn in its place.")])
    return found


def _next_of_quota(
    basis: Basis, quotas: Quotas, sampled: SampledCase, was: Candidate, free: list[Candidate]
) -> Candidate | None:
    """Return the next by lot in the scope of the same auditor's quota, of the same kind where there is one."""
    share = next((one for one in quotas.shares if one.person == sampled.auditor_id), None)
    if share is None:
        return None
    kinds = (was.status, *(one for one in share.statuses if one != was.status)) if share.statuses else ()
    return first_for(replace(share, statuses=kinds), free, quotas, sampled.cycle.seed)


def _as_sampled(sampled: SampledCase) -> Candidate:
    audit = Audit.objects.filter(cycle=sampled.cycle, case=sampled.case).select_related("service").first()
    service = audit.service.key if audit and audit.service else ""
    status = audit.case_status if audit else sampled.case.status
    return Candidate(sampled.case_id, sampled.case.local_id, service, status)


def _at_work_on(audit: Audit) -> list[Person]:
    at_work = Assessment.objects.filter(audit=audit).exclude(status=AssessmentStatus.REASSIGNED)
    people = [one.assessor for one in at_work.select_related("assessor") if one.assessor]
    return [*people, audit.worker] if audit.worker else people


def _last_position(sampled: SampledCase) -> int:
    return (
        SampledCase.objects.filter(cycle=sampled.cycle)
        .order_by("-position")
        .values_list("position", flat=True)[0]
    )
