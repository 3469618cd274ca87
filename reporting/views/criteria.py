"""How the statements of a tool were marked."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from qaf.tenants.views.base import CouncilRequest, council_view
from reporting.forms import CriteriaForm
from reporting.services.figures import criteria as figures
from reporting.views.common import choose


@council_view("reporting.see_council")
def criteria(request: CouncilRequest) -> HttpResponse:
    """Count the marks beside each statement, domain by domain, of one version of one tool (DUR-170).

    Only audits drawn at random, unless the reader asks for all; only those that every auditor has submitted.
    """
    offered = figures.tool_versions()
    choice = choose(request, CriteriaForm, tools=[(one.key, one.label) for one in offered])
    form = choice.form
    records = choice.records
    if isinstance(form, CriteriaForm) and form.every_origin:
        records = replace(records, every_origin=True)
    wanted = form.tool if isinstance(form, CriteriaForm) else ""
    asked = next((one for one in offered if one.key == wanted), offered[0] if offered else None)
    context: dict[str, object] = {"choice": choice, "asked": asked, "is_random": not records.every_origin}
    if asked:
        counts, audits = figures.counted(records, asked)
        context |= {
            "audits": audits,
            "is_marked": any(one.counts for one in counts),
            "tables": list(figures.tables(records, asked, counts)),
            "chart": figures.left_to_do(records, counts),
        }
    return render(request, "reporting/criteria.html", context)
