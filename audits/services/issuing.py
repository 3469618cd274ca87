"""From drawn cases to audits: who audits them, the frozen circumstances, and everyone told (HER-15 to HER-18)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from audits.cases.enums import AssignmentKind
from audits.cases.models import Assignment
from audits.enums import AssessmentStatus, AuditStatus
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.process import Slot
from audits.frameworks.vocabulary import CaseFacts
from audits.models import Assessment, Audit, Cycle, KnownFamily, SampledCase
from audits.services import notifying
from audits.services.allocation import CaseToAllocate, Place, SlotRule, allocate
from audits.services.references import take_references
from audits.services.roster import Roster

Rows = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class _Nearby:
    """What surrounds the drawn cases beside their rows, by case id."""

    auditors: Mapping[int, frozenset[int]]
    knows_family: Mapping[int, frozenset[int]]
    worker_since: Mapping[int, date]


def issue_audits(
    *, cycle: Cycle, framework: Framework, sample: Sequence[SampledCase], rows: Rows, roster: Roster
) -> list[Audit]:
    """Create an audit with its assessments for each drawn case, allocate them, and tell everyone concerned.

    ``rows`` are the population's rows of those cases. The number of queries does not depend on that of the cases.
    """
    if not sample:
        return []
    cases = {one.case_id: rows[one.case_id] for one in sample}
    nearby = _nearby(cases, roster.day)
    facts = {case_id: case_to_allocate(row, roster, nearby) for case_id, row in cases.items()}
    slots = [slot_rule(slot) for slot in framework.process.slots]
    seed = f"{cycle.seed} allocation"
    places = allocate(list(facts.values()), slots, roster.people.values(), seed=seed, loads=loads_of(cycle))
    references = take_references(year=roster.day.year, count=len(sample))
    in_order = sorted(sample, key=lambda one: one.position)
    audits = [
        _audit(cycle, framework, one, cases[one.case_id], reference, roster, nearby, facts[one.case_id])
        for one, reference in zip(in_order, references, strict=True)
    ]
    Audit.objects.bulk_create(audits)
    made = [
        _assessment(
            audit, slot, places[cases[audit.case_id]["local_id"]][slot.key], cycle, framework, roster.day
        )
        for audit in audits
        for slot in framework.process.slots
    ]
    Assessment.objects.bulk_create(made)
    deputies = {
        place.person for by_slot in places.values() for place in by_slot.values() if place.stands_in_for
    }
    notifying.audits_issued(
        cycle=cycle,
        framework=framework,
        audits=audits,
        assessments=made,
        deputies={one for one in deputies if one},
    )
    return audits


def loads_of(cycle: Cycle) -> Counter[int]:
    """Return how many places each person fills in the cycle's audits that have not been withdrawn."""
    filled = Assessment.objects.filter(audit__cycle=cycle, assessor__isnull=False).exclude(
        Q(status=AssessmentStatus.REASSIGNED) | Q(audit__status=AuditStatus.WITHDRAWN)
    )
    return Counter(filled.values_list("assessor_id", flat=True))


def slot_rule(slot: Slot) -> SlotRule:
    """Return the slot as the allocation reads it."""
    return SlotRule(slot.key, slot.label, slot.eligible)


def slot_due_on(slot: Slot, cycle: Cycle | None, framework: Framework, day: date) -> date:
    """Return the day by which the slot's auditor submits, counted from ``day``."""
    return framework.due_on(slot.due, month=cycle.period if cycle else day, allocation=day)


def case_to_allocate(row: Mapping[str, Any], roster: Roster, nearby: _Nearby) -> CaseToAllocate:
    """Return one case with the people around it on the roster's day."""
    case_id, team_id = row["pk"], row["team_id"]
    manager = roster.manager_of(team_id, row["manager_id"])
    service_id = row["service_id"] or row["team__parent_id"]
    return CaseToAllocate(
        local_id=row["local_id"],
        facts=CaseFacts(
            worker=row["worker_id"],
            team_manager=manager,
            line=roster.line_of(team_id, service_id),
            iro_or_chair=frozenset(filter(None, [row["chair_id"]])),
            auditors=nearby.auditors.get(case_id, frozenset()),
            service=row["service__key"] or row["team__parent__key"],
        ),
        restricted=row["restricted"],
        unnamed="" if manager else roster.why_no_manager(team_id),
        knows_family=nearby.knows_family.get(case_id, frozenset()),
    )


