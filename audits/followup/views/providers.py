"""A provider judged inadequate while a child is placed there: recording it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.cases.models import Case
from audits.followup.forms import ProviderForm
from audits.followup.selectors.providers import may_judge_provider
from audits.followup.services.providers import judge_provider
from audits.followup.views.common import log_read, refused
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view()
def judge(request: CouncilRequest, case_id: int) -> HttpResponse:
    """Record that the child's provider was judged inadequate; the scrutiny opens with it."""
    case = get_object_or_404(Case.objects.select_related("team", "service", "worker", "manager"), pk=case_id)
    if not may_judge_provider(case, request.person):
        raise PermissionDenied("Only those who have to do with the child record this.")
    log_read(request, case)
    form = ProviderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = judge_provider(case=case, person=request.person, **form.cleaned_data)
        except ValidationError as error:
            refused(form, error)
        else:
            asked = opened[0].assignee
            told = f"{asked.name} has been told." if asked else "Those who decide have been told."
            messages.success(request, f"The scrutiny is opened. {told}")
            return redirect("cases:case", council=request.authority.slug, pk=case.pk)
    return render(request, "followup/judge_provider.html", {"form": form, "case": case})
