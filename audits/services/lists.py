"""The month's list where a named post settles it: chance proposes, the post confirms or exchanges (WSX-39)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audits.cases.models import Case
from audits.enums import ChoiceStatus, CycleStatus, Origin
from audits.followup.selectors import holding
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import framework_of
from audits.models import CaseChoice, Cycle
from audits.services import notifying
from audits.services.choices import BY_POST, list_of, settles_a_list, share_key
from audits.services.cycles import Basis, allocation_day, basis_of
from audits.services.drawing import make_draw, shares_of
from audits.services.quotas import AUDITS, Quotas, Share
from audits.services.sampling import Candidate
from audits.workflow import choice_workflow
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, TransitionRefused


def settlers(framework: Framework) -> list[Person]:
    """Return who settles the month's list today, with deputies for those who are away."""
    return holding(framework.sampling.owner, framework=framework, on=clock.today())


def may_settle(person: Person, framework: Framework) -> bool:
    """Say whether the person settles the month's list."""
    return settles_a_list(framework) and person.pk in {one.pk for one in settlers(framework)}


@transaction.atomic
def propose_list(*, cycle: Cycle) -> list[CaseChoice]:
    """Draw the list that the named post settles, and tell them; a list that stands already is left alone.

    Raises ``TransitionRefused`` where the month is open or no case can be drawn.
    """
    framework = framework_of(cycle.framework_version)
    if cycle.status != CycleStatus.DRAFT or not settles_a_list(framework):
        raise TransitionRefused([Problem("This month has no list to settle.")])
    # Whoever comes second waits here, and then finds the list.
    Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if standing := list_of(cycle):
        return standing
    basis = basis_of(cycle)
    drawn = make_draw(basis.plan, basis.population, cycle.seed)
    by_share = {pick.share: pick.candidate.case_id for pick in drawn.picks}
    shares = [one for one in shares_of(drawn) if one.method == BY_POST and one.outcome == AUDITS]
    if not by_share:
        raise TransitionRefused([Problem("No case can be drawn: bring in the case list first.")])
    with because("Proposed by lot"):
        CaseChoice.objects.bulk_create(
            CaseChoice(
                cycle=cycle,
                auditor_id=one.person,
                role=one.role,
                number=one.number,
                method=BY_POST,
                case_id=by_share.get(one.key),
                status=ChoiceStatus.WAITING if one.key in by_share else ChoiceStatus.LAPSED,
                reason="" if one.key in by_share else one.problem,
                choose_by=allocation_day(cycle, framework),
            )
            for one in shares
        )
    notifying.list_proposed(cycle=cycle, count=len(by_share), people=settlers(framework))
    return list_of(cycle)


def cases_for(choice: CaseChoice, basis: Basis | None = None) -> list[Candidate]:
    """Return the cases that may stand in this place of the list or be chosen for it, by local id.

    They lie in the auditor's scope, the auditor may audit them, and nobody else has them this month.
    """
    basis = basis or basis_of(choice.cycle)
    if not isinstance(basis.plan, Quotas):
        return []
    share = share_for(choice, basis.plan)
    if share is None:
        return []
    gone = _taken(choice)
    plan = basis.plan
    found = [
        one
        for one in basis.population.eligible
        if one.case_id not in gone
        and share.scope.holds(one)
        and (not share.statuses or one.status in share.statuses)
        and plan.may_audit(share.person, one)
    ]
    return sorted(found, key=lambda one: one.local_id)


def share_for(choice: CaseChoice, plan: Quotas) -> Share | None:
    """Return the share that the choice is for, as it is today; ``None`` where the auditor has left the post."""
    return next((one for one in plan.shares if one.key == share_key(choice)), None)


def _taken(choice: CaseChoice) -> set[int]:
    """Return the cases of the month that somebody has, in the list or in an audit."""
    listed = CaseChoice.objects.filter(cycle=choice.cycle, case__isnull=False).values_list(
        "case_id", flat=True
    )
    audited = choice.cycle.sample.values_list("case_id", flat=True)
    return {pk for pk in (*listed, *audited) if pk}


@transaction.atomic
def exchange_in_list(*, choice: CaseChoice, case: Case, reason: str, person: Person) -> CaseChoice:
    """Put another case in the place of the one that chance proposed; it counts as chosen, not as drawn.

    Raises ``PermissionDenied`` for anybody but the named post, ``TransitionRefused`` without a reason, after the list
    was confirmed, or for a case that this auditor may not audit.
    """
    _require_settler(choice.cycle, person)
    # The month first: two places of its list never get the same child.
    Cycle.objects.select_for_update(of=("self",)).get(pk=choice.cycle_id)
    locked = CaseChoice.objects.select_for_update(of=("self",)).get(pk=choice.pk)
    if locked.status == ChoiceStatus.CHOSEN or choice.cycle.status != CycleStatus.DRAFT:
        raise TransitionRefused([Problem("The list is confirmed. Replace the case once the month is open.")])
    if not reason.strip():
        raise TransitionRefused([Problem("Enter why this case takes its place.", "#id_reason")])
    if case.pk not in {one.case_id for one in cases_for(choice)}:
        raise TransitionRefused(
            [Problem(f"{choice.auditor.name} cannot be given {case.local_id} this month.", "#id_case")]
        )
    also = {
        "case": case,
        "reason": reason.strip(),
        "origin": Origin.NAMED_POST,
        "decided_by": person,
        "decided_at": clock.now(),
    }
    choice_workflow.apply(locked, "exchange", person=person, why=reason.strip(), also=also)
    return locked


@transaction.atomic
def confirm_list(*, cycle: Cycle, person: Person) -> int:
    """Settle every case of the list as it stands; return how many. The month can be opened then.

    Raises ``PermissionDenied`` for anybody but the named post, ``TransitionRefused`` where there is nothing to settle.
    """
    _require_settler(cycle, person)
    waiting = list(
        CaseChoice.objects.select_for_update(of=("self",))
        .select_related("cycle")
        .filter(cycle=cycle, method=BY_POST, status=ChoiceStatus.WAITING)
    )
    if cycle.status != CycleStatus.DRAFT or not waiting:
        raise TransitionRefused([Problem("There is nothing left to confirm.")])
    also = {"decided_by": person, "decided_at": clock.now()}
    for one in waiting:
        choice_workflow.apply(one, "confirm", person=person, also=also)
    return len(waiting)


def _require_settler(cycle: Cycle, person: Person) -> None:
    framework = framework_of(cycle.framework_version)
    if not may_settle(person, framework):
        raise PermissionDenied(f"Only the {framework.names.role(framework.sampling.owner)} settles the list.")
