"""Parts of an audit without a grade that counts: handed in or left out; and an audit held together, as it grows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from audits.forms.taking_part import ExcuseForm
from audits.models import Assessment
from audits.selectors.grades import word_for, words_of
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.sections import sections_of
from audits.selectors.standing import Standing, gives_grades, is_self_assessment
from audits.selectors.together import as_it_grows, may_look_on
from audits.services.assessments import WORKING
from audits.services.taking_part import excuse_part, hand_in
from audits.views.common import audit_page, own_page, refused, show
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest


@own_page
def hand_in_part(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Show what was written, and hand it in."""
    if gives_grades(standing.framework, assessment.slot):
        return redirect(assessment_href(assessment, "submit"))
    if assessment.status not in WORKING:
        return redirect(assessment_href(assessment))
    problems = []
    if request.method == "POST":
        try:
            hand_in(assessment=assessment, person=request.person)
        except TransitionRefused as error:
            problems = error.problems
        else:
            messages.success(request, "Thank you. Your part is handed in and stands beside the audit.")
            return redirect(audit_href(standing.audit))
    begun = [one for one in sections_of(assessment, standing.framework) if one.is_begun]
    context = {
        "problems": problems,
        "sections": [(one, word_for(standing.framework, one.grade) if one.grade else "") for one in begun],
        "is_self": is_self_assessment(standing.framework, assessment.slot),
    }
    code = 422 if request.method == "POST" else 200
    return show(
        request, "audits/assessment/hand_in.html", standing, context, assessment=assessment, status=code
    )


@audit_page
def excuse(request: CouncilRequest, standing: Standing, slot: str) -> HttpResponse:
    """Say why a self-assessment is not given, so that nothing waits for it."""
    assessment = next((one for one in standing.assessments if one.slot == slot), None)
    if assessment is None or not is_self_assessment(standing.framework, slot):
        raise Http404("This audit has no such part.")
    own = assessment.assessor_id == request.person.pk
    if not (own or standing.is_auditor or standing.sees_all):
        raise PermissionDenied("Only the worker and the auditors say why a self-assessment is not given.")
    if assessment.status not in WORKING:
        messages.info(request, "This self-assessment has been given or excused already.")
        return redirect(audit_href(standing.audit))
    form = ExcuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            excuse_part(assessment=assessment, reason=form.cleaned_data["reason"], person=request.person)
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, "It is recorded. The audit no longer waits for it.")
            return redirect(audit_href(standing.audit))
    context = {
        "form": form,
        "label": standing.framework.names.slot(slot),
        "whose": assessment.assessor.name if assessment.assessor and not own else "",
    }
    return show(request, "audits/assessment/excuse.html", standing, context)


@audit_page
def together(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Show the worker an audit held together as its auditor writes it, beside their own words."""
    if not may_look_on(standing):
        raise PermissionDenied("You see what the auditor writes from the day of your session on.")
    comparison = as_it_grows(standing)
    context = {
        "comparison": comparison,
        "rows": [(row, words_of(row)) for row in comparison.rows],
    }
    return show(request, "audits/together.html", standing, context)
