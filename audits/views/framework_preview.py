"""The draft of the next framework, put to the last month's real cases."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from audits.frameworks.selectors import current_draft, reading_of
from audits.services.framework_preview import preview_framework
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view("frameworks.edit")
def framework_preview(request: CouncilRequest) -> HttpResponse:
    """What would have been sampled, asked of people, moderated and due, beside what was. Nothing is written."""
    draft = current_draft()
    if draft is None:
        raise Http404("Nobody has begun a draft.")
    framework = reading_of(draft).framework
    if framework is None:
        return redirect("frameworks:draft", council=request.authority.slug)
    context = {"draft": draft, "preview": preview_framework(framework=framework)}
    return render(request, "audits/framework_preview.html", context)
