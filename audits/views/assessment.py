"""One auditor's own assessment: the list of its parts, locking, changing a grade, submitting; sections stand apart."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.enums import AssessmentStatus
from audits.forms.assessment import ChangeGradeForm, grade_choices
from audits.frameworks.schema import Tool
from audits.models import Assessment
from audits.selectors.audits import begins_later
from audits.selectors.grades import own_record, words_of
from audits.selectors.links import OVERALL_SECTION, assessment_href, audit_href
from audits.selectors.missing import missing_before_lock, missing_before_submission
from audits.selectors.progress import parts_of
from audits.selectors.sections import (
    descriptors_of,
    grades_of,
    overall_warning,
    sections_of,
    tool_of,
)
from audits.selectors.standing import Standing, gives_grades, grading, is_self_assessment, state_words
from audits.services.assessments import (
    WORKING,
    lock_grades,
    problems_with_revising,
    revise_grade,
    submit_assessment,
)
from audits.services.reassigning import declare_known_family
from audits.views.common import own_page, refused, show
from audits.views.sections import grade_word, section_or_404
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest


@own_page
def overview(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Show the list of the assessment's parts, each with its state."""
    framework = standing.framework
    tool = tool_of(framework, assessment)
    context = {
        "state": state_words(assessment, framework),
        "begins_on": standing.audit.allocated_on if begins_later(standing.audit) else None,
        "parts": parts_of(assessment, standing),
        "is_graded": gives_grades(framework, assessment.slot),
        "is_self": is_self_assessment(framework, assessment.slot),
        "away_url": reverse("tenants:my_absence", args=[request.authority.slug]),
        "tool": tool,
        "guidance": next(
            (one.guidance for one in framework.process.slots if one.key == assessment.slot), None
        ),
        "warning": overall_warning(sections_of(assessment, framework), grades_of(framework, tool)),
    }
    return show(request, "audits/assessment/overview.html", standing, context, assessment=assessment)


@own_page
def written(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Show auditors their own grades and words once they are locked, to talk from and to answer for."""
    if assessment.locked_at is None:
        return redirect(assessment_href(assessment))
    record = own_record(assessment, standing)
    rows = [(row, OVERALL_SECTION if row.overall else row.domain, words_of(row)) for row in record.rows]
    context = {"record": record, "rows": rows}
    return show(request, "audits/assessment/written.html", standing, context, assessment=assessment)


@own_page
def lock(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Show everything once more, then lock the grades."""
    if assessment.status not in WORKING:
        return redirect(assessment_href(assessment))
    framework = standing.framework
    problems = missing_before_lock(assessment, framework)
    if request.method == "POST":
        try:
            lock_grades(assessment=assessment, person=request.person)
        except TransitionRefused as error:
            problems = error.problems
        else:
            messages.success(request, _locked_words(standing, tool_of(framework, assessment)))
            return redirect(assessment_href(assessment))
    sections, grades = (
        sections_of(assessment, framework),
        grades_of(framework, tool_of(framework, assessment)),
    )
    context = {
        "problems": problems,
        "posted": request.method == "POST",
        "alone": _is_alone(standing),
        "is_checklist": tool_of(framework, assessment).is_checklist,
        "sections": [
            (one, grade_word(one, grades), assessment_href(assessment, "section", one.key))
            for one in sections
        ],
        "warning": overall_warning(sections, grades),
    }
    code = 422 if request.method == "POST" else 200
    return show(request, "audits/assessment/lock.html", standing, context, assessment=assessment, status=code)


@own_page
def change_grade(
    request: CouncilRequest, standing: Standing, assessment: Assessment, key: str
) -> HttpResponse:
    """Change one grade after the reveal, with a reason."""
    framework = standing.framework
    current = section_or_404(standing, assessment, key)
    if current.ungraded:
        raise Http404("There is no grade here to change.")
    if problems := problems_with_revising(assessment, framework):
        messages.warning(request, problems[0])
        return redirect(assessment_href(assessment))
    tool = tool_of(framework, assessment)
    grades = grades_of(framework, tool)
    choices = grade_choices(grades, not_applicable=not current.is_overall)
    form = ChangeGradeForm(
        request.POST if request.method == "POST" else None, choices=choices, current=current.grade
    )
    if request.method == "POST" and form.is_valid():
        try:
            revise_grade(
                assessment=assessment,
                domain=current.stored_as,
                grade=form.cleaned_data["grade"],
                reason=form.cleaned_data["reason"],
                not_applicable_reason=form.cleaned_data.get("not_applicable_reason", ""),
                person=request.person,
            )
        except TransitionRefused as error:
            refused(form, error)
        else:
            messages.success(
                request, f"Your grade for {current.title} is changed. The earlier one is kept beside it."
            )
            return redirect(audit_href(standing.audit, "grades"))
    context = {
        "form": form,
        "section": current,
        "current_grade": grade_word(current, grades),
        "descriptors": descriptors_of(framework, tool, current.stored_as),
    }
    return show(request, "audits/assessment/change_grade.html", standing, context, assessment=assessment)


@own_page
def submit(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Show what is still missing, or what will be submitted, and submit it."""
    framework = standing.framework
    if assessment.status == AssessmentStatus.SUBMITTED:
        return redirect(assessment_href(assessment))
    problems = missing_before_submission(assessment, framework)
    if request.method == "POST":
        try:
            submit_assessment(assessment=assessment, person=request.person)
        except TransitionRefused as error:
            problems = error.problems
        else:
            messages.success(request, f"Your audit {standing.audit.reference} is submitted. Thank you.")
            return redirect(audit_href(standing.audit))
    grades = grades_of(framework, tool_of(framework, assessment))
    sections = sections_of(assessment, framework)
    context = {
        "problems": problems,
        "posted": request.method == "POST",
        "is_checklist": tool_of(framework, assessment).is_checklist,
        "sections": [(one, grade_word(one, grades), "") for one in sections],
    }
    code = 422 if request.method == "POST" else 200
    return show(
        request, "audits/assessment/submit.html", standing, context, assessment=assessment, status=code
    )


@own_page
def known_family(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Let the auditor say that they know the family; the audit then goes to somebody else."""
    if request.method == "POST":
        try:
            declare_known_family(assessment=assessment, person=request.person)
        except TransitionRefused as error:
            messages.warning(request, " ".join(problem.text for problem in error.problems))
            return redirect(assessment_href(assessment))
        messages.success(request, f"Thank you. {standing.audit.reference} goes to somebody else.")
        return redirect("audits:mine", council=request.authority.slug)
    return show(request, "audits/assessment/known_family.html", standing, {}, assessment=assessment)


def _is_alone(standing: Standing) -> bool:
    """Whether no other auditor gives grades here."""
    return len(grading(standing.framework, standing.assessments)) == 1


def _locked_words(standing: Standing, tool: Tool) -> str:
    what = "answers" if tool.is_checklist else "grades"
    if _is_alone(standing):
        return f"Your {what} are locked. Complete what is left, then submit."
    return f"Your {what} are locked. Nobody else sees them until all auditors’ are shown."
