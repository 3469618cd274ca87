"""The check before an auditor finalises: asking for it, reading the feedback, giving it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from audits.enums import NOT_APPLICABLE
from audits.forms.checking import AskCheckForm, GiveCheckForm
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, FinalisationCheck
from audits.selectors.checking import checkers, is_offered, is_required, latest_check, missing_before_asking
from audits.selectors.links import assessment_href
from audits.selectors.reading import Answer, words_in
from audits.selectors.sections import Section, grades_of, sections_of, tool_of
from audits.selectors.standing import Standing
from audits.services.checking import ask_for_check, give_check
from audits.views.common import own_page, refused, show
from qaf.tenants.services import record_read
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view


@own_page
def ask_check(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Ask for a look at the audit before it is finalised, or read what came back."""
    framework, check = standing.framework, latest_check(assessment)
    if check is None and not is_offered(assessment, framework):
        raise Http404("This framework offers no check here.")
    waiting = check is not None and check.checked_at is None
    may_ask = assessment.submitted_at is None and is_offered(assessment, framework) and not waiting
    problems = missing_before_asking(assessment, framework) if may_ask else []
    form = AskCheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and may_ask and form.is_valid():
        try:
            ask_for_check(
                assessment=assessment, question=form.cleaned_data["question"], person=request.person
            )
        except TransitionRefused as error:
            refused(form, error)
        else:
            messages.success(request, "The check is asked for. You are told when the feedback is there.")
            return redirect(assessment_href(assessment))
    context = {
        "form": form,
        "check": check,
        "waiting": waiting,
        "may_ask": may_ask,
        "problems": problems,
        "required": is_required(assessment, framework),
    }
    code = 422 if request.method == "POST" else 200
    return show(
        request, "audits/assessment/check.html", standing, context, assessment=assessment, status=code
    )


@council_view()
def check(request: CouncilRequest, pk: int) -> HttpResponse:
    """Read what an auditor has written so far and give them feedback; only for those who are asked."""
    found = get_object_or_404(
        FinalisationCheck.objects.select_related(
            "asked_by",
            "checked_by",
            *(f"assessment__audit__{name}" for name in ("case", "service")),
        ),
        pk=pk,
    )
    assessment = found.assessment
    framework = framework_of(assessment.audit.framework_version)
    if request.person not in checkers(assessment, framework):
        raise PermissionDenied(
            "Only those who are asked for this check open it: it is for people with no part in the audit."
        )
    if request.method == "GET":
        record_read(person=request.person, subject="audit", subject_id=assessment.audit_id)
    is_open = found.checked_at is None and assessment.submitted_at is None
    form = GiveCheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            give_check(check=found, feedback=form.cleaned_data["feedback"], person=request.person)
        except TransitionRefused as error:
            refused(form, error)
        else:
            messages.success(request, f"{found.asked_by.name} is told that your feedback is there.")
            return redirect("home", council=request.authority.slug)
    context = {
        "check": found,
        "audit": assessment.audit,
        "sections": _sections(assessment, framework),
        "form": form,
        "is_open": is_open,
        "home_url": reverse("home", args=[request.authority.slug]),
    }
    return render(request, "audits/check.html", context, status=422 if request.method == "POST" else 200)


def _sections(assessment: Assessment, framework: Framework) -> list[tuple[Section, str, list[Answer]]]:
    """Return each section with its grade's word and everything written in it."""
    tool = tool_of(framework, assessment)
    grades = grades_of(framework, tool)

    def word(grade: str) -> str:
        if grade == NOT_APPLICABLE:
            return "Not applicable"
        return grades.label_of(grade) if grade else ""

    return [
        (one, word(one.grade), words_in(one, tool, framework)) for one in sections_of(assessment, framework)
    ]
