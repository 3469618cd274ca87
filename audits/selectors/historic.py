"""Audits from before the product, apart from all others: in no month, no sample and no series of today's audits."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractYear

from audits.frameworks.schema import GradeSet
from audits.models import HistoricAudit


@dataclass(frozen=True)
class Year:
    """The historic results of one calendar year; ``converted`` of them were read from scores of the former scale."""

    year: int
    counts: tuple[int, ...]
    n: int
    converted: int


def historic_audits() -> QuerySet[HistoricAudit]:
    """Return every historic audit, the newest first."""
    return HistoricAudit.objects.all()


def years_of(grades: GradeSet, before: date | None = None) -> list[Year]:
    """Return overall grades by year, the newest first, in the order of the scale, best first. One query.

    A grade that the scale does not have any more counts in ``n`` only. ``before`` leaves out what was audited from
    that day on.
    """
    found = (
        HistoricAudit.objects.all() if before is None else HistoricAudit.objects.filter(audited_on__lt=before)
    )
    rows = (
        found.annotate(year=ExtractYear("audited_on"))
        .values("year", "grade")
        .annotate(number=Count("pk"), read=Count("pk", filter=Q(converted=True)))
        .order_by()
    )
    numbers: dict[int, Counter[str]] = {}
    read: Counter[int] = Counter()
    for row in rows:
        numbers.setdefault(row["year"], Counter())[row["grade"]] += row["number"]
        read[row["year"]] += row["read"]
    return [
        Year(year, tuple(given[one.key] for one in grades.best_first), given.total(), read[year])
        for year, given in sorted(numbers.items(), reverse=True)
    ]
