"""Giving a follow-up to somebody else."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.followup.forms import GiveForm
from audits.followup.selectors import follow_up_list
from audits.followup.selectors.giving import may_give
from audits.followup.services.giving import give_follow_up
from audits.followup.views.common import log_read, refused
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view()
def give(request: CouncilRequest, pk: int) -> HttpResponse:
    """Ask who should do it and why, and give it to them."""
    found = get_object_or_404(follow_up_list(), pk=pk)
    if not may_give(found, request.person):
        raise PermissionDenied(
            "Only those who follow what was agreed, and the child’s managers, give it away."
        )
    log_read(request, found.case)
    form = GiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            give_follow_up(follow_up=found, person=request.person, **form.cleaned_data)
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, f"{form.cleaned_data['assignee'].name} is asked now, and told so.")
            return redirect("followup:follow_ups", council=request.authority.slug)
    return render(request, "followup/give.html", {"follow_up": found, "form": form})
