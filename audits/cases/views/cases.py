"""The list, one case, the export."""

from calendar import month_name
from io import StringIO

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from audits.cases.filters import CaseFilter
from audits.cases.models import Assignment, Case, StatusPeriod
from audits.cases.registry import panels_for
from audits.cases.selectors.lists import figures, unmapped_people, unmapped_teams, visible_cases
from audits.cases.services import write_csv
from qaf.lib import clock
from qaf.tenants.permissions import may
from qaf.tenants.services import record_read
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui import words
from qaf.ui.tables import ordering

SORTS: dict[str, str | tuple[str, ...]] = {
    "id": "local_id",
    "status": ("status", "local_id"),
    "service": ("service__name", "local_id"),
    "team": ("team__name", "local_id"),
    "worker": ("worker__name", "local_id"),
    "seen": ("last_seen_on", "local_id"),
}
PAGE = 50


@council_view("cases.view")
def case_list(request: CouncilRequest) -> HttpResponse:
    """Show the cases, filtered and sorted by the address."""
    cases = visible_cases(request.person)
    found = CaseFilter(request.GET, queryset=cases, request=request)
    page = Paginator(found.qs.order_by(*ordering(request.GET, allowed=SORTS, default="id")), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "filter": found,
        "page_obj": page,
        "figures": figures(cases),
        "query": request.GET.urlencode(),
        "caption": f"{page.paginator.count} cases",
        "may_import": may(request.person, "cases.import"),
    }
    if may(request.person, "cases.map"):
        context["unmapped"] = unmapped_teams().count() + unmapped_people().count()
    return render(request, "cases/list.html", context)


@council_view("cases.view")
def export(request: CouncilRequest) -> HttpResponse:
    """Give the filtered list as CSV."""
    found = CaseFilter(request.GET, queryset=visible_cases(request.person), request=request)
    text = StringIO()
    write_csv(found.qs.order_by("local_id"), text)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{clock.today():%Y-%m-%d}.csv"'
    return response


@council_view()
def case_page(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one case, who had it when, and what other apps know of it; the look is logged."""
    case = get_object_or_404(visible_cases(request.person), pk=pk)
    record_read(person=request.person, subject="case", subject_id=case.pk)
    assignments = (
        Assignment.objects.filter(case=case)
        .select_related("person", "unit")
        .order_by("kind", "-starts_on", "-id")
    )
    periods = StatusPeriod.objects.filter(case=case).order_by("-starts_on", "-id")
    context = {
        "case": case,
        "rows": _rows(case),
        "assignments": assignments,
        "periods": periods,
        "panels": panels_for(case, request.person),
        "may_list": may(request.person, "cases.view"),
    }
    return render(request, "cases/case.html", context)


def _rows(case: Case) -> list[dict[str, str]]:
    """Return what is known of the child, in words."""
    status = case.get_status_display()
    born = f"{month_name[case.birth_month]} {case.birth_year}" if case.birth_month and case.birth_year else ""
    spelled = {"Gender": case.gender, "Ethnicity": case.ethnicity, "Disability": case.disability}
    return [
        {"key": "Status", "value": status if case.is_open else f"Closed ({status.lower()})"},
        {"key": "Born", "value": born},
        *({"key": key, "value": value.replace("_", " ").capitalize()} for key, value in spelled.items()),
        {"key": "Family", "value": case.family_id},
        *(
            {"key": key, "value": words.long_date(day) if day else ""}
            for key, day in (
                ("Opened", case.opened_on),
                ("Closed", case.closed_on),
                ("Last seen", case.last_seen_on),
                ("Last review", case.last_review_on),
                ("Last supervision", case.last_supervision_on),
            )
            if day or key != "Closed"
        ),
    ]
