"""Audits from before the product: what was brought in, by year, and bringing in more."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from audits.forms.historic import HistoricForm
from audits.frameworks.selectors import framework_if_any
from audits.selectors.historic import historic_audits, years_of
from audits.services.historic import LARGEST, HistoricFileRefused, import_historic
from qaf.tenants.permissions import may
from qaf.tenants.services import record_read
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.words import plural

PER_PAGE = 50
BRING_IN = "audits.open_cycle"


@council_view("audits.see_all")
def historic(request: CouncilRequest) -> HttpResponse:
    """List historic results, with their years; each that was read from a score says so."""
    framework = framework_if_any()
    if framework is None:
        return redirect("frameworks:document", council=request.authority.slug)
    grades = framework.main_grades
    page = Paginator(historic_audits(), PER_PAGE).get_page(request.GET.get("page"))
    for one in page:
        record_read(person=request.person, subject="historic audit", subject_id=one.pk)
    labels = {one.key: one.label for one in grades.grades}
    context = {
        "page_obj": page,
        "rows": [(one, labels.get(one.grade, one.grade), _domains(one.domains, labels)) for one in page],
        "grades": [one.label for one in grades.best_first],
        "years": years_of(grades),
        "scale": grades.former_scale,
        "may_bring_in": may(request.person, BRING_IN),
    }
    return render(request, "audits/historic/list.html", context)


def _domains(domains: dict[str, dict[str, object]], labels: dict[str, str]) -> list[str]:
    found = []
    for name, one in domains.items():
        score = f" (score {one['score']})" if "score" in one else ""
        found.append(f"{name}: {labels.get(str(one['grade']), str(one['grade']))}{score}")
    return found


@council_view(BRING_IN)
def bring_in(request: CouncilRequest) -> HttpResponse:
    """Read a file of historic results; keep all of it, or nothing and say everything that is wrong."""
    framework = framework_if_any()
    if framework is None:
        return redirect("frameworks:document", council=request.authority.slug)
    grades = framework.main_grades
    form = HistoricForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = import_historic(
                content=form.cleaned_data["document"].read(LARGEST + 1), person=request.person
            )
        except HistoricFileRefused as refused:
            shown = refused.problems[:100]
            if more := len(refused.problems) - len(shown):
                shown.append(f"And {plural(more, 'more fault')}.")
            form.add_error("document", shown)
        else:
            messages.success(
                request,
                f"{plural(told.added, 'result')} brought in, {told.changed} changed, {told.known} known already; "
                f"{told.converted} read from the former scale.",
            )
            return redirect("audits:historic", council=request.authority.slug)
    context = {
        "form": form,
        "grades": grades.best_first,
        "bands": [(band, grades.label_of(band.grade)) for band in grades.former_scale.bands]
        if grades.former_scale
        else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "audits/historic/bring_in.html", context, status=status)
