"""My work: what every worker sees of their own audits, self-assessments, actions and learning (WSX-01)."""

from django.http import HttpResponse
from django.shortcuts import render

from audits.frameworks.selectors import framework_if_any
from qaf.tenants.views.base import CouncilRequest, council_view
from reporting.selectors import mine as read


@council_view()
def mine(request: CouncilRequest) -> HttpResponse:
    """Show a person's own audits, self-assessments, actions and learning, whatever their post."""
    framework = framework_if_any()
    if framework is None:
        return render(request, "reporting/mine.html", {"nothing_yet": True})
    person = request.person
    context = {
        "audits": read.own_audits(person, framework),
        "assessments": read.self_assessments(person, framework),
        "actions": read.own_actions(person),
        "learning": read.learning(person),
    }
    return render(request, "reporting/mine.html", context)
