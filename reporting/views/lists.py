"""The audits behind the figures, one issue across them, and practitioners in their context."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from audits.enums import AuditStatus
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.views.base import CouncilRequest, council_view
from reporting import periods
from reporting.forms import AuditsForm, IssueForm
from reporting.selectors.reach import openable, practitioners_reach
from reporting.selectors.records import AuditRow, Records, read
from reporting.services.figures import compliance, themes
from reporting.services.figures.grades import domains, scale
from reporting.views.common import choose
from reporting.views.dashboard import audit_path

PAGE = 50
STATUS = dict(AuditStatus.choices)


@council_view("reporting.see_council")
def audits(request: CouncilRequest) -> HttpResponse:
    """List the audits that a figure counts; only those who may open an audit get its link."""
    grades = [(grade.key, grade.label) for grade in framework_in_force().main_grades.best_first]
    choice = choose(request, AuditsForm, grades=grades)
    form, records = choice.form, choice.records
    data = form.cleaned_data if form.is_valid() else {}
    rows = [
        row for row in records.random if _fits(row, records, data.get("state", ""), data.get("grade", ""))
    ]
    return _list(request, "reporting/audits.html", choice, rows[::-1], {})


def _fits(row: AuditRow, records: Records, state: str, grade: str) -> bool:
    states = {
        "": True,
        "running": not row.submitted_at,
        "overdue": not row.submitted_at and row.due_on < records.as_of,
        "moderation": row.status == AuditStatus.IN_MODERATION,
        "final": row.is_final,
    }
    return states[state] and (not grade or records.grade(row) == grade)


@council_view("reporting.see_council")
def issues(request: CouncilRequest) -> HttpResponse:
    """Count one issue, or all, across audits, and list the audits that carry it (HER-55)."""
    named = read(
        starts=clock.today(), ends=clock.today(), as_of=clock.today(), framework=framework_in_force()
    )
    tags, codes = themes.labels(named, themes.TAGS), themes.labels(named, themes.CODES)
    choice = choose(request, IssueForm, issues=list(tags.items()), codes=list(codes.items()))
    records, form = choice.records, choice.form
    mark = form.mark if isinstance(form, IssueForm) else None
    if mark is None:
        charts = [themes.chart(records, kind) for kind in (themes.TAGS, themes.CODES)]
        context = {
            "charts": charts,
            "is_marked": not all(chart.is_empty for chart in charts),
            "tables": [
                table(records, kind)
                for kind in (themes.TAGS, themes.CODES)
                for table in (themes.by_service, themes.by_team)
            ],
            "whole": len(records.submitted),
        }
        return _list(request, "reporting/issues.html", choice, [], context)
    kind, key = mark
    found = themes.marked_with(records, kind, key)
    carries = {row.pk for row in found}
    context = {
        "issue": (tags if kind == themes.TAGS else codes).get(key, key),
        "count": len(found),
        "whole": len(records.submitted),
        "by_service": [
            (name, sum(row.pk in carries for row in own.random), len(own.submitted))
            for name, own in records.by_service()
        ],
        "by_month": [
            (
                month,
                sum(row.month == month for row in found),
                sum(row.month == month for row in records.submitted),
            )
            for month in records.months
        ],
    }
    return _list(request, "reporting/issues.html", choice, found[::-1], context)


def _list(
    request: CouncilRequest, template: str, choice: Any, rows: list[AuditRow], context: dict[str, Any]
) -> HttpResponse:
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    records: Records = choice.records
    may_open = openable(request.person, [row.pk for row in page])
    labels = scale(records)
    shown: list[Any] = [
        {
            "reference": row.reference,
            "href": audit_path(request, row.reference) if row.pk in may_open else "",
            "month": row.month,
            "service": records.service_name(row),
            "team": records.team_name(row),
            "status": STATUS[row.status],
            "late": not row.submitted_at and row.due_on < records.as_of,
            "due": row.due_on,
            "grade": labels.label_of(grade) if (grade := records.grade(row)) in labels.ranks else "",
            "on_time": compliance.is_on_time(row),
        }
        for row in page.object_list
    ]
    page.object_list = shown
    return render(request, template, {"choice": choice, "page_obj": page, "total": len(rows), **context})


@council_view("reporting.see_practitioners")
def practitioners(request: CouncilRequest) -> HttpResponse:
    """Show each practitioner's audits with their context: no share, no ranking, names in the order of the alphabet."""
    framework = framework_in_force()
    reach = practitioners_reach(request.person, framework)
    if reach.is_empty:
        raise PermissionDenied("Only a practitioner’s own line and the quality assurance team see this list.")
    period = periods.last_months(12, clock.today())
    records = read(
        starts=period.starts,
        ends=period.ends,
        as_of=clock.today(),
        framework=framework,
        within=reach.audits(),
    )
    rows = [row for row in records.random if row.worker]
    may_open = openable(request.person, [row.pk for row in rows])
    rows = [row for row in rows if not row.restricted or row.pk in may_open]
    people = Person.objects.in_bulk({row.worker for row in rows})
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in reversed(rows):
        groups.setdefault(row.worker or 0, []).append(_in_context(request, row, records, may_open))
    listed = sorted(((people[pk], found) for pk, found in groups.items()), key=lambda pair: pair[0].name)
    page = Paginator(listed, 25).get_page(request.GET.get("page"))
    return render(request, "reporting/practitioners.html", {"page_obj": page, "period": period})


def _in_context(
    request: CouncilRequest, row: AuditRow, records: Records, may_open: set[int]
) -> dict[str, Any]:
    labels = scale(records)
    grade = records.grade(row)
    agreed = records.parts.agreement.get(row.pk, [])
    return {
        "reference": row.reference,
        "href": audit_path(request, row.reference) if row.pk in may_open else "",
        "month": row.month,
        "team": records.team_name(row),
        "grade": labels.label_of(grade) if grade in labels.ranks else "",
        "domains": [
            (title, labels.label_of(found))
            for key, title in domains(records).items()
            if (found := records.grade(row, key)) in labels.ranks
        ],
        "state": "Final" if row.is_final else STATUS[row.status],
        "agreed": ("Agreed" if agreed[-1] else "Did not agree") if agreed else "",
        "actions": len(records.parts.actions.get(row.pk, ())),
        "good_practice": row.good_practice,
    }
