"""Asking to leave a child out of a month's draw, and deciding it."""

from datetime import date

from django.db import IntegrityError, transaction

from audits.cases.models import Case
from audits.enums import CycleStatus
from audits.frameworks.selectors import framework_in_force
from audits.models import CaseExclusion, Cycle
from audits.services import notifying
from audits.workflow import exclusion_workflow
from qaf.lib import clock
from qaf.lib.calendar import month_start
from qaf.tenants.models import Person
from qaf.tenants.permissions import may, require
from qaf.tenants.transitions import Problem, TransitionRefused


def ask_exclusion(*, case: Case, period: date, reason: str, words: str, person: Person) -> CaseExclusion:
    """Ask to leave the child out of the month of ``period``; only an approved request keeps a child out.

    ``reason`` is a key of the framework's reasons, ``words`` say why. Raises ``PermissionDenied``, or
    ``TransitionRefused`` where the month is drawn already, the case is closed, or a request stands already.
    """
    require(person, "audits.ask_exclusion", "audits.decide_exclusion")
    period = month_start(period)
    labels = {
        choice.key: choice.label for choice in framework_in_force(clock.today()).sampling.exclusions.reasons
    }
    problems = []
    if reason not in labels:
        problems.append(Problem("Select why the child should be left out.", "#id_reason"))
    if not words.strip():
        problems.append(Problem("Enter what makes this month the wrong one.", "#id_words"))
    if not case.is_open:
        problems.append(Problem("The case is closed, so it cannot be drawn."))
    if Cycle.objects.filter(period=period).exclude(status=CycleStatus.DRAFT).exists():
        problems.append(
            Problem("That month is drawn already. If this case was drawn, ask for it to be replaced.")
        )
    if period < month_start(clock.today()):
        problems.append(Problem("That month is past.", "#id_period"))
    if problems:
        raise TransitionRefused(problems)
    try:
        with transaction.atomic():
            exclusion = CaseExclusion.objects.create(
                case=case,
                period=period,
                reason=f"{labels[reason]}: {words.strip()}",
                asked_by=person,
                asked_at=clock.now(),
            )
    except IntegrityError:
        raise TransitionRefused([Problem("There is a request for this child and month already.")]) from None
    notifying.exclusion_asked(exclusion=exclusion, people=_deciders(person))
    return exclusion


@transaction.atomic
def decide_exclusion(*, exclusion: CaseExclusion, approve: bool, person: Person) -> None:
    """Approve or refuse a request, before its month is drawn.

    Raises ``PermissionDenied``, ``StatusHasChanged``, or ``TransitionRefused`` where the draw came first.
    """
    drawn = Cycle.objects.filter(period=exclusion.period).exclude(status=CycleStatus.DRAFT)
    if approve and drawn.exists():
        raise TransitionRefused(
            [Problem("The month is drawn already, so leaving the child out is no longer possible.")]
        )
    exclusion_workflow.apply(
        exclusion,
        "approve" if approve else "refuse",
        person=person,
        also={"decided_by": person, "decided_at": clock.now()},
    )
    notifying.exclusion_decided(exclusion=exclusion)


def _deciders(asker: Person) -> list[Person]:
    people = Person.objects.filter(
        left_on=None, posts__role__permissions__contains="audits.decide_exclusion"
    ).distinct()
    return [one for one in people if one.pk != asker.pk and may(one, "audits.decide_exclusion")]
