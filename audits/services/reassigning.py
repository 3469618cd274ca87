"""Giving an assessment to somebody else, by hand or because the auditor knows the family."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audits.enums import AssessmentStatus, AuditStatus
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary import Exclude, Pool
from audits.models import Assessment, KnownFamily
from audits.services import notifying
from audits.services.allocation import (
    Auditor,
    CaseToAllocate,
    SlotRule,
    eligible_people,
    pool_problem,
    share_out,
)
from audits.services.issuing import loads_of, slot_due_on, slot_rule
from audits.services.nearby import case_around
from audits.services.roster import Roster, roster_on
from audits.services.sampling import chance
from audits.workflow import assessment_workflow, audit_workflow
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may, require
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, TransitionRefused

KNOWS_FAMILY = "Knows the family"
_OPEN = (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS, AssessmentStatus.LOCKED)
_HIDDEN = (AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS, AuditStatus.LOCKED)


@dataclass(frozen=True)
class Option:
    """Somebody who could be given an assessment by hand; ``in_pool`` where the framework's rule points to them."""

    person_id: int
    name: str
    load: int
    in_pool: bool


@dataclass(frozen=True)
class _Place:
    """An assessment with everything around it."""

    assessment: Assessment
    framework: Framework
    roster: Roster
    case: CaseToAllocate
    slot: SlotRule
    taken: frozenset[int]

    def why_not(self, person: Auditor) -> str:
        """Return why somebody may never have this place, by hand either; empty where they may."""
        facts = self.case.facts
        rule = self.slot.eligible
        barred = rule.exclude if isinstance(rule, Pool) else ()
        checks = (
            (person.id == facts.worker, "is the child’s own worker"),
            (person.id in self.taken, "audits this case, or has audited it, already"),
            (person.id in self.case.knows_family, "knows the family"),
            (self.case.restricted and not person.cleared, "is not cleared for restricted records"),
            (person.away, "is away"),
            (
                Exclude.CASE_LINE in barred and (person.id in facts.line or person.id == facts.team_manager),
                "is in the line of management of the case",
            ),
            (
                Exclude.CASE_IRO_OR_CHAIR in barred and person.id in facts.iro_or_chair,
                "reviews or chairs for this child",
            ),
            (
                Exclude.SAME_SERVICE in barred and facts.service in person.services,
                "works in the service the case belongs to",
            ),
            (
                isinstance(rule, Pool) and person.completed_audits < rule.min_completed_audits,
                "has not completed enough audits to stand beside somebody new",
            ),
        )
        return next((text for holds, text in checks if holds), "")


def options_for(*, assessment: Assessment) -> list[Option]:
    """Return who could be given the assessment: those whom the rule allows first, the least busy first."""
    place = _around(assessment)
    rule = place.slot.eligible
    wanted = _auditing_roles(place.framework)
    pool = set(rule.roles) if isinstance(rule, Pool) else set()
    # Where the case names the auditor, those who answer for it come nearest to what the rule wants.
    nearest = frozenset() if isinstance(rule, Pool) else place.case.facts.line
    loads = loads_of(assessment.audit.cycle) if assessment.audit.cycle else {}
    options = [
        Option(
            person.id, person.name, loads.get(person.id, 0), bool(person.roles & pool) or person.id in nearest
        )
        for person in place.roster.people.values()
        if person.roles & (wanted | pool) and not place.why_not(person)
    ]
    return sorted(options, key=lambda one: (not one.in_pool, one.load, one.name))


@transaction.atomic
def reassign_assessment(
    *, assessment: Assessment, to: Person, person: Person, reason: str = ""
) -> Assessment:
    """Give the assessment to ``to``, who starts afresh; what the former auditor wrote is kept.

    A place that nobody fills yet is filled as it is; else ``reason`` is needed. The new auditor's days are counted
    from today, those of the audit stay. Raises ``PermissionDenied``, or ``TransitionRefused`` where the grades have
    been shown or ``to`` stands too close to the case.
    """
    require(person, "audits.open_cycle")
    place = _around(assessment)
    _still_open(assessment)
    candidate = place.roster.people.get(to.pk)
    why_not = place.why_not(candidate) if candidate else "does not work for the council any more"
    if why_not:
        raise TransitionRefused([Problem(f"{to.name} {why_not}.", "#id_to")])
    if assessment.assessor_id is None:
        with because("Found an auditor", person=person):
            return _fill(assessment, to.pk)
    if not reason.strip():
        raise TransitionRefused([Problem("Enter why somebody else takes over.", "#id_reason")])
    return _hand_over(place, to.pk, person=person, reason=reason.strip(), problem="")


