"""Choosing what a month's audits look at, and changing it until the month is drawn (SEF-40, SEF-141)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import IntegrityError, transaction

from audits.cases.models import Case
from audits.enums import CycleStatus
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.sampling import Themes
from audits.frameworks.selectors import framework_in_force
from audits.models import Cycle, Theme, ThemeCase
from audits.services.population import Population, population_on
from audits.services.roster import roster_on
from audits.services.theming import ThemeFilter
from qaf.lib import clock
from qaf.lib.calendar import month_start
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, TransitionRefused


@dataclass(frozen=True)
class ThemeContent:
    """Everything that is written about a theme, as a form gives it."""

    title: str
    question: str
    reason: str
    triggered_by: str
    triggered_link: str = ""
    statuses: Sequence[str] = ()
    services: Sequence[str] = ()
    open_days_at_least: int | None = None
    open_days_at_most: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    months_without_supervision: int | None = None
    guidance: str = ""
    recipients: Sequence[str] = ()
    local_ids: Sequence[str] = field(default=())
    """Ids of the only children it looks at; empty: everybody whom the rest describes."""

    def columns(self) -> dict[str, object]:
        """Return what the theme's table holds of it."""
        values = asdict(self) | {"statuses": list(self.statuses), "services": list(self.services)}
        values["recipients"] = list(self.recipients)
        values["listed_only"] = bool(self.local_ids)
        del values["local_ids"]
        return values


def themes_of(framework: Framework) -> Themes:
    """Return the framework's rule about themes. Raises ``TransitionRefused`` where it has none."""
    if framework.sampling.themes is None:
        raise TransitionRefused([Problem("This council’s framework has no themes.")])
    return framework.sampling.themes


@transaction.atomic
def plan_theme(*, month: date, content: ThemeContent, person: Person) -> Theme:
    """Choose the theme of a month, or change it while the month is not drawn.

    Raises ``PermissionDenied``, or ``TransitionRefused`` with everything that is wrong.
    """
    require(person, "audits.plan_themes")
    month = month_start(month)
    if Cycle.objects.filter(period=month).exclude(status=CycleStatus.DRAFT).exists():
        raise TransitionRefused([Problem("That month is drawn already, so its theme stays.", "#id_month")])
    existing = Theme.objects.filter(month=month).first()
    with because(f"Theme of {month:%Y-%m}: {content.title}", person=person):
        try:
            with transaction.atomic():
                return write_theme(existing or Theme(month=month), content, person)
        except IntegrityError:
            raise TransitionRefused(
                [Problem("Somebody has chosen a theme for that month meanwhile.")]
            ) from None


def write_theme(theme: Theme, content: ThemeContent, person: Person) -> Theme:
    """Write a theme and the children listed for it. Raises ``TransitionRefused`` with everything that is wrong."""
    rules = themes_of(framework_in_force(clock.today()))
    labels = {choice.key: choice.label for choice in rules.reasons}
    cases, problems = cases_listed(content.local_ids)
    if content.reason not in labels:
        problems.append(Problem("Select why this theme is chosen.", "#id_reason"))
    if not content.triggered_by.strip():
        problems.append(Problem("Enter what gave rise to it.", "#id_triggered_by"))
    if problems:
        raise TransitionRefused(problems)
    for name, value in content.columns().items():
        setattr(theme, name, value)
    theme.reason_label = labels[content.reason]
    theme.chosen_by, theme.chosen_at = person, clock.now()
    theme.save()
    ThemeCase.objects.filter(theme=theme).delete()
    ThemeCase.objects.bulk_create(ThemeCase(theme=theme, case_id=pk) for pk in cases)
    return theme


def cases_listed(local_ids: Iterable[str]) -> tuple[list[int], list[Problem]]:
    """Return the open cases with these ids, and what is wrong with the list."""
    wanted = list(dict.fromkeys(one.strip() for one in local_ids if one.strip()))
    if not wanted:
        return [], []
    known = dict(Case.objects.filter(local_id__in=wanted, closed_on=None).values_list("local_id", "pk"))
    missing = [one for one in wanted if one not in known]
    if missing:
        shown = ", ".join(missing[:10]) + (" …" if len(missing) > 10 else "")
        return [], [Problem(f"No open case has these ids: {shown}", "#id_local_ids")]
    return list(known.values()), []


def records_behind(content: ThemeContent, *, period: date) -> Population:
    """Return who could be drawn today for such a theme."""
    framework = framework_in_force(clock.today())
    cases, _ = cases_listed(content.local_ids)
    limits = ThemeFilter(
        statuses=frozenset(content.statuses),
        services=frozenset(content.services),
        open_days_at_least=content.open_days_at_least,
        open_days_at_most=content.open_days_at_most,
        age_from=content.age_from,
        age_to=content.age_to,
        months_without_supervision=content.months_without_supervision,
        listed=frozenset(cases) if content.local_ids else None,
    )
    day = clock.today()
    return population_on(day, month_start(period), framework, roster_on(day, framework), limits)
