"""Cases put forward for audit beside the draw."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.enums import ExtraStatus
from audits.forms.themes import ExtraForm, ReasonForm
from audits.frameworks.selectors import NoFrameworkError, framework_if_any, framework_in_force
from audits.models import ExtraCase
from audits.services.extras import AT_ONCE, decline, extras_for, put_forward, take_up
from audits.views.common import refused
from qaf.tenants.permissions import may
from qaf.tenants.services import record_read
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

RUN, PUT = "audits.open_cycle", "audits.put_forward"
PER_PAGE = 25


@council_view(PUT)
def extra_list(request: CouncilRequest) -> HttpResponse:
    """List what was put forward: all for those who run months, one's own for others."""
    found = ExtraCase.objects.select_related("case__team", "asked_by", "decided_by", "audit")
    if not may(request.person, RUN):
        found = found.filter(asked_by=request.person)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    framework = framework_if_any()
    may_add = framework is not None and bool(extras_for(request.person, framework))
    return render(request, "audits/themes/extras.html", {"page_obj": page, "may_add": may_add})


@council_view(PUT)
def add_extra(request: CouncilRequest) -> HttpResponse:
    """Put a case forward."""
    try:
        framework = framework_in_force()
    except NoFrameworkError as error:
        return render(request, "audits/cycles/no_framework.html", {"error": error})
    extras = extras_for(request.person, framework)
    form = ExtraForm(
        request.POST or None,
        extras=extras,
        tools=framework.tools_in_use,
        initial={"tool": framework.main_tool.key, "origin": str(extras[0].origin) if extras else ""},
    )
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            extra = put_forward(case=fields.pop("local_id"), person=request.person, **fields)
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            at_once = extra.origin in AT_ONCE
            messages.success(
                request,
                "The audit is allocated. Everybody has been told."
                if at_once
                else "The case is put forward. Those who run the audits have been told.",
            )
            return redirect("audits:extras", council=request.authority.slug)
    return render(request, "audits/themes/add_extra.html", {"form": form, "extras": extras})


@council_view(PUT)
def extra(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a case that was put forward; those who run months take it up or say why not."""
    rows = ExtraCase.objects.select_related("case__team", "case__service", "asked_by", "decided_by", "audit")
    if not may(request.person, RUN):
        rows = rows.filter(asked_by=request.person)
    found = get_object_or_404(rows, pk=pk)
    if request.method == "GET":
        record_read(person=request.person, subject="case", subject_id=found.case_id)
    form = ReasonForm(request.POST if "decline" in request.POST else None)
    form.fields["reason"].label = "Why is it not taken up?"
    waits = may(request.person, RUN) and found.status == ExtraStatus.ASKED
    if request.method == "POST" and waits:
        try:
            if "take" in request.POST:
                audit = take_up(extra=found, person=request.person)
                messages.success(request, f"{audit.reference} is allocated. Everybody has been told.")
                return redirect("audits:extras", council=request.authority.slug)
            if form.is_valid():
                decline(extra=found, person=request.person, **form.cleaned_data)
                messages.success(request, f"{found.asked_by.name} has been told.")
                return redirect("audits:extras", council=request.authority.slug)
        except (TransitionRefused, StatusHasChanged) as refusal:
            messages.error(request, str(refusal))
            return redirect("audits:extra", council=request.authority.slug, pk=pk)
    return render(request, "audits/themes/extra.html", {"extra": found, "form": form, "waits": waits})
