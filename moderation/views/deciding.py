"""The moderator's work: deciding, the action plan, checking and submitting."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from audits.followup.enums import ActionStatus
from audits.forms.findings import ActionForm
from audits.models import AuditAction
from audits.selectors.asked import criteria_of
from audits.selectors.comparison import Comparison
from audits.selectors.facts import framework_for, tool_of
from audits.selectors.grades import words_of
from audits.selectors.people import possible_owners
from audits.selectors.sections import descriptors_of
from audits.services.findings import action_days
from audits.views.common import refused
from moderation.enums import Mode, ModerationStatus
from moderation.forms.deciding import DecisionForm, LeaveOutForm
from moderation.models import Moderation
from moderation.paths import moderation_href
from moderation.selectors import asks_plan, field_name, grade_choices, missing, proposed_actions, to_decide
from moderation.selectors.panels import PanelGrade, grade_of_panel, reads_views
from moderation.selectors.questions import Asked, agrees, asks_whether_talked, questions_of
from moderation.services import (
    DraftConflict,
    add_to_plan,
    agree_plan,
    draft_of,
    leave_out_of_plan,
    rewrite_in_plan,
    save_draft,
)
from moderation.services import (
    decide as decide_now,
)
from moderation.views.common import own_moderation, records_beside, show
from qaf.tenants.models import Person
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest
from qaf.ui.words import long_date


def _form(found: Moderation, data: Any = None, version: int | None = None) -> DecisionForm:
    rows = to_decide(found)
    framework = framework_for(found.audit)
    draft = draft_of(found)
    return DecisionForm(
        data,
        rows=rows,
        choices={row.domain: grade_choices(found.audit, framework, row.domain) for row in rows},
        fields=_initial(draft.fields if draft else {}),
        version=version if version is not None else (draft.version if draft else 0),
        questions=questions_of(found),
        asks_talk=asks_whether_talked(found),
    )


def _initial(fields: dict[str, Any]) -> dict[str, Any]:
    found = dict(fields)
    for name in ("conversation_on", "talk_on"):
        if found.get(name):
            found[name] = date.fromisoformat(found[name])
    return found


@own_moderation
def decide(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Show the disputed grades beside both records, and save the decision where scripts do not."""
    if found.status != ModerationStatus.ALLOCATED:
        return redirect(moderation_href(found))
    form, conflict, status = _form(found, request.POST if request.method == "POST" else None), [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_draft(
                    moderation=found,
                    fields=form.words(),
                    version=form.cleaned_data["version"],
                    person=request.person,
                )
            except DraftConflict as error:
                conflict = _differences(form, error)
                data = request.POST.copy()
                data["version"] = str(error.theirs.version)
                form, status = _form(found, data), 409
            else:
                following = "plan" if asks_plan(found) else "check"
                later = request.POST.get("then") == "later"
                return redirect(moderation_href(found, "moderation" if later else following))
    comparison = records_beside(found, request.person)
    draft = draft_of(found)
    context = {
        "form": form,
        "asks_plan": asks_plan(found),
        "conflict": conflict,
        "grades": _beside(found, form, comparison),
        "may_keep": any(not row.overall and not row.differs for row in form.rows),
        "comparison": comparison,
        "panel_grade": _panel_grade(found, request.person),
        "standards": _standards(found),
        "save_url": moderation_href(found, "save"),
        "saved_at": draft.saved_at if draft else None,
    }
    return show(request, "moderation/decide.html", found, context, status=status)


def _panel_grade(found: Moderation, person: Person) -> PanelGrade | None:
    """What the panel comes to, for somebody who may know it by now."""
    return grade_of_panel(found) if found.mode == Mode.PANEL and reads_views(found, person) else None


def _beside(found: Moderation, form: DecisionForm, comparison: Comparison) -> list[dict[str, Any]]:
    """Return each grade to decide with the auditors' words and what good practice looks like there (DUR-88)."""
    framework = framework_for(found.audit)
    tool = tool_of(found.audit, framework)
    domains = {domain.key: domain for domain in tool.domains}
    return [
        one
        | {
            "words": words_of(comparison.row(one["row"].domain)),
            "descriptors": descriptors_of(framework, tool, one["row"].domain),
            "criteria": criteria_of(domains.get(one["row"].domain), found.audit.case_status),
        }
        for one in form.grades()
    ]


def _standards(found: Moderation) -> list[tuple[str, Any, Any]]:
    """Return what good practice looks like, domain by domain, where only the overall grade is decided (DUR-88)."""
    rows = to_decide(found)
    if any(not row.overall for row in rows):
        return []
    framework = framework_for(found.audit)
    tool = tool_of(found.audit, framework)
    found_words = [
        (domain.title, descriptors_of(framework, tool, domain.key), domain.criteria)
        for domain in tool.domains
        if domain.graded
    ]
    return [one for one in found_words if one[2] or any(texts for _, texts in one[1])]


def _differences(form: DecisionForm, error: DraftConflict) -> list[dict[str, str]]:
    mine, theirs = form.words(), error.theirs.fields
    return [
        {"label": str(form.fields[name].label), "theirs": str(theirs.get(name, "")), "href": f"#id_{name}"}
        for name in form.fields
        if name != "version" and mine.get(name) != theirs.get(name)
    ]


@require_POST
@own_moderation
def save(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Save the decision as it is typed; the answers are the contract of ``data-autosave``."""
    form = _form(found, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        draft = save_draft(
            moderation=found, fields=form.words(), version=form.cleaned_data["version"], person=request.person
        )
    except DraftConflict as error:
        theirs = {name: error.theirs.fields.get(name, "") for name in form.fields if name != "version"}
        answer = {"version": error.theirs.version, "theirs": theirs, "saved_by": "You, in another window,"}
        return JsonResponse(answer, status=409)
    return JsonResponse({"version": draft.version, "saved_at": draft.saved_at.isoformat()})


@own_moderation
def plan(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Show the proposed actions: keep, rewrite, leave out, add, and agree."""
    if found.status != ModerationStatus.ALLOCATED:
        return redirect(moderation_href(found))
    if request.method == "POST" and request.POST.get("form") == "agree":
        agree_plan(moderation=found, agreed=True, person=request.person)
        messages.success(request, "The action plan is agreed.")
        return redirect(moderation_href(found, "check"))
    adding = request.method == "POST"
    owners, days = possible_owners(found.audit), action_days(found.audit)
    form = ActionForm(
        request.POST if adding else None, owners=owners, days=days, categories=_categories(found)
    )
    if adding and form.is_valid():
        try:
            add_to_plan(moderation=found, person=request.person, **_action_words(form))
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "The action is in the plan.")
            return redirect(moderation_href(found, "plan"))
    context = {
        "form": form,
        "links": [(link, _action_hrefs(found, link)) for link in proposed_actions(found.audit)],
    }
    return show(request, "moderation/plan.html", found, context)


def _action_words(form: ActionForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "text": data["text"],
        "intended_change": data["intended_change"],
        "owner": form.chosen_owner,
        "due_on": data["due_on"],
        "category": data.get("category", ""),
    }


def _categories(found: Moderation) -> list[tuple[str, str]]:
    """The kinds of action that the framework tells apart."""
    return [(one.key, one.label) for one in framework_for(found.audit).actions.categories]


def _action_hrefs(found: Moderation, link: AuditAction) -> dict[str, str]:
    plan_url = moderation_href(found, "plan")
    return {"edit": f"{plan_url}{link.action_id}/", "leave_out": f"{plan_url}{link.action_id}/leave-out/"}


def _link(found: Moderation, pk: int) -> AuditAction:
    for link in proposed_actions(found.audit):
        if link.action_id == pk and link.action.status == ActionStatus.PROPOSED:
            return link
    raise Http404("There is no such proposed action.")


@own_moderation
def edit(request: CouncilRequest, found: Moderation, pk: int) -> HttpResponse:
    """Rewrite a proposed action."""
    action = _link(found, pk).action
    owners = dict(possible_owners(found.audit))
    if action.owner:
        owners.setdefault(action.owner, "")
    form = ActionForm(
        request.POST if request.method == "POST" else None,
        owners=list(owners.items()),
        days=action_days(found.audit),
        categories=_categories(found),
    )
    form.initial.update(
        text=action.text,
        intended_change=action.intended_change,
        owner=str(action.owner_id or ""),
        category=action.category,
        due_on=action.due_on,
    )
    if request.method == "POST" and form.is_valid():
        try:
            rewrite_in_plan(moderation=found, action=action, person=request.person, **_action_words(form))
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "The action is changed.")
            return redirect(moderation_href(found, "plan"))
    context = {"form": form, "plan_url": moderation_href(found, "plan")}
    return show(request, "moderation/edit_action.html", found, context)


