"""Whose records a theme looks at: read from the theme, asked of the case list's rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.models import Theme, ThemeCase
from qaf.lib import calendar


@dataclass(frozen=True)
class ThemeFilter:
    """A theme's population, as a rule on one row of the case list. What a row does not say cannot bring it in."""

    statuses: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    open_days_at_least: int | None = None
    open_days_at_most: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    months_without_supervision: int | None = None
    listed: frozenset[int] | None = None
    """Ids of the only cases that may be drawn; ``None``: no list was given."""

    def admits(self, row: Mapping[str, Any], service: str, day: date) -> bool:
        """Say whether the row belongs to the theme on ``day``."""
        if self.listed is not None and row["pk"] not in self.listed:
            return False
        if (self.statuses and row["status"] not in self.statuses) or (
            self.services and service not in self.services
        ):
            return False
        return self._open_long_enough(row, day) and self._of_age(row, day) and self._unsupervised(row, day)

    def _open_long_enough(self, row: Mapping[str, Any], day: date) -> bool:
        if self.open_days_at_least is None and self.open_days_at_most is None:
            return True
        if row["opened_on"] is None:
            return False
        days = (day - row["opened_on"]).days
        return (self.open_days_at_least or 0) <= days and (
            self.open_days_at_most is None or days <= self.open_days_at_most
        )

    def _of_age(self, row: Mapping[str, Any], day: date) -> bool:
        if self.age_from is None and self.age_to is None:
            return True
        if not row["birth_year"] or not row["birth_month"]:
            return False
        age = calendar.age_on(row["birth_year"], row["birth_month"], day)
        return (self.age_from or 0) <= age and (self.age_to is None or age <= self.age_to)

    def _unsupervised(self, row: Mapping[str, Any], day: date) -> bool:
        if self.months_without_supervision is None:
            return True
        last = row["last_supervision_on"]
        return (
            last is not None and calendar.whole_months_between(last, day) >= self.months_without_supervision
        )


def filter_of(theme: Theme) -> ThemeFilter:
    """Return whose records the theme looks at."""
    listed = None
    if theme.listed_only:
        listed = frozenset(ThemeCase.objects.filter(theme=theme).values_list("case_id", flat=True))
    return ThemeFilter(
        statuses=frozenset(theme.statuses),
        services=frozenset(theme.services),
        open_days_at_least=theme.open_days_at_least,
        open_days_at_most=theme.open_days_at_most,
        age_from=theme.age_from,
        age_to=theme.age_to,
        months_without_supervision=theme.months_without_supervision,
        listed=listed,
    )