@transaction.atomic
def declare_known_family(*, assessment: Assessment, person: Person) -> Assessment:
    """Take the auditor off the case because they know the family, and ask the next one the rule allows.

    Nobody asks how they know it. They will not be asked for this family again. Where nobody is left the place stays
    open with its cause, and those who run the month are told. Raises ``PermissionDenied`` for anybody but the auditor.
    """
    if assessment.assessor_id != person.pk:
        raise PermissionDenied("Only the auditor can say that they know the family.")
    _still_open(assessment)
    KnownFamily.objects.get_or_create(
        case=assessment.audit.case, person=person, defaults={"declared_at": clock.now()}
    )
    place = _around(assessment)
    next_one, problem = _next_auditor(place)
    return _hand_over(place, next_one, person=person, reason=KNOWS_FAMILY, problem=problem)


def people_who_run_months() -> list[Person]:
    """Return everybody who may open a month."""
    everyone = Person.objects.filter(
        left_on=None, posts__role__permissions__contains="audits.open_cycle"
    ).distinct()
    return [one for one in everyone if may(one, "audits.open_cycle")]


def _around(assessment: Assessment) -> _Place:
    audit = assessment.audit
    framework = framework_of(audit.framework_version)
    roster = roster_on(clock.today(), framework)
    others = Assessment.objects.filter(audit=audit, assessor__isnull=False)
    return _Place(
        assessment=assessment,
        framework=framework,
        roster=roster,
        case=case_around(audit, roster),
        slot=slot_rule(framework.slot(assessment.slot), framework),
        taken=frozenset(others.values_list("assessor_id", flat=True)),
    )


def _still_open(assessment: Assessment) -> None:
    if assessment.status not in _OPEN or assessment.audit.status not in _HIDDEN:
        raise TransitionRefused(
            [
                Problem(
                    "The auditors have seen each other’s grades, so nobody can begin afresh. Replace the case instead."
                )
            ]
        )


def _auditing_roles(framework: Framework) -> set[str]:
    from audits.frameworks.enums import Capability

    return {role.key for role in framework.roles_that_may(Capability.AUDIT)}


def _next_auditor(place: _Place) -> tuple[int | None, str]:
    audit = place.assessment.audit
    rule = place.slot.eligible
    loads = loads_of(audit.cycle) if audit.cycle else {}
    if isinstance(rule, Pool):
        found, why_not = eligible_people(place.case, rule, place.roster.people.values(), place.taken)
        problem = pool_problem(place.slot, why_not)
    else:
        found = _line_above(place)
        problem = (
            "The team’s manager knows the family, and nobody else in the line of the case is free to lead."
        )
    if not found:
        return None, problem
    in_order = sorted(found, key=lambda one: chance(f"{audit.reference} {place.slot.key}", str(one)))
    if not isinstance(rule, Pool):
        return found[0], ""
    return share_out({audit.reference: in_order}, loads)[audit.reference], ""


def _line_above(place: _Place) -> list[int]:
    """Those in the line of the case who may lead it instead, the nearest first."""
    allowed = [
        person
        for person_id in place.case.facts.line
        if (person := place.roster.people.get(person_id)) and not place.why_not(person)
    ]
    ranks = {role.key: role.line_rank for role in place.framework.roles}
    nearest = sorted(
        allowed, key=lambda one: (min((ranks.get(key) or 99 for key in one.roles), default=99), one.name)
    )
    return [one.id for one in nearest]


def due_if_given_today(assessment: Assessment, framework: Framework) -> date:
    """Return the day by which somebody who is given the assessment today submits."""
    today, cycle = clock.today(), assessment.audit.cycle
    period = cycle.period if cycle else today
    # An audit given out before its month begins, or beside a month, keeps its own day.
    return max(slot_due_on(framework.slot(assessment.slot), period, framework, today), assessment.due_on)


def _fill(assessment: Assessment, to: int) -> Assessment:
    audit = assessment.audit
    framework = framework_of(audit.framework_version)
    due_on = due_if_given_today(assessment, framework)
    rows = Assessment.objects.filter(pk=assessment.pk, assessor=None, status=AssessmentStatus.ALLOCATED)
    if not rows.update(assessor=to, problem="", due_on=due_on):
        raise TransitionRefused([Problem("Somebody else has filled this place meanwhile.")])
    assessment.refresh_from_db()
    notifying.assessment_given(assessment=assessment)
    return assessment


def _hand_over(place: _Place, to: int | None, *, person: Person, reason: str, problem: str) -> Assessment:
    assessment, audit = place.assessment, place.assessment.audit
    former = assessment.assessor
    assessment_workflow.apply(
        assessment, "reassign", person=person, why=reason, also={"reassigned_reason": reason}
    )
    if audit.status == AuditStatus.LOCKED:
        audit_workflow.apply(audit, "unlock", person=None, why=reason)
    with because(reason, person=person):
        fresh = Assessment.objects.create(
            audit=audit,
            slot=assessment.slot,
            assessor_id=to,
            problem=problem,
            due_on=due_if_given_today(assessment, place.framework),
        )
    notifying.assessment_given(assessment=fresh, former=former)
    if to is None:
        notifying.place_unfilled(assessment=fresh, people=_without(people_who_run_months(), former))
    return fresh


def _without(people: Iterable[Person], one: Person | None) -> list[Person]:
    return [person for person in people if one is None or person.pk != one.pk]