def case_around(audit: Audit, roster: Roster) -> CaseToAllocate:
    """Return an allocated audit's case as it was frozen, with today's absences and declarations."""
    row = {"pk": audit.case_id, "local_id": audit.case.local_id, "family_id": audit.case.family_id}
    nearby = _nearby({audit.case_id: row}, roster.day)
    return CaseToAllocate(
        local_id=audit.case.local_id,
        facts=CaseFacts(
            worker=audit.worker_id,
            team_manager=audit.manager_id,
            line=frozenset(audit.line),
            iro_or_chair=frozenset(filter(None, [audit.chair_id])),
            auditors=nearby.auditors.get(audit.case_id, frozenset()),
            service=audit.service.key if audit.service else None,
        ),
        restricted=audit.case.restricted,
        unnamed="" if audit.manager_id else roster.why_no_manager(audit.team_id),
        knows_family=nearby.knows_family.get(audit.case_id, frozenset()),
    )


def _nearby(cases: Rows, day: date) -> _Nearby:
    families = {row["family_id"] for row in cases.values() if row["family_id"]}
    by_family: dict[str, set[int]] = {}
    by_case: dict[int, set[int]] = {}
    known = KnownFamily.objects.filter(Q(case__in=cases) | Q(case__family_id__in=families))
    for case_id, family, person in known.values_list("case_id", "case__family_id", "person_id"):
        by_case.setdefault(case_id, set()).add(person)
        by_family.setdefault(family, set()).add(person)
    auditors: dict[int, set[int]] = {}
    earlier = Assessment.objects.filter(audit__case__in=cases, assessor__isnull=False)
    for case_id, person in earlier.values_list("audit__case_id", "assessor_id"):
        auditors.setdefault(case_id, set()).add(person)
    since = Assignment.objects.filter(
        case__in=cases, kind=AssignmentKind.WORKER, ends_on=None, starts_on__lte=day
    )
    return _Nearby(
        auditors={case_id: frozenset(people) for case_id, people in auditors.items()},
        knows_family={
            case_id: frozenset(
                by_case.get(case_id, set())
                | (by_family.get(row["family_id"], set()) if row["family_id"] else set())
            )
            for case_id, row in cases.items()
        },
        worker_since=dict(since.values_list("case_id", "starts_on")),
    )


def _audit(
    cycle: Cycle,
    framework: Framework,
    sampled: SampledCase,
    row: Mapping[str, Any],
    reference: str,
    roster: Roster,
    nearby: _Nearby,
    case: CaseToAllocate,
) -> Audit:
    service = case.facts.service or ""
    return Audit(
        reference=reference,
        cycle=cycle,
        case_id=row["pk"],
        framework_version_id=cycle.framework_version_id,
        tool=framework.tool_for(service).key,
        origin=sampled.origin,
        allocated_on=roster.day,
        due_on=max(slot_due_on(slot, cycle, framework, roster.day) for slot in framework.process.slots),
        worker_id=row["worker_id"],
        worker_since=nearby.worker_since.get(row["pk"]),
        team_id=row["team_id"],
        service_id=row["service_id"] or row["team__parent_id"],
        manager_id=case.facts.team_manager,
        chair_id=row["chair_id"],
        case_status=row["status"],
        line=sorted(case.facts.line),
    )


def _assessment(
    audit: Audit, slot: Slot, place: Place, cycle: Cycle, framework: Framework, day: date
) -> Assessment:
    return Assessment(
        audit=audit,
        slot=slot.key,
        assessor_id=place.person,
        problem=place.problem,
        due_on=slot_due_on(slot, cycle, framework, day),
    )
