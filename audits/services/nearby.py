"""A case with the people around it, as allocation asks for it: read in three queries however many cases there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from audits.cases.enums import AssignmentKind
from audits.cases.models import Assignment
from audits.frameworks.vocabulary import CaseFacts
from audits.models import Assessment, Audit, KnownFamily
from audits.services.allocation import CaseToAllocate
from audits.services.roster import Roster

Rows = Mapping[int, Mapping[str, Any]]
"""Rows of the case list by the case's id."""


@dataclass(frozen=True)
class Nearby:
    """What surrounds cases beside their rows, by case id."""

    auditors: Mapping[int, frozenset[int]]
    knows_family: Mapping[int, frozenset[int]]
    worker_since: Mapping[int, date]


def nearby(cases: Rows, day: date) -> Nearby:
    """Return earlier auditors, declarations about families and the workers' first days."""
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
    return Nearby(
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


def case_to_allocate(row: Mapping[str, Any], roster: Roster, around: Nearby) -> CaseToAllocate:
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
            auditors=around.auditors.get(case_id, frozenset()),
            service=row["service__key"] or row["team__parent__key"],
        ),
        restricted=row["restricted"],
        unnamed="" if manager else roster.why_no_manager(team_id),
        knows_family=around.knows_family.get(case_id, frozenset()),
    )


def case_around(audit: Audit, roster: Roster) -> CaseToAllocate:
    """Return an allocated audit's case as it was frozen, with today's absences and declarations."""
    row = {"pk": audit.case_id, "local_id": audit.case.local_id, "family_id": audit.case.family_id}
    around = nearby({audit.case_id: row}, roster.day)
    return CaseToAllocate(
        local_id=audit.case.local_id,
        facts=CaseFacts(
            worker=audit.worker_id,
            team_manager=audit.manager_id,
            line=frozenset(audit.line),
            iro_or_chair=frozenset(filter(None, [audit.chair_id])),
            auditors=around.auditors.get(audit.case_id, frozenset()),
            service=audit.service.key if audit.service else None,
        ),
        restricted=audit.case.restricted,
        unnamed="" if audit.manager_id else roster.why_no_manager(audit.team_id),
        knows_family=around.knows_family.get(audit.case_id, frozenset()),
    )
