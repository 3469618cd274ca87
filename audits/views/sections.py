"""One section of an auditor's assessment: shown, saved as it is typed or by its button, nothing overwritten."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.html import strip_tags
from django.views.decorators.http import require_POST

from audits.enums import NOT_APPLICABLE, OVERALL
from audits.forms.assessment import SectionForm, statement
from audits.models import Assessment
from audits.selectors.asked import EXTRA, WARNING_REASON, answers_given
from audits.selectors.audits import begins_later
from audits.selectors.grades import PARTS
from audits.selectors.links import OVERALL_SECTION, assessment_href
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
from audits.selectors.standing import Standing, gives_grades, is_self_assessment
from audits.services.assessments import WORKING, save_draft
from audits.services.typed import DraftConflict
from audits.views.common import own_page, show
from qaf.tenants.views.base import CouncilRequest


@own_page
def section(request: CouncilRequest, standing: Standing, assessment: Assessment, key: str) -> HttpResponse:
    """Show one domain or the overall judgement, and save it where scripts do not."""
    current = section_or_404(standing, assessment, key)
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
    current = section_or_404(standing, assessment, key)
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


def section_or_404(standing: Standing, assessment: Assessment, key: str) -> Section:
    try:
        return section_of(assessment, standing.framework, key)
    except KeyError as error:
        raise Http404("The tool has no such section.") from error


def grade_word(section: Section, grades: Any) -> str:
    if section.grade == NOT_APPLICABLE:
        return "Not applicable"
    return str(grades.label_of(section.grade)) if section.grade else OVERALL


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
                        "grade": grade_word(said, grades_of(framework, tool_of(framework, one))),
                        "words": words,
                    }
                )
    return found


def _place(standing: Standing, assessment: Assessment, current: Section) -> str:
    sections = sections_of(assessment, standing.framework)
    place = [one.key for one in sections].index(current.key) + 1
    return f"Section {place} of {len(sections)}"