@own_moderation
def leave_out(request: CouncilRequest, found: Moderation, pk: int) -> HttpResponse:
    """Leave a proposed action out, with the reason."""
    action = _link(found, pk).action
    form = LeaveOutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            leave_out_of_plan(
                moderation=found, action=action, reason=form.cleaned_data["reason"], person=request.person
            )
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "The action is not taken forward.")
            return redirect(moderation_href(found, "plan"))
    context = {"form": form, "action": action, "plan_url": moderation_href(found, "plan")}
    return show(request, "moderation/leave_out.html", found, context)


@own_moderation
def check(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Show the decision once more with everything missing, then submit it: it binds."""
    if found.status != ModerationStatus.ALLOCATED:
        return redirect(moderation_href(found))
    draft = draft_of(found)
    fields = draft.fields if draft else {}
    hrefs = {name: moderation_href(found, name) for name in ("decide", "plan", "moderation", "view")}
    problems, status = missing(found, fields, hrefs), 200
    if request.method == "POST":
        try:
            decide_now(moderation=found, person=request.person)
        except TransitionRefused as error:
            problems, status = list(error.problems), 422
        else:
            messages.success(request, f"Your decision on {found.audit.reference} is made. Thank you.")
            return redirect(moderation_href(found))
    framework = framework_for(found.audit)
    answers = [
        (one.label, _in_words(one, fields[one.name])) for one in questions_of(found) if fields.get(one.name)
    ]
    rows = [
        {
            "label": row.label,
            "grade": framework.names.grade(fields[key])
            if (key := f"grade_{field_name(row.domain)}") in fields
            else "",
            "reason": fields.get(f"reason_{field_name(row.domain)}", ""),
        }
        for row in to_decide(found)
    ]
    plan = [
        link.action for link in proposed_actions(found.audit) if link.action.status == ActionStatus.PROPOSED
    ]
    if not agrees(fields):
        rows = []
    context = {"problems": problems, "refused": status == 422, "rows": rows, "plan": plan, "answers": answers}
    context["asks_plan"] = asks_plan(found)
    context |= {f"{name}_url": href for name, href in hrefs.items()}
    return show(request, "moderation/check.html", found, context, status=status)


def _in_words(asked: Asked, value: Any) -> str:
    labels = dict(asked.choices)
    if isinstance(value, list):
        return ", ".join(str(labels.get(one, one)) for one in value)
    if asked.control == "date":
        return long_date(date.fromisoformat(value))
    return str(labels.get(value, value))
