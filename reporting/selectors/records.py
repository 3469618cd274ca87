"""Everything that figures are counted from, read in a fixed number of queries however many audits there are.

``read`` loads the audits of some months with what hangs on them; ``Records.only`` narrows to a service or a team
without asking the database again, so that one reading serves a whole report with all its breakdowns.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import DateField, Q, QuerySet
from django.db.models.functions import Cast, Coalesce, TruncMonth

from audits.enums import OVERALL, TREND_ORIGINS, WITH_FINAL_GRADE, AuditStatus
from audits.frameworks.schema import Framework
from audits.models import Audit
from qaf.lib.calendar import add_months, month_start
from reporting.selectors.parts import Parts
from reporting.selectors.programmes import themes_of_months


@dataclass(frozen=True)
class Unit:
    """A service or a team by name; ``parent`` is a team's service."""

    pk: int
    name: str
    key: str
    parent: int | None = None


@dataclass(frozen=True)
class AuditRow:
    """One audit as figures see it: frozen places, moments, and no word about the child."""

    pk: int
    reference: str
    month: date
    origin: str
    status: str
    service: int | None
    team: int | None
    worker: int | None
    case_status: str
    restricted: bool
    allocated_on: date
    due_on: date
    submitted_at: datetime | None
    outcome_at: datetime | None
    final_at: datetime | None
    good_practice: bool
    re_audit_of: int | None

    @property
    def is_final(self) -> bool:
        """Whether its grades count."""
        return self.status in WITH_FINAL_GRADE

    @property
    def is_random(self) -> bool:
        """Whether chance chose it: only then may it stand in a trend."""
        return self.origin in TREND_ORIGINS


@dataclass(frozen=True)
class Records:
    """The audits of some months, what hangs on them, and the words to name them by."""

    starts: date
    ends: date
    as_of: date
    framework: Framework
    audits: tuple[AuditRow, ...]
    parts: Parts
    services: Mapping[int, Unit] = field(default_factory=dict)
    teams: Mapping[int, Unit] = field(default_factory=dict)
    place: str = "the whole council"
    every_origin: bool = False
    """Whether audits count however they were chosen: for themes of somebody's own audits, never for grades."""
    month_themes: Mapping[date, str] = field(default_factory=dict)
    """The theme of each month that had one."""

    def only(
        self,
        *,
        service: int | None = None,
        team: int | None = None,
        months: Collection[date] | None = None,
        place: str = "",
    ) -> "Records":
        """Return the records of a service, a team or some months."""

        def fits(row: AuditRow) -> bool:
            return (
                (service is None or row.service == service)
                and (team is None or row.team == team)
                and (months is None or row.month in months)
            )

        return self.narrowed(fits, place)

    def within(self, starts: date, ends: date) -> "Records":
        """Return the records of a shorter time."""
        months = set(months_between(starts, ends))
        return replace(self.only(months=months), starts=starts, ends=ends)

    def narrowed(self, fits: Callable[[AuditRow], bool], place: str = "") -> "Records":
        """Return the records of the audits that fit."""
        return replace(self, audits=tuple(row for row in self.audits if fits(row)), place=place or self.place)

    @cached_property
    def random(self) -> tuple[AuditRow, ...]:
        """Audits that chance chose and that were not withdrawn; of every origin where the records say so."""
        return tuple(
            row
            for row in self.audits
            if (row.is_random or self.every_origin) and row.status != AuditStatus.WITHDRAWN
        )

    @cached_property
    def final(self) -> tuple[AuditRow, ...]:
        """Those of them whose grades are final: the only ones that grade figures count."""
        return tuple(row for row in self.random if row.is_final)

    @property
    def who(self) -> str:
        """Which audits are counted, as the population of a figure says it."""
        return "audits" if self.every_origin else "audits drawn at random"

    @cached_property
    def submitted(self) -> tuple[AuditRow, ...]:
        """Those of them that every auditor has submitted."""
        return tuple(row for row in self.random if row.submitted_at)

    @property
    def months(self) -> list[date]:
        """The first day of every month from start to end."""
        return list(months_between(self.starts, self.ends))

    def is_month_final(self, month: date) -> bool:
        """Whether no audit of the month's cohort can still change its figures."""
        cohort = [row for row in self.random if row.month == month]
        return all(row.is_final for row in cohort) if cohort else month < month_start(self.as_of)

    def grade(self, audit: AuditRow, domain: str = OVERALL) -> str | None:
        """The final grade of a domain; ``None`` while there is none."""
        return self.parts.of_record.get(audit.pk, {}).get(domain) if audit.is_final else None

    def by_service(self) -> Iterator[tuple[str, "Records"]]:
        """Each service with its records, in the framework’s order, also those without audits."""
        keys = [service.key for service in self.framework.audited_services]
        present = {row.service for row in self.audits}
        units = [unit for unit in self.services.values() if unit.key in keys or unit.pk in present]
        for unit in sorted(
            units, key=lambda one: (keys.index(one.key) if one.key in keys else len(keys), one.name)
        ):
            yield unit.name, self.only(service=unit.pk, place=unit.name)
        if None in present:
            yield "No service known", self.narrowed(lambda row: row.service is None, "No service known")

    def by_team(self) -> Iterator[tuple[str, "Records"]]:
        """Each team that has audits, with its records, by name."""
        present = {row.team for row in self.audits}
        for unit in sorted(
            (self.teams[pk] for pk in present if pk and pk in self.teams), key=lambda one: one.name
        ):
            yield unit.name, self.only(team=unit.pk, place=unit.name)
        if None in present:
            yield "No team known", self.narrowed(lambda row: row.team is None, "No team known")

    def service_name(self, row: AuditRow) -> str:
        """The name of the audit's service."""
        unit = self.services.get(row.service or 0)
        return unit.name if unit else "No service known"

    def team_name(self, row: AuditRow) -> str:
        """The name of the audit's team."""
        unit = self.teams.get(row.team or 0)
        return unit.name if unit else "No team known"


