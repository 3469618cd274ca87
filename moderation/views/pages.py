"""The list of moderations, one with both records side by side, and giving it to somebody."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from audits.models import FamilyContact
from audits.selectors.audits import audit_by_reference
from audits.selectors.comparison import graded_domains
from audits.selectors.disagreements import disagreements_of
from audits.selectors.facts import framework_for
from audits.selectors.grades import words_of
from audits.selectors.links import audit_href
from audits.selectors.standing import Standing
from audits.views.common import audit_page, refused
from audits.views.common import show as show_audit
from moderation.enums import ModerationStatus
from moderation.filters import ModerationFilter
from moderation.forms.deciding import AllocateForm, AskForm
from moderation.models import Moderation
from moderation.paths import moderation_href
from moderation.selectors import (
    asks_plan,
    candidates_for,
    load_of_the_time,
    missing,
    proposed_actions,
    to_decide,
    visible_moderations,
    why_in_short,
)
from moderation.selectors.lists import closed_to, earlier_rounds
from moderation.selectors.modes import way_of
from moderation.selectors.panels import owes_view
from moderation.selectors.questions import asks_whether_talked
from moderation.services import allocate_by_hand, ask_for_moderation, draft_of
from moderation.views.common import moderation_page, records_beside, show
from moderation.views.panels import panel_context
from qaf.lib import clock
from qaf.tenants.permissions import may, require
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.tables import ordering
from qaf.ui.words import plural

PER_PAGE = 25
SORTS = {"due": "due_on", "audit": "audit__reference", "moderator": "moderator__name", "status": "status"}


@council_view("moderation.allocate", "moderation.moderate")
def moderations(request: CouncilRequest) -> HttpResponse:
    """List moderations: the person's own, or all for those who allocate; filtered and sorted by the address."""
    found = ModerationFilter(request.GET, queryset=visible_moderations(request.person), request=request)
    rows = found.qs.order_by(*ordering(request.GET, allowed=SORTS, default="due"), "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    closed = closed_to(request.person, page)
    context = {
        "filter": found,
        "listed": [
            (one, "" if one.pk in closed else moderation_href(one), why_in_short(one), closed.get(one.pk, ""))
            for one in page
        ],
        "page_obj": page,
        "today": clock.today(),
        "allocates": may(request.person, "moderation.allocate"),
    }
    return render(request, "moderation/list.html", context)


@moderation_page
def overview(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Show both records side by side, why it is moderated, and how far the decision is."""
    audit = found.audit
    comparison = records_beside(found, request.person)
    own = found.moderator_id == request.person.pk and found.status == ModerationStatus.ALLOCATED
    draft = draft_of(found) if own else None
    hrefs = {
        name: moderation_href(found, name) for name in ("decide", "plan", "allocate", "moderation", "view")
    }
    problems = missing(found, draft.fields if draft else {}, hrefs) if own else []
    context: dict[str, Any] = {
        "comparison": comparison,
        "words": [(row, words_of(row)) for row in comparison.rows],
        "reasons": found.reasons.all(),
        "conversations": audit.conversations.all(),
        "contacts": FamilyContact.objects.filter(audit=audit).exclude(words=""),
        "decisions": _decisions(found),
        "earlier": [(one, _decisions(one)) for one in earlier_rounds(found)],
        "asks_talk": asks_whether_talked(found),
        "disagreements": disagreements_of(audit),
        **panel_context(request, found),
        "plan": proposed_actions(audit),
        "own": own,
        "tasks": _tasks(found, problems, hrefs) if own else [],
        "check_url": moderation_href(found, "check"),
        "allocate_url": hrefs["allocate"],
        "allocates": may(request.person, "moderation.allocate") and found.status in ("waiting", "allocated"),
        "late": found.status in ("waiting", "allocated") and found.due_on < clock.today(),
    }
    return show(request, "moderation/moderation.html", found, context)


def _tasks(found: Moderation, problems: list, hrefs: dict[str, str]) -> list[dict[str, str]]:
    left = [problem for problem in problems if problem.href.startswith(hrefs["decide"])]
    rows = len(to_decide(found))
    grades = f"Decide {plural(rows, 'grade')}{', each with its reason' if rows > 1 else ', with its reason'}"
    decide = {
        "title": grades if rows else "Say what you found: a checklist has no grade to decide",
        "href": hrefs["decide"],
    }
    decide |= (
        {"status": f"{len(left)} to do", "tone": "blue"} if left else {"status": "Completed", "tone": ""}
    )
    plan = {"title": "Agree the action plan", "href": hrefs["plan"]}
    agreed = found.action_plan_agreed
    plan |= {"status": "Completed", "tone": ""} if agreed else {"status": "To do", "tone": "blue"}
    tasks = [decide, plan] if asks_plan(found) else [decide]
    if found.moderator is not None and owes_view(found, found.moderator):
        view = {"title": "Give your own view", "href": hrefs["view"], "status": "To do", "tone": "blue"}
        return [view, *tasks]
    return tasks


def _decisions(found: Moderation) -> list[dict[str, Any]]:
    framework = framework_for(found.audit)
    titles = {**graded_domains(found.audit, framework), "": "Overall"}
    return [
        {
            "label": titles.get(one.domain, one.domain),
            "grade": framework.names.grade(one.grade),
            "reason": one.reason,
        }
        for one in found.decisions.all()
    ]


@moderation_page
def allocate(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Give the moderation to somebody by hand."""
    require(request.person, "moderation.allocate")
    candidates = candidates_for(found.audit, month=load_of_the_time(found), way=way_of(found))
    form = AllocateForm(request.POST if request.method == "POST" else None, candidates=candidates)
    if request.method == "POST" and form.is_valid():
        moderator = form.people[form.cleaned_data["moderator"]]
        try:
            allocate_by_hand(moderation=found, moderator=moderator, person=request.person)
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(
                request, f"{moderator.name} moderates {found.audit.reference} and has been told."
            )
            return redirect(moderation_href(found))
    context = {"form": form, "kept_out": [one for one in candidates if not one.may]}
    return show(request, "moderation/allocate.html", found, context)


@audit_page
def ask(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Send an agreed outcome to moderation because somebody asks for it."""
    require(request.person, "moderation.allocate")
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        audit = audit_by_reference(standing.audit.reference)
        try:
            ask_for_moderation(audit=audit, reason=form.cleaned_data["reason"], person=request.person)
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, f"{audit.reference} will be moderated.")
            return redirect(audit_href(audit))
    return show_audit(request, "moderation/ask.html", standing, {"form": form})
