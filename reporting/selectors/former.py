"""Results of a former tool as trends show them: a series of their own before the council's first month (WSX-22)."""

from dataclasses import dataclass
from datetime import date

from audits.frameworks.schema import GradeSet
from audits.models import Cycle
from audits.selectors.historic import Year, years_of

MOST_YEARS = 5
"""How many years stand before the months: more would leave no room for them."""


@dataclass(frozen=True)
class Former:
    """Former results by calendar year, the oldest first; ``before`` is the first month of audits in the product."""

    years: tuple[Year, ...] = ()
    before: date | None = None

    @property
    def converted(self) -> int:
        """How many were read from scores of the former scale."""
        return sum(one.converted for one in self.years)

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(one.n for one in self.years)


def former_results(grades: GradeSet) -> Former:
    """Return the council's former results of the last years before its first month. Two queries."""
    first = Cycle.objects.order_by("period").values_list("period", flat=True).first()
    years = years_of(grades, before=first)
    return Former(tuple(reversed(years[:MOST_YEARS])), first)
