"""What a month left out: exclusions by reason, replacements, and how many it drew."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from audits.enums import ExclusionStatus, SampleStatus
from audits.models import CaseExclusion, Cycle, SampledCase


@dataclass(frozen=True)
class Draws:
    """The draws of some months."""

    drawn: int = 0
    """Children's records drawn, replacements among them."""
    replaced: int = 0
    asked: int = 0
    approved: int = 0
    refused: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    """Reason key of the receipts, and how many children it left out."""


def draws_of(months: Sequence[date]) -> Draws:
    """Return what the draws of the months took and left out, in three queries."""
    sample = Counter(SampledCase.objects.filter(cycle__period__in=months).values_list("status", flat=True))
    asked = Counter(CaseExclusion.objects.filter(period__in=months).values_list("status", flat=True))
    reasons: Counter[str] = Counter()
    for receipt in Cycle.objects.filter(period__in=months).values_list("receipt", flat=True):
        for row in receipt.get("excluded", ()):
            reasons.update(row.get("reasons", ())[:1])
    return Draws(
        drawn=sum(sample.values()),
        replaced=sample[SampleStatus.REPLACED],
        asked=sum(asked.values()),
        approved=asked[ExclusionStatus.APPROVED],
        refused=asked[ExclusionStatus.REFUSED],
        left_out=tuple(reasons.most_common()),
    )
