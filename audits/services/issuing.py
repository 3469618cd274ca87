"""From drawn cases to audits: who audits them, the frozen circumstances, and everyone told (HER-15 to HER-18)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from audits.enums import AssessmentStatus, AuditStatus
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.process import Slot
from audits.frameworks.vocabulary import AuditFacts, all_hold
from audits.models import Assessment, Audit, Cycle, ThemedProgramme
from audits.services import notifying
from audits.services.allocation import CaseToAllocate, Place, SlotRule, Wanted, allocate
from audits.services.nearby import Nearby, Rows, case_to_allocate, nearby
from audits.services.references import take_references
from audits.services.roster import Roster


@dataclass(frozen=True)
class Batch:
    """What audits that are handed out together have in common."""

    framework: Framework
    version_id: int
    seed: str
    roster: Roster
    allocated_on: date
    cycle: Cycle | None = None
    programme: ThemedProgramme | None = None
    tool: str = ""
    """Key of the tool; the one of the case's service, where empty."""
    due_on: date | None = None
    """The day that all of them are due; as the framework says for each slot, where ``None``."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The places that are filled at allocation."""
        return allocated_slots(self.framework)


@dataclass(frozen=True)
class Chosen:
    """A case to audit: where it stands in the order, how it was chosen, and for whose quota."""

    case_id: int
    position: int
    origin: str
    auditor: int | None = None


def allocated_slots(framework: Framework) -> tuple[Slot, ...]:
    """Return the slots that allocation fills: whoever may only revise grades is found by moderation."""
    return tuple(slot for slot in framework.process.slots if slot.grades != "may_revise")


def issue_audits(*, batch: Batch, chosen: Sequence[Chosen], rows: Rows) -> list[Audit]:
    """Create an audit with its assessments for each chosen case, allocate them, and tell everyone concerned.

    ``rows`` are the population's rows of those cases. The number of queries does not depend on that of the cases.
    """
    if not chosen:
        return []
    cases = {one.case_id: rows[one.case_id] for one in chosen}
    around = nearby(cases, batch.roster.day)
    facts = {case_id: case_to_allocate(row, batch.roster, around) for case_id, row in cases.items()}
    places = _places(batch, chosen, facts)
    references = take_references(year=batch.roster.day.year, count=len(chosen))
    in_order = sorted(chosen, key=lambda one: one.position)
    audits = [
        _audit(batch, one, cases[one.case_id], reference, around, facts[one.case_id])
        for one, reference in zip(in_order, references, strict=True)
    ]
    Audit.objects.bulk_create(audits)
    made = [
        _assessment(audit, slot, place, batch)
        for audit in audits
        for slot in batch.slots
        if (place := places[cases[audit.case_id]["local_id"]].get(slot.key))
    ]
    Assessment.objects.bulk_create(made)
    deputies = {
        place.person for by_slot in places.values() for place in by_slot.values() if place.stands_in_for
    }
    notifying.audits_issued(
        batch=batch, audits=audits, assessments=made, deputies={one for one in deputies if one}
    )
    return audits


def _places(
    batch: Batch, chosen: Sequence[Chosen], facts: Mapping[int, CaseToAllocate]
) -> dict[str, dict[str, Place]]:
    first = batch.framework.grading_slots[0].key
    settled = {facts[one.case_id].local_id: {first: one.auditor} for one in chosen if one.auditor}
    return allocate(
        list(facts.values()),
        [slot_rule(slot, batch.framework) for slot in batch.slots],
        batch.roster.people.values(),
        seed=f"{batch.seed} allocation",
        loads=loads_of(batch.cycle) if batch.cycle else None,
        settled=settled,
    )


def loads_of(cycle: Cycle) -> Counter[int]:
    """Return how many places each person fills in the cycle's audits that have not been withdrawn."""
    filled = Assessment.objects.filter(audit__cycle=cycle, assessor__isnull=False).exclude(
        Q(status=AssessmentStatus.REASSIGNED) | Q(audit__status=AuditStatus.WITHDRAWN)
    )
    return Counter(filled.values_list("assessor_id", flat=True))


def slot_rule(slot: Slot, framework: Framework) -> SlotRule:
    """Return the slot as the allocation reads it."""
    return SlotRule(slot.key, slot.label, slot.eligible, _wanted(slot, framework))


def _wanted(slot: Slot, framework: Framework) -> Wanted | None:
    """Return when the slot exists beside the auditors found, such as an experienced one beside a new one (SEF-77)."""
    if not slot.required_when:
        return None

    def wanted(completed: Mapping[str, int]) -> bool:
        facts = AuditFacts(rank={}, completed_audits=completed)
        return all_hold(slot.required_when, facts, framework.names).holds

    return wanted


def slot_due_on(slot: Slot, period: date, framework: Framework, day: date) -> date:
    """Return the day by which the slot's auditor submits an audit of the month, counted from ``day``."""
    return framework.due_on(slot.due, month=period, allocation=day)


def _due_on(slot: Slot, batch: Batch) -> date:
    if batch.due_on is not None:
        return batch.due_on
    period = batch.cycle.period if batch.cycle else batch.allocated_on
    return slot_due_on(slot, period, batch.framework, batch.allocated_on)


def _audit(
    batch: Batch,
    one: Chosen,
    row: Mapping[str, Any],
    reference: str,
    around: Nearby,
    case: CaseToAllocate,
) -> Audit:
    service = case.facts.service or ""
    return Audit(
        reference=reference,
        cycle=batch.cycle,
        programme=batch.programme,
        case_id=row["pk"],
        framework_version_id=batch.version_id,
        tool=batch.tool or batch.framework.tool_for(service).key,
        origin=one.origin,
        allocated_on=batch.allocated_on,
        due_on=max(_due_on(slot, batch) for slot in batch.slots),
        worker_id=row["worker_id"],
        worker_since=around.worker_since.get(row["pk"]),
        team_id=row["team_id"],
        service_id=row["service_id"] or row["team__parent_id"],
        manager_id=case.facts.team_manager,
        chair_id=row["chair_id"],
        case_status=row["status"],
        line=sorted(case.facts.line),
    )


def _assessment(audit: Audit, slot: Slot, place: Place, batch: Batch) -> Assessment:
    return Assessment(
        audit=audit,
        slot=slot.key,
        assessor_id=place.person,
        problem=place.problem,
        due_on=_due_on(slot, batch),
    )
