"""Asking to leave a child out of a month, and deciding it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.enums import ExclusionStatus
from audits.filters.cycles import ExclusionFilter
from audits.forms.cycles import AskExclusionForm, DecideForm
from audits.frameworks.selectors import NoFrameworkError, framework_in_force
from audits.models import CaseExclusion
from audits.selectors.cycles import exclusions_seen_by, months_still_to_draw
from audits.services.exclusions import ask_exclusion, decide_exclusion
from audits.views.common import refused
from qaf.tenants.permissions import may
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

ASK, DECIDE, SEE = "audits.ask_exclusion", "audits.decide_exclusion", "audits.see_all"
PER_PAGE = 25


@council_view(ASK, DECIDE, SEE)
def exclusion_list(request: CouncilRequest) -> HttpResponse:
    """List requests: all for those who decide, one's own for others."""
    found = ExclusionFilter(request.GET, queryset=exclusions_seen_by(request.person), request=request)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page_obj": page,
        "may_ask": may(request.person, ASK),
        "may_decide": may(request.person, DECIDE),
    }
    return render(request, "audits/cycles/exclusions.html", context)


@council_view(ASK)
def ask(request: CouncilRequest) -> HttpResponse:
    """Ask to leave a child out."""
    try:
        reasons = framework_in_force().sampling.exclusions.reasons
    except NoFrameworkError as error:
        return render(request, "audits/cycles/no_framework.html", {"error": error})
    form = AskExclusionForm(
        request.POST or None,
        person=request.person,
        reasons=reasons,
        months=months_still_to_draw(),
        initial={"local_id": request.GET.get("case", "")},
    )
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            ask_exclusion(case=fields.pop("local_id"), person=request.person, **fields)
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            messages.success(
                request, "Your request has been sent. The child stays in the draw until it is approved."
            )
            return redirect("audits:exclusions", council=request.authority.slug)
    return render(request, "audits/cycles/ask_exclusion.html", {"form": form})


@council_view(DECIDE)
def decide(request: CouncilRequest, pk: int) -> HttpResponse:
    """Approve or refuse a request."""
    exclusion = get_object_or_404(
        CaseExclusion.objects.select_related("case__team", "case__service", "asked_by", "decided_by"), pk=pk
    )
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["decision"] == "approve"
        try:
            decide_exclusion(exclusion=exclusion, approve=approve, person=request.person)
        except (TransitionRefused, StatusHasChanged) as refusal:
            form.add_error(None, str(refusal))
        else:
            done = "left out" if approve else "kept in the draw"
            messages.success(request, f"The child is {done}. {exclusion.asked_by.name} has been told.")
            return redirect("audits:exclusions", council=request.authority.slug)
    context = {"form": form, "exclusion": exclusion, "open": exclusion.status == ExclusionStatus.ASKED}
    return render(request, "audits/cycles/decide_exclusion.html", context)
