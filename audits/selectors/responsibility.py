"""How far a grade judges the allocated worker's own work: since when they worked with the child, and what else counted.

The framework's tool says by the meaning of its fields where an auditor records it (SEF-140).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from audits.enums import OVERALL, AssessmentStatus
from audits.frameworks.selectors import framework_of
from audits.models import Audit, Judgement
from qaf.ui.words import long_date, plural


@dataclass(frozen=True)
class Responsibility:
    """What stands beside the grades of an audit."""

    since: date | None
    weeks: int | None
    factors: tuple[str, ...] = ()
    of_others: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader of the grades is told."""
        found = []
        if self.since and self.weeks is not None:
            how_long = plural(self.weeks, "week") if self.weeks < 26 else "half a year or longer"
            if not self.weeks:
                how_long = "less than a week"
            found.append(
                f"The worker had worked with the child since {long_date(self.since)}, {how_long} before the audit."
            )
        if self.factors:
            found.append(f"What else shaped the outcome: {'; '.join(self.factors)}.")
        if self.of_others:
            found.append(
                "The grade is mainly about the work of others, and stays out of the worker’s own patterns."
            )
        return tuple(found)


def responsibility_of(audit: Audit) -> Responsibility:
    """Return how long the worker had the case and what else shaped the outcome, by the auditors' answers.

    Where an auditor gives no day, the day known when the case was drawn stands. For those who see the grades only.
    """
    framework = framework_of(audit.framework_version)
    tool = framework.tool(audit.tool)
    since, of_others = audit.worker_since, False
    factors: list[str] = []
    day, other, flag = tool.meaning("worker_since"), tool.meaning("factors"), tool.meaning("not_of_worker")
    for extra in _overall([audit.pk]).values_list("extra", flat=True):
        if day and extra.get(day.key):
            since = date.fromisoformat(extra[day.key])
        if other and extra.get(other.key):
            labels = {choice.key: choice.label for choice in other.choices}
            factors += [labels.get(key, key) for key in extra[other.key]]
        of_others = of_others or bool(flag and extra.get(flag.key) == "yes")
    weeks = max(0, (audit.allocated_on - since).days // 7) if since else None
    return Responsibility(since, weeks, tuple(dict.fromkeys(factors)), of_others)


def work_of_others(audits: Iterable[int]) -> frozenset[int]:
    """Return those audits, by id, whose grade is mainly about the work of others than the worker then. Two queries.

    Patterns of a practitioner leave them out; patterns of a team or service do not.
    """
    rows = Audit.objects.filter(pk__in=list(audits))
    keys = {
        row.pk: one.key
        for row in rows
        if (one := framework_of(row.framework_version).tool(row.tool).meaning("not_of_worker"))
    }
    said = _overall(list(keys)).values_list("assessment__audit_id", "extra") if keys else ()
    return frozenset(pk for pk, extra in said if extra.get(keys[pk]) == "yes")


def _overall(audits: list[int]) -> QuerySet[Judgement]:
    return Judgement.objects.filter(
        assessment__audit__in=audits, domain=OVERALL, assessment__submitted_at__isnull=False
    ).exclude(assessment__status=AssessmentStatus.REASSIGNED)
