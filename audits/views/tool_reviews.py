"""The tools that are looked at again and again: when each is due, what was found, and recording a review."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audits.forms.tool_reviews import ToolReviewForm
from audits.frameworks.selectors import framework_in_force
from audits.selectors.tool_reviews import Look, looks, reviewers
from audits.services.tool_reviews import record_tool_review
from audits.views.common import refused
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view()
def tool_reviews(request: CouncilRequest) -> HttpResponse:
    """List the tools that are reviewed, with every review done."""
    found = looks()
    framework = framework_in_force() if found else None
    rows = [
        {
            "look": one,
            "role": framework.names.role(one.rule.by),
            "done": [(review, _said(one, review.answers)) for review in one.done],
            "href": reverse("audits:review_tool", args=[request.authority.slug, one.tool.key])
            if request.person in reviewers(framework, one.rule)
            else "",
        }
        for one in found
        if framework
    ]
    return render(request, "audits/tools/reviews.html", {"rows": rows})


def _said(look: Look, answers: dict[str, str]) -> list[tuple[str, str]]:
    return [(one.label, "Yes" if answers.get(one.key) == "yes" else "No") for one in look.rule.asks]


@council_view()
def review_tool(request: CouncilRequest, key: str) -> HttpResponse:
    """Record what was found of a tool; only for the post that reviews it."""
    look = next((one for one in looks() if one.tool.key == key), None)
    if look is None:
        raise Http404("No tool of this name is reviewed.")
    framework = framework_in_force()
    if request.person not in reviewers(framework, look.rule):
        raise PermissionDenied("Only the post that the framework names reviews this tool.")
    form = ToolReviewForm(request.POST if request.method == "POST" else None, rule=look.rule)
    if request.method == "POST" and form.is_valid():
        try:
            record_tool_review(
                look=look,
                answers=form.answers(),
                changes_needed=form.cleaned_data["changes_needed"],
                note=form.cleaned_data["note"],
                person=request.person,
            )
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, f"The review of {look.tool.name} is recorded.")
            return redirect("audits:tool_reviews", council=request.authority.slug)
    context = {"form": form, "look": look}
    return render(
        request, "audits/tools/review.html", context, status=422 if request.method == "POST" else 200
    )
