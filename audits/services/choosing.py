"""The case that an auditor chooses for their own quota, and chance where nobody chose in time (SLO-148)."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audits.cases.models import Case
from audits.enums import ChoiceStatus, CycleStatus, Origin, SampleStatus
from audits.models import Audit, CaseChoice, Cycle, SampledCase
from audits.services.choices import BY_AUDITOR, quota_of
from audits.services.cycles import Basis, basis_of, batch_of
from audits.services.issuing import Chosen, issue_audits
from audits.services.lists import cases_for, share_for
from audits.services.quotas import Quotas, first_for
from audits.services.sampling import Candidate
from audits.workflow import choice_workflow
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, TransitionRefused


def may_choose(person: Person, choice: CaseChoice) -> bool:
    """Say whether the choice is this person's: nobody else's, not a deputy's, who would not audit the case."""
    return choice_workflow["choose"].who(choice, person)


@transaction.atomic
def choose_case(*, choice: CaseChoice, case: Case, reason: str, words: str, person: Person) -> Audit:
    """Give the auditor the case they chose; it is marked as not independent and stays out of trends.

    ``reason`` is one of the framework's, ``words`` say more. Raises ``PermissionDenied`` for anybody but the auditor,
    ``TransitionRefused`` without a reason, too late, or for a case outside the quota's scope.
    """
    if not may_choose(person, choice):
        raise PermissionDenied("Only the auditor chooses the case.")
    locked = _locked(choice)
    basis = basis_of(choice.cycle)
    quota = quota_of(basis.framework, choice.role)
    problems = []
    if reason not in quota.choice_reasons:
        problems.append(Problem("Select why you choose this case.", "#id_reason"))
    found = next((one for one in cases_for(choice, basis) if one.case_id == case.pk), None)
    if found is None:
        problems.append(Problem(f"You cannot choose {case.local_id} for this month.", "#id_case"))
    if problems or found is None:
        raise TransitionRefused(problems)
    why = f"{reason}: {words.strip()}" if words.strip() else reason
    with because(why, person=person):
        return _settle(locked, basis, found, origin=Origin.AUDITOR_CHOICE, why=why, person=person)


def draw_unchosen() -> int:
    """Draw by lot, in the same scope, for everybody who has not chosen in time; return how many were drawn (daily)."""
    late = CaseChoice.objects.filter(
        method=BY_AUDITOR,
        status=ChoiceStatus.WAITING,
        choose_by__lt=clock.today(),
        cycle__status=CycleStatus.OPEN,
    )
    drawn = 0
    for choice in late.select_related("cycle__theme", "auditor").order_by("pk"):
        with transaction.atomic():
            drawn += _draw_instead(choice)
    return drawn


def _draw_instead(choice: CaseChoice) -> int:
    locked = _locked(choice)
    basis = basis_of(choice.cycle)
    share = share_for(choice, basis.plan) if isinstance(basis.plan, Quotas) else None
    found = None
    if share is not None and isinstance(basis.plan, Quotas):
        found = first_for(
            replace(share, number=choice.number), cases_for(choice, basis), basis.plan, choice.cycle.seed
        )
    why = f"Nothing was chosen by {choice.choose_by:%-d %B %Y}"
    with because(why):
        if found is None:
            also = {"reason": f"{why}, and nothing could be drawn.", "decided_at": clock.now()}
            choice_workflow.apply(locked, "lapse", person=None, also=also)
            return 0
        _settle(locked, basis, found, origin=Origin.RANDOM, why=why, person=None)
    return 1


def _locked(choice: CaseChoice) -> CaseChoice:
    # The month first: two who choose the same child come one after the other.
    Cycle.objects.select_for_update(of=("self",)).get(pk=choice.cycle_id)
    locked = CaseChoice.objects.select_for_update(of=("self",)).get(pk=choice.pk)
    if locked.status != ChoiceStatus.WAITING or choice.cycle.status != CycleStatus.OPEN:
        raise TransitionRefused(
            [Problem("A case has been settled on for this already. Open My audits to see it.")]
        )
    return locked


def _settle(
    choice: CaseChoice, basis: Basis, found: Candidate, *, origin: Origin, why: str, person: Person | None
) -> Audit:
    position = SampledCase.objects.filter(cycle=basis.cycle).count() + 1
    SampledCase.objects.create(
        cycle=basis.cycle,
        case_id=found.case_id,
        origin=origin,
        auditor_id=choice.auditor_id,
        stratum=f"{found.service} / {found.status}",
        weight=0,
        position=position,
        status=SampleStatus.DRAWN,
        reason=why,
    )
    one = Chosen(found.case_id, position, origin, choice.auditor_id)
    audit = issue_audits(batch=batch_of(basis), chosen=[one], rows=basis.population.rows)[0]
    also = {
        "case_id": found.case_id,
        "origin": origin,
        "reason": why,
        "audit": audit,
        "decided_by": person,
        "decided_at": clock.now(),
    }
    choice_workflow.apply(choice, "choose" if person else "draw", person=person, why=why, also=also)
    return audit
