"""Themes of months and programmes: the year's plan, what waits to be chosen, and a theme beside its audits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from audits.enums import (
    RUNNING,
    AuditStatus,
    ChoiceStatus,
    CycleStatus,
    ExtraStatus,
    ProgrammeStatus,
    QuestionStatus,
)
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import framework_if_any
from audits.models import CaseChoice, Cycle, ExtraCase, PerformanceQuestion, Theme, ThemedProgramme
from audits.registry import Panel
from audits.selectors.links import audit_href
from audits.selectors.standing import Standing
from qaf.lib import clock
from qaf.lib.calendar import add_months, month_start
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo
from qaf.tenants.selectors import posts_on
from qaf.ui.words import month as month_words
from qaf.ui.words import plural

LOOK_AHEAD = timedelta(days=14)
"""How long before the day that needs it a missing theme becomes somebody's task."""


@dataclass(frozen=True)
class PlannedMonth:
    """One month of the year's plan: its theme, when the theme is needed, and whether the month is drawn already."""

    month: date
    theme: Theme | None
    needed_on: date
    drawn: bool


def needs_theme(framework: Framework) -> bool:
    """Say whether each month of this framework has a theme."""
    return framework.process.monthly_theme or framework.sampling.strategy.kind == "theme_random"


def plan_of_year(framework: Framework, months: int = 12) -> list[PlannedMonth]:
    """Return this month and those to come, each with its theme."""
    first = month_start(clock.today())
    wanted = [add_months(first, number) for number in range(months)]
    themes = {theme.month: theme for theme in Theme.objects.filter(month__in=wanted)}
    drawn = set(Cycle.objects.exclude(status=CycleStatus.DRAFT).values_list("period", flat=True))
    return [PlannedMonth(one, themes.get(one), needed_on(framework, one), one in drawn) for one in wanted]


def needed_on(framework: Framework, month: date) -> date:
    """Return the day on which the month is drawn, and its theme must be known."""
    return framework.list_on(month) or framework.issued_on(framework.allocation.issued_on, month=month)


def programmes() -> QuerySet[ThemedProgramme]:
    """Return the themed programmes, the latest first, with their audits counted."""
    live = ~Q(audits__status=AuditStatus.WITHDRAWN)
    done = Q(audits__status__in=(AuditStatus.FINAL, AuditStatus.CLOSED))
    found = ThemedProgramme.objects.select_related("theme", "raised_by")
    found = found.annotate(audit_count=Count("audits", filter=live), final_count=Count("audits", filter=done))
    return found.order_by("-starts_on", "pk")


def theme_panel(standing: Standing) -> Iterable[Panel]:
    """Show the theme and its guidance beside each of its audits, and what is not independent (SEF-50, SLO-148)."""
    audit = standing.audit
    theme = None
    if audit.programme_id:
        theme = Theme.objects.get(programmes=audit.programme_id)
    elif audit.cycle_id:
        theme = Theme.objects.filter(cycles=audit.cycle_id).first()
    members = [one.person for one in audit.members.select_related("person")]
    chosen = CaseChoice.objects.filter(audit=audit).exclude(reason="").first()
    naming = audit.status in RUNNING and (standing.is_auditor or may(standing.person, "audits.open_cycle"))
    yield Panel(
        "How this record came to be audited",
        "audits/themes/_panel.html",
        {
            "audit": audit,
            "theme": theme,
            "members": members,
            "choice": chosen,
            "may_name_members": naming,
            "group_url": audit_href(audit, "group"),
        },
        order=15,
    )


def themes_todo(person: Person) -> Iterable[ToDo]:
    """List themes to choose, lists to settle, cases to choose, and what was put forward or asked."""
    yield from _cases_to_choose(person)
    framework = framework_if_any()
    if framework is None:
        return
    yield from _lists_to_settle(person, framework)
    if may(person, "audits.plan_themes"):
        yield from _themes_to_choose(framework)
        yield from _questions()
    if may(person, "audits.open_cycle"):
        waiting = ExtraCase.objects.filter(status=ExtraStatus.ASKED).count()
        if waiting:
            yield ToDo(
                f"Answer {plural(waiting, 'case')} put forward for audit", council_path("audits:extras")
            )


def _cases_to_choose(person: Person) -> Iterable[ToDo]:
    waiting = CaseChoice.objects.filter(
        auditor=person,
        method="auditor_choice",
        status=ChoiceStatus.WAITING,
        cycle__status=CycleStatus.OPEN,
    )
    for one in waiting.select_related("cycle"):
        yield ToDo(
            f"Choose a case to audit for {month_words(one.cycle.period)}",
            council_path("audits:choose", one.pk),
            due_on=one.choose_by,
            about="If you have not chosen by then, chance draws one in the same part of the service",
        )


def _lists_to_settle(person: Person, framework: Framework) -> Iterable[ToDo]:
    waiting = CaseChoice.objects.filter(method="named_post", status=ChoiceStatus.WAITING)
    rows = (
        waiting.filter(cycle__status=CycleStatus.DRAFT)
        .values("cycle__period")
        .annotate(n=Count("id"))
        .order_by("cycle__period")
    )
    owner = framework.role_keys(framework.sampling.owner)
    if not rows or not posts_on(clock.today()).filter(person=person, role__key__in=owner).exists():
        return
    for row in rows:
        period: date = row["cycle__period"]
        yield ToDo(
            f"Confirm the list of {plural(row['n'], 'case')} for {month_words(period)}",
            council_path("audits:month_list", period),
            due_on=framework.issued_on(framework.allocation.issued_on, month=period),
            about="The month cannot be opened before",
        )


def _themes_to_choose(framework: Framework) -> Iterable[ToDo]:
    if not needs_theme(framework):
        return
    for one in plan_of_year(framework, months=2):
        if one.theme is None and not one.drawn and one.needed_on - LOOK_AHEAD <= clock.today():
            yield ToDo(
                f"Choose the theme of {month_words(one.month)}",
                council_path("audits:plan_theme", one.month),
                due_on=one.needed_on,
                about="The month cannot be drawn without it",
            )


def _questions() -> Iterable[ToDo]:
    for one in PerformanceQuestion.objects.filter(status=QuestionStatus.OPEN):
        yield ToDo(
            "Answer a question raised on performance",
            council_path("audits:performance_question", one.pk),
            due_on=one.answer_by,
            about=one.raised_at,
        )
    for programme in ThemedProgramme.objects.filter(
        status=ProgrammeStatus.PLANNED, starts_on__lte=clock.today()
    ).select_related("theme"):
        yield ToDo(
            f"Begin the themed programme “{programme.theme.title}”",
            council_path("audits:programme", programme.pk),
            due_on=programme.starts_on,
        )
