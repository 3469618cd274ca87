"""Follow-ups: the tracker, and one with its answer."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator

from audits.followup.enums import FollowUpKind, FollowUpStatus, Placement
from audits.followup.filters import FollowUpFilter
from audits.followup.forms import FollowUpForm, StandDownForm
from audits.followup.models import FollowUp
from audits.followup.registry import actions_of, help_with, links_for
from audits.followup.registry import page_of as page_elsewhere
from audits.followup.selectors import follow_up_list, may_answer, may_see_follow_up, visible_follow_ups
from audits.followup.selectors.giving import may_give
from audits.followup.selectors.lists import written_summaries
from audits.followup.services import complete_follow_up, stand_down_follow_up
from audits.followup.services.providers import decide_placement
from audits.followup.views.common import PER_PAGE, log_read, origin_of, page_of, refused, tabs
from audits.frameworks.schema.framework import FrameworkNames
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.tables import ordering
from qaf.ui.words import long_date

SORTS = {"due": "due_on", "who": "assignee__name", "kind": "kind", "status": "status"}
ENDED_EARLY = (FollowUpKind.SUPERVISION, FollowUpKind.CONVERSATION, FollowUpKind.REVIEW)
WORDS = {
    "filed_on": "Placed on the child’s record",
    "reference": "Reference",
    "read": "Read",
    "held_on": "Held on",
    "strengths": "Strengths that were talked over",
    "learning_need": "Support or learning need",
    "took_part": "Took part",
    "others": "Also took part",
    "features": "Features that contributed",
    "actions_complete": "Actions complete",
    "provider": "Provider",
    "judged_on": "Judged inadequate on",
    "about_child": "What it means for the child",
    "decision": "Decision",
    "plan": "Plan of action",
    "plan_due_on": "Plan carried out by",
}


@council_view()
def follow_ups(request: CouncilRequest) -> HttpResponse:
    """Show the follow-ups that the person tracks or was asked for, filtered and sorted by the address."""
    found = FollowUpFilter(request.GET, queryset=visible_follow_ups(request.person), request=request)
    rows = found.qs.order_by(*ordering(request.GET, allowed=SORTS, default="due"), "pk")
    page, listed = page_of(request, rows, "follow_up")
    names = framework_in_force().names
    shown = [(one, _asked_of(one, names), origin) for one, origin in listed if isinstance(one, FollowUp)]
    context = {"filter": found, "page_obj": page, "listed": shown, "tabs": tabs(request, "follow_ups")}
    return render(request, "followup/follow_ups.html", {**context, "today": clock.today()})


@council_view()
def summaries(request: CouncilRequest) -> HttpResponse:
    """Show what was written up of work that went well: words to share, without the audit or the child (SEF-172)."""
    page = Paginator(written_summaries(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "followup/summaries.html", {"page_obj": page, "tabs": tabs(request, "summaries")})


@council_view()
def follow_up(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one follow-up, and the form for its answer to whoever was asked."""
    found = get_object_or_404(follow_up_list(), pk=pk)
    if not may_see_follow_up(found, request.person):
        raise PermissionDenied("Only whoever was asked, and those who track what follows, see this.")
    log_read(request, found.case)
    if elsewhere := page_elsewhere(found):
        return redirect(elsewhere)
    asked = found.status == FollowUpStatus.OPEN and may_answer(found, request.person)
    ending = request.method == "POST" and request.POST.get("form") == "end"
    answering = request.method == "POST" and not ending
    form = _form(request, found, answering) if asked else None
    ends_early = asked and found.kind in ENDED_EARLY
    end_form = StandDownForm(request.POST if ending else None, prefix="end") if ends_early else None
    if answering and form is not None and form.is_valid() and _answer(request, found, form):
        messages.success(request, "Thank you. This is done.")
        return redirect(_href(request, pk))
    if ending and end_form is not None and end_form.is_valid():
        stand_down_follow_up(follow_up=found, why=end_form.cleaned_data["why"], person=request.person)
        messages.success(request, "It is closed as no longer needed.")
        return redirect(_href(request, pk))
    context = {
        "follow_up": found,
        "form": form,
        "end_form": end_form,
        "help": help_with(found) if asked else None,
        "asked_of": _asked_of(found, framework_in_force().names),
        "origin": origin_of("follow_up", pk),
        "rows": _rows(found),
        "links": links_for(found),
        "may_give": may_give(found, request.person),
    }
    return render(request, "followup/follow_up.html", context)


def _asked_of(found: FollowUp, names: FrameworkNames) -> str:
    """Return who is asked: somebody by name, else those who hold a role together."""
    if found.assignee:
        return found.assignee.name
    if not found.assignee_role:
        return "Whoever comes first of those asked"
    party = names.party(found.assignee_role).removeprefix("the ")
    return f"{party[:1].upper()}{party[1:]}, whoever comes first"


def _href(request: CouncilRequest, pk: int) -> str:
    return reverse("followup:follow_up", args=[request.authority.slug, pk])


def _form(request: CouncilRequest, found: FollowUp, answering: bool) -> FollowUpForm:
    framework = framework_in_force()
    filing = framework.process.filing
    data = request.POST if answering else None
    return FollowUpForm(
        data,
        follow_up=found,
        reference_required=filing.reference_required,
        records=framework.actions.supervision.records,
        people=_people_of(found),
        actions=actions_of(found) if found.kind == FollowUpKind.ACTION_REVIEW else (),
    )


def _people_of(found: FollowUp) -> list[Person]:
    """Who holds the discussion and who was asked to take part."""
    ids = [pk for pk in (found.assignee_id, found.about_id, *found.invited) if pk]
    return list(Person.objects.filter(pk__in=ids).order_by("name"))


def _answer(request: CouncilRequest, found: FollowUp, form: FollowUpForm) -> bool:
    try:
        complete = decide_placement if found.kind == FollowUpKind.PROVIDER else complete_follow_up
        complete(
            follow_up=found,
            person=request.person,
            comment=form.cleaned_data.get("comment", ""),
            answers=form.answers(),
        )
    except (ValidationError, TransitionRefused) as error:
        refused(form, error)
        return False
    except StatusHasChanged as changed:
        messages.warning(request, str(changed))
    return True


def _record_labels(found: FollowUp) -> dict[str, str]:
    """The framework's words for what a supervision records."""
    if found.kind != FollowUpKind.SUPERVISION:
        return {}
    return {one.key: one.label for one in framework_in_force().actions.supervision.records}


def _action_labels(found: FollowUp) -> dict[str, str]:
    if found.kind != FollowUpKind.ACTION_REVIEW:
        return {}
    return {f"action_{action.pk}": Truncator(action.text).words(25) for action in actions_of(found)}


def _rows(found: FollowUp) -> list[dict[str, Any]]:
    """What was answered, as a summary list."""
    rows = []
    names = {person.pk: person.name for person in _people_of(found)}
    for key, label in {**WORDS, **_record_labels(found), **_action_labels(found)}.items():
        if key in found.answers:
            value = found.answers[key]
            if isinstance(value, bool):
                value = "Yes" if value else "No"
            elif key in ("filed_on", "held_on", "judged_on", "plan_due_on"):
                value = long_date(date.fromisoformat(value)) if value else ""
            elif key == "decision":
                value = Placement(value).label
            elif key == "took_part":
                value = ", ".join(names.get(pk, "Somebody who has left") for pk in value)
            rows.append({"key": label, "value": value})
    if found.comment:
        rows.append({"key": "Comment", "value": found.comment})
    return rows
