"""What reporting asks of people: reports to write, cases to comment on, sessions to plan, to join and to record."""

from collections.abc import Iterable, Iterator
from datetime import date

from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_if_any
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may, role_keys_of
from qaf.tenants.registry import ToDo
from reporting.enums import ReportKind, SessionKind, SessionStatus
from reporting.models import ChosenCase, ReportSnapshot, Session
from reporting.periods import last_ended, parse
from reporting.selectors.definitions import (
    Definition,
    audited_in,
    definition,
    definitions,
    forums_for,
    name_of,
    own_scopes,
)
from reporting.selectors.leaders import leaders, uncommented

BY_CALENDAR = (ReportKind.MONTHLY, ReportKind.QUARTERLY, ReportKind.SNAPSHOT)
"""Reports that the calendar makes where nobody did."""


def learning_todo(person: Person) -> Iterable[ToDo]:
    """Return a person's open work here."""
    framework = framework_if_any()
    if framework is None:
        return
    yield from _reports(person, framework)
    yield from _cases(person, framework)
    yield from _sessions(person, framework)


def _reports(person: Person, framework: Framework) -> Iterator[ToDo]:
    """Yield the reports on the months just ended that the framework asks the person's role for and nobody made."""
    held = framework.with_groups(role_keys_of(person))
    asked = [
        one
        for one in definitions(framework)
        if one.kind not in BY_CALENDAR and one.report and held & set(one.report.by)
    ]
    if not asked:
        return
    made = set(
        ReportSnapshot.objects.filter(kind__in=[one.kind for one in asked]).values_list(
            "kind", "period", "scope"
        )
    )
    today = clock.today()
    for one in asked:
        period = last_ended(one.frequency, today)
        for scope in own_scopes(person, one):
            if (one.kind.value, period.label, scope) in made:
                continue
            if one.per == "auditor" and not audited_in(person, period.starts, period.ends):
                continue
            page = f"reporting:{'draft_of' if scope else 'draft'}"
            href = council_path(page, one.kind, period.label, *([scope] if scope else []))
            about = period.title if one.per != "theme" else f"{name_of(scope)}, {period.title}"
            yield ToDo(f"Write: {one.label}", href, _due(framework, one, period.ends), about)


def _due(framework: Framework, one: Definition, ends: date) -> date | None:
    report = one.report
    return framework.due_on(report.due, month=ends, period_end=ends) if report and report.due else None


def _cases(person: Person, framework: Framework) -> Iterator[ToDo]:
    """Yield the chosen cases that wait for a senior leader's word."""
    if not ChosenCase.objects.exists() or person not in leaders(framework):
        return
    paper = definition(framework, ReportKind.CASE_PAPER)
    for case in uncommented(person):
        ends = parse(ReportKind.QUARTERLY, case.period).ends
        yield ToDo(
            "Comment on a case chosen for senior leaders",
            council_path("reporting:case", case.pk),
            _due(framework, paper, ends),
            case.audit.reference,
        )


def _sessions(person: Person, framework: Framework) -> Iterator[ToDo]:
    """Yield sessions to join, and for those who plan them sessions to plan and to record."""
    today = clock.today()
    planned = Session.objects.filter(status=SessionStatus.PLANNED)
    for one in planned.filter(people__person=person, held_on__gte=today):
        yield ToDo("Come to a session", council_path("reporting:session", one.pk), one.held_on, one.title)
    if not may(person, "reporting.learn"):
        return
    for one in planned.filter(held_on__lt=today, planned_by=person):
        yield ToDo(
            "Record what came of a session",
            council_path("reporting:record_session", one.pk),
            one.held_on,
            one.title,
        )
    for kind in SessionKind:
        for forum in forums_for(framework, kind):
            frequency = "quarterly" if forum.frequency == "quarterly" else "monthly"
            period = last_ended(frequency, today)
            if not Session.objects.filter(kind=kind, period=period.label).exists():
                yield ToDo(
                    "Plan a session",
                    council_path("reporting:plan_session", kind, period.label),
                    calendar.month_end(today),
                    f"{forum.label}, {period.title}",
                )
