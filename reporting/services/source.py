"""What a report is made from, read once: its own months, those before, the year that ends with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from audits.enums import AssessmentStatus
from audits.frameworks.models import FrameworkVersion
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of, version_in_force
from audits.models import Assessment
from reporting.enums import ReportKind
from reporting.periods import Period
from reporting.scopes import Scope, scope_of
from reporting.selectors.definitions import Definition, definition
from reporting.selectors.examples import Example, examples
from reporting.selectors.former import Former, former_results
from reporting.selectors.months import Draws, draws_of
from reporting.selectors.programmes import audits_of_theme
from reporting.selectors.records import Records, read


@dataclass(frozen=True)
class Source:
    """Everything one report is made from."""

    wanted: Definition
    period: Period
    records: Records
    before: Records
    history: Records
    draws: Draws
    former: Former | None = None
    """Results of a former tool; none in a report on a part of the council, which they do not name."""
    scope: str = ""
    chosen: tuple[Example, ...] = ()
    version: FrameworkVersion | None = None
    """The published version of the framework by which it is counted (DUR-01)."""

    @property
    def framework(self) -> Framework:
        """The framework by which it is counted."""
        return self.records.framework

    @property
    def whole(self) -> bool:
        """Whether it is about the whole council."""
        return not self.scope


def source(
    kind: str, period: Period, *, as_of: date, scope: str = "", chosen: Collection[str] = ()
) -> Source:
    """Read what a report of the period needs. Raises ``ValueError`` where the framework has no such report.

    Two readings, because of the months before only the grades are wanted: a part is read when it is asked for.
    """
    version = version_in_force(min(as_of, period.ends))
    framework = framework_of(version)
    wanted = definition(framework, kind, scope)
    starts = min(period.year, period.before[0])
    narrow: dict[str, Any] = {"framework": framework, "as_of": as_of, **_about(scope)}
    everything = read(starts=starts, ends=period.ends, **narrow)
    own = (
        everything.within(period.year, period.ends)
        if kind == ReportKind.SCORECARD
        else read(starts=period.starts, ends=period.ends, **narrow)
    )
    return Source(
        wanted=wanted,
        period=period,
        records=own,
        before=everything.within(*period.before),
        history=everything.within(period.year, period.ends),
        draws=draws_of(own.months),
        former=None if scope else former_results(framework.main_grades),
        scope=scope,
        chosen=tuple(examples(period.starts, period.ends, framework, chosen)) if chosen else (),
        version=version,
    )


def _about(scope: str) -> dict[str, Any]:
    """Return how records are read for a scope: somebody's own and themed audits count however they were chosen."""
    whose = scope_of(scope)
    if whose.kind == Scope.SERVICE:
        return {"within": Q(service=whose.pk)}
    if whose.kind == Scope.THEME:
        return {"within": audits_of_theme(whose.pk), "every_origin": True}
    if whose.kind == Scope.PERSON:
        given = Assessment.objects.filter(assessor=whose.pk).exclude(status=AssessmentStatus.REASSIGNED)
        return {"within": Q(pk__in=given.values("audit")), "every_origin": True}
    return {}
