"""One auditor's own assessment: the list of its parts, a section, locking, changing a grade, submitting."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import strip_tags
from django.views.decorators.http import require_POST

from audits.enums import NOT_APPLICABLE, OVERALL, AssessmentStatus
from audits.forms.assessment import ChangeGradeForm, SectionForm, grade_choices, statement
from audits.frameworks.schema import Tool
from audits.models import Assessment
from audits.selectors.asked import EXTRA, WARNING_REASON, answers_given
from audits.selectors.audits import begins_later
from audits.selectors.grades import PARTS, own_record, words_of
from audits.selectors.links import OVERALL_SECTION, assessment_href, audit_href
from audits.selectors.missing import missing_before_lock, missing_before_submission
from audits.selectors.progress import parts_of
from audits.selectors.reading import items_in
from audits.selectors.sections import (
    Section,
    descriptors_of,
    grades_of,
    overall_warning,
    section_of,
    sections_of,
    tool_of,
    warning,
)
from audits.selectors.standing import Standing, gives_grades, grading, is_self_assessment, state_words
from audits.services.assessments import (
    WORKING,
    lock_grades,
    problems_with_revising,
    revise_grade,
    save_draft,
    submit_assessment,
)
from audits.services.reassigning import declare_known_family
from audits.services.typed import DraftConflict
from audits.views.common import own_page, refused, show
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
def section(request: CouncilRequest, standing: Standing, assessment: Assessment, key: str) -> HttpResponse:
    """Show one domain or the overall judgement, and save it where scripts do not."""
    current = _section(standing, assessment, key)
    if assessment.status not in WORKING or begins_later(standing.audit):
        return redirect(assessment_href(assessment))
    form = _form(standing, assessment, current)
    conflict: list[dict[str, str]] = []
    status = 200
    if request.method == "POST":
        form = _form(standing, assessment, current, request.POST)
        if form.is_valid():
            try:
                save_draft(
                    assessment=assessment,
                    section=current.key,
                    fields=form.words(),
                    version=form.cleaned_data["version"],
                    person=request.person,
                )
            except DraftConflict as error:
                conflict = _differences(form, error)
                # What was typed stays in the boxes; saving once more is a decision for it.
                form = _form(standing, assessment, current, _with_version(request, error.theirs.version))
                status = 409
            else:
                return _after_saving(request, standing, assessment, current, form)
        else:
            status = 422
    return _section_page(request, standing, assessment, current, form, conflict, status)


@require_POST
@own_page
def save(request: CouncilRequest, standing: Standing, assessment: Assessment, key: str) -> HttpResponse:
    """Save a section as it is typed; the answers are the contract of ``data-autosave``."""
    current = _section(standing, assessment, key)
    form = _form(standing, assessment, current, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        draft = save_draft(
            assessment=assessment,
            section=current.key,
            fields=form.words(),
            version=form.cleaned_data["version"],
            person=request.person,
        )
    except DraftConflict as error:
        theirs = form.as_typed(error.theirs.fields)
        answer = {"version": error.theirs.version, "theirs": theirs, "saved_by": "Another window"}
        return JsonResponse(answer, status=409)
    return JsonResponse({"version": draft.version, "saved_at": draft.saved_at.isoformat()})


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
            (one, _grade_word(one, grades), assessment_href(assessment, "section", one.key))
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
    current = _section(standing, assessment, key)
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
        "current_grade": _grade_word(current, grades),
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
        "sections": [(one, _grade_word(one, grades), "") for one in sections],
    }
    code = 422 if request.method == "POST" else 200
    return show(
        request, "audits/assessment/submit.html", standing, context, assessment=assessment, status=code
    )


def _section(standing: Standing, assessment: Assessment, key: str) -> Section:
    try:
        return section_of(assessment, standing.framework, key)
    except KeyError as error:
        raise Http404("The tool has no such section.") from error


def _form(standing: Standing, assessment: Assessment, current: Section, data: Any = None) -> SectionForm:
    framework = standing.framework
    tool = tool_of(framework, assessment)
    graded = gives_grades(framework, assessment.slot)
    warned = graded and current.is_overall and bool(_warning(standing, assessment))
    form = SectionForm(
        data,
        section=current,
        tool=tool,
        grades=grades_of(framework, tool),
        framework=framework,
        warned=warned or (data is not None and EXTRA + WARNING_REASON in data),
    )
    if not graded:
        slot = framework.slot(assessment.slot)
        form.keep_words(grades=slot.grades == "optional")
    return form


def _warning(standing: Standing, assessment: Assessment) -> str | None:
    tool = tool_of(standing.framework, assessment)
    return overall_warning(sections_of(assessment, standing.framework), grades_of(standing.framework, tool))


def _with_version(request: CouncilRequest, version: int) -> Any:
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def _is_alone(standing: Standing) -> bool:
    """Whether no other auditor gives grades here."""
    return len(grading(standing.framework, standing.assessments)) == 1


def _locked_words(standing: Standing, tool: Tool) -> str:
    what = "answers" if tool.is_checklist else "grades"
    if _is_alone(standing):
        return f"Your {what} are locked. Complete what is left, then submit."
    return f"Your {what} are locked. Nobody else sees them until all auditors’ are shown."


def _differences(form: SectionForm, error: DraftConflict) -> list[dict[str, str]]:
    """Return what the other window saved, for each field in which it differs from what was typed."""
    found, typed = [], form.words()
    for name, bound in form.fields.items():
        if name == "version":
            continue
        mine, theirs = typed.get(name) or "", error.theirs.fields.get(name) or ""
        if mine != theirs:
            words = dict(getattr(bound, "choices", ()))
            listed = theirs if isinstance(theirs, list) else [theirs]
            text = ", ".join(str(words.get(one, one)) for one in listed)
            found.append({"label": strip_tags(str(bound.label)), "theirs": text, "href": f"#id_{name}"})
    return found


def _after_saving(
    request: CouncilRequest, standing: Standing, assessment: Assessment, current: Section, form: SectionForm
) -> HttpResponse:
    """Go where the person asked; stay once where the overall grade calls for a second look."""
    if current.is_overall:
        grades = grades_of(standing.framework, tool_of(standing.framework, assessment))
        domains = [one.grade for one in sections_of(assessment, standing.framework) if not one.is_overall]
        warned = warning(grades, form.words().get("grade", ""), domains)  # type: ignore[arg-type]
        if warned and EXTRA + WARNING_REASON not in request.POST:
            return redirect(f"{assessment_href(assessment, 'section', OVERALL_SECTION)}#warning")
    if request.POST.get("then") == "later":
        return redirect(assessment_href(assessment))
    return redirect(_next(standing, assessment, current))


def _next(standing: Standing, assessment: Assessment, current: Section) -> str:
    sections = [
        one for one in sections_of(assessment, standing.framework) if one.applies or one.key == current.key
    ]
    place = [one.key for one in sections].index(current.key)
    if place + 1 < len(sections):
        return assessment_href(assessment, "section", sections[place + 1].key)
    return assessment_href(assessment)


def _section_page(
    request: CouncilRequest,
    standing: Standing,
    assessment: Assessment,
    current: Section,
    form: SectionForm,
    conflict: list[dict[str, str]],
    status: int,
) -> HttpResponse:
    tool = tool_of(standing.framework, assessment)
    documents = [
        one for one in standing.framework.documents if current.domain and one.key in current.domain.documents
    ]
    context = {
        "form": form,
        "section": current,
        "conflict": conflict,
        "warning": _warning(standing, assessment) if current.is_overall else None,
        "descriptors": descriptors_of(standing.framework, tool, current.stored_as),
        "documents": documents,
        "statements": [statement(one) for one in current.criteria],
        "tool": tool,
        "place": _place(standing, assessment, current),
        "beside_words": _beside(standing, assessment, current),
        "save_url": assessment_href(assessment, "save", current.key),
    }
    return show(
        request, "audits/assessment/section.html", standing, context, assessment=assessment, status=status
    )


def _beside(standing: Standing, assessment: Assessment, current: Section) -> list[dict[str, Any]]:
    """Return what self-assessments that were given say of this section (WSX-46)."""
    framework, found = standing.framework, []
    tool = tool_of(framework, assessment)
    for one in standing.assessments:
        if one.pk != assessment.pk and is_self_assessment(framework, one.slot) and standing.sees(one):
            said = section_of(one, framework, current.key) if one.submitted_at else None
            if said and said.is_begun:
                words = [(label, said.fields.get(name)) for label, name in PARTS if said.fields.get(name)]
                words += [(item.question, item.text) for item in items_in(answers_given(said.fields), tool)]
                found.append(
                    {
                        "label": framework.names.slot(one.slot),
                        "by": one.assessor.name if one.assessor else "",
                        "grade": _grade_word(said, grades_of(framework, tool_of(framework, one))),
                        "words": words,
                    }
                )
    return found


def _place(standing: Standing, assessment: Assessment, current: Section) -> str:
    sections = sections_of(assessment, standing.framework)
    place = [one.key for one in sections].index(current.key) + 1
    return f"Section {place} of {len(sections)}"


def _grade_word(section: Section, grades: Any) -> str:
    if section.grade == NOT_APPLICABLE:
        return "Not applicable"
    return str(grades.label_of(section.grade)) if section.grade else OVERALL


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
