"""Who has and who has not: everybody's share of a month and of a year, by role (WSX-40, SLO-111)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from audits.enums import AssessmentStatus, AuditStatus, ChoiceStatus, CycleStatus
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, CaseChoice, Cycle
from qaf.lib.calendar import add_months
from qaf.tenants.models import Person

MODERATES, CHOOSES, AWAY, AUDITS = "moderates", "chooses", "away", "audits"


@dataclass
class Line:
    """One person's share of a month: what was asked, given and done, and what stands instead of an audit."""

    person: Person
    role: str
    asked: int = 0
    given: int = 0
    done: int = 0
    to_choose: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Audits asked for that are not done."""
        return max(self.asked - self.done, 0)

    @property
    def without(self) -> int:
        """Audits asked for that were not even given, nor wait for a choice."""
        return max(self.asked - self.given - self.to_choose, 0)


@dataclass(frozen=True)
class YearLine:
    """One person's months of a year: done and asked in each, ``None`` where nothing was asked."""

    person: Person
    role: str
    months: tuple[tuple[int, int] | None, ...]

    @property
    def done(self) -> int:
        """Audits done in all."""
        return sum(month[0] for month in self.months if month)

    @property
    def asked(self) -> int:
        """Audits asked for in all."""
        return sum(month[1] for month in self.months if month)


def has_quota(cycle: Cycle) -> bool:
    """Say whether the month's draw counted by person."""
    return bool(cycle.receipt.get("shares") or cycle.receipt.get("expected"))


def moderating(cycle: Cycle) -> frozenset[int]:
    """Return the ids of those who moderate this month instead of auditing (WSX-42)."""
    shares = cycle.receipt.get("shares", ())
    return frozenset(one["person"] for one in shares if one["outcome"] == MODERATES)


def quota_of_month(cycle: Cycle) -> list[Line]:
    """Return everybody's share of the month, by role and name; four queries however many they are."""
    framework = framework_of(cycle.framework_version)
    lines: dict[int, Line] = {}
    asked = list(cycle.receipt.get("shares", ())) or [
        {"person": one["person"], "role": one["role"], "outcome": AUDITS, "problem": ""}
        for one in cycle.receipt.get("expected", ())
        for _ in range(one["audits"])
    ]
    people = Person.objects.in_bulk([one["person"] for one in asked])
    for one in asked:
        person = people.get(one["person"])
        if person is None:
            continue
        line = lines.setdefault(person.pk, Line(person, framework.names.role(one["role"])))
        _take(line, one)
    _count_given(cycle, framework, lines)
    waiting = CaseChoice.objects.filter(cycle=cycle, status=ChoiceStatus.WAITING, auditor__in=lines)
    for pk in waiting.values_list("auditor_id", flat=True):
        lines[pk].to_choose += 1
    return sorted(lines.values(), key=lambda line: (line.role, line.person.name))


def _take(line: Line, share: Mapping[str, str]) -> None:
    if share["outcome"] == MODERATES:
        line.notes.append("Moderates this month instead")
    elif share["outcome"] == AWAY:
        line.notes.append("Away on the day of allocation")
    else:
        line.asked += 1
        if share.get("problem"):
            line.notes.append(share["problem"])


def _count_given(cycle: Cycle, framework: Framework, lines: Mapping[int, Line]) -> None:
    grading = {slot.key for slot in framework.grading_slots}
    places = (
        Assessment.objects.filter(audit__cycle=cycle, slot__in=grading, assessor__in=lines)
        .exclude(status=AssessmentStatus.REASSIGNED)
        .exclude(audit__status=AuditStatus.WITHDRAWN)
    )
    for pk, submitted in places.values_list("assessor_id", "submitted_at"):
        lines[pk].given += 1
        lines[pk].done += submitted is not None


def quota_of_year(first: date) -> list[YearLine]:
    """Return the twelve months from ``first``, everybody who was ever asked in them on a line."""
    months = [add_months(first, number) for number in range(12)]
    cycles = Cycle.objects.filter(period__in=months).exclude(status=CycleStatus.DRAFT)
    by_month = {cycle.period: cycle for cycle in cycles}
    found: dict[tuple[int, str], dict[date, tuple[int, int]]] = defaultdict(dict)
    people: dict[int, Person] = {}
    for period, cycle in by_month.items():
        for line in quota_of_month(cycle):
            people[line.person.pk] = line.person
            if line.asked or line.done:
                found[line.person.pk, line.role][period] = (line.done, line.asked)
    rows = [
        YearLine(people[pk], role, tuple(done.get(month) for month in months))
        for (pk, role), done in found.items()
    ]
    return sorted(rows, key=lambda row: (row.role, row.person.name))


def shortfalls(lines: Iterable[Line]) -> list[Line]:
    """Return those whose audits of the month are not done."""
    return [line for line in lines if line.missing]