def months_between(starts: date, ends: date) -> Iterator[date]:
    """Yield the first day of every month from one day to another."""
    month = month_start(starts)
    while month <= ends:
        yield month
        month = add_months(month, 1)


def cohort(rows: QuerySet[Audit]) -> QuerySet[Any]:
    """Give each audit its month: its cycle's, else that of its allocation."""
    allocated = Cast(TruncMonth("allocated_on"), DateField())
    return rows.annotate(month=Coalesce("cycle__period", allocated, output_field=DateField()))


_COLUMNS = (
    "pk", "reference", "month", "origin", "status", "service_id", "team_id", "worker_id", "case_status",
    "case__restricted", "allocated_on", "due_on", "submitted_at", "outcome_at", "final_at", "good_practice",
    "re_audit_of_id",
)  # fmt: skip


def audit_rows(*conditions: Q, **filters: Any) -> list[AuditRow]:
    """Return the audits that meet the conditions, by month and reference; ``month`` may be among them."""
    rows: QuerySet[Any] = (
        cohort(Audit.objects.all()).filter(*conditions, **filters).order_by("month", "reference")
    )
    return [AuditRow(*values) for values in rows.values_list(*_COLUMNS)]


def read(
    *,
    starts: date,
    ends: date,
    as_of: date,
    framework: Framework,
    within: Q | None = None,
    every_origin: bool = False,
) -> Records:
    """Return the records of the cohorts from ``starts`` to ``ends`` as they stand on ``as_of``.

    ``within`` limits them to what somebody may see. The number of queries does not depend on the number of audits.
    """
    conditions = [within] if within is not None else []
    audits = tuple(audit_rows(*conditions, month__gte=month_start(starts), month__lte=ends))
    services, teams = _units()
    return Records(
        starts=starts,
        ends=ends,
        as_of=as_of,
        framework=framework,
        audits=audits,
        parts=Parts([row.pk for row in audits]),
        services=services,
        teams=teams,
        every_origin=every_origin,
        month_themes=themes_of_months(month_start(starts), ends),
    )


def _units() -> tuple[dict[int, Unit], dict[int, Unit]]:
    from qaf.tenants.models import Unit as UnitModel

    found: dict[str, dict[int, Unit]] = defaultdict(dict)
    for pk, kind, key, name, parent in UnitModel.objects.values_list(
        "pk", "kind", "key", "name", "parent_id"
    ):
        found[kind][pk] = Unit(pk, name, key, parent)
    return found["service"], found["team"]
