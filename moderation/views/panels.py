"""A panel's pages: who sits on it, asking others to join, a member's view."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from audits.selectors.facts import framework_for, tool_of
from audits.selectors.grades import words_of
from audits.selectors.sections import descriptors_of
from audits.views.common import refused
from moderation.enums import OPEN, Mode, Standard
from moderation.forms.together import JoinForm, ViewForm
from moderation.models import Moderation
from moderation.paths import moderation_href
from moderation.selectors import grade_choices
from moderation.selectors.panels import (
    grade_of_panel,
    owes_view,
    own_place,
    people_to_ask,
    reads_views,
    seats_for,
    still_needed,
    views_needed,
)
from moderation.services.panels import ask_to_join, give_view, require_lead
from moderation.views.common import moderation_page, records_beside, show
from qaf.tenants.models import Person
from qaf.tenants.views.base import CouncilRequest


def panel_context(request: CouncilRequest, found: Moderation) -> dict[str, Any]:
    """Return what the moderation's page shows of its panel; nothing where one person decides."""
    if found.mode != Mode.PANEL:
        return {}
    framework, reads = framework_for(found.audit), reads_views(found, request.person)
    leads = request.person.pk in {found.moderator_id, found.meeting.chair_id if found.meeting else None}
    mine, is_open = own_place(found, request.person), found.status in OPEN
    grade = grade_of_panel(found) if reads else None
    needs = (still_needed(found) if reads else views_needed(found)) if is_open else []
    return {
        "members": seats_for(found, request.person),
        "panel_grade": grade,
        "panel_label": framework.names.grade(grade.grade) if grade else "",
        "panel_needs": needs,
        "unread": _why_unread(found, request.person) if not reads else "",
        "join_url": moderation_href(found, "join") if leads and is_open else "",
        "view_url": moderation_href(found, "view") if mine and is_open else "",
        "view_given": bool(mine and mine.said_at),
    }


def _why_unread(found: Moderation, person: Person) -> str:
    when = "you have given yours" if owes_view(found, person) else "the panel has heard those it needs"
    return f"Each member judges without knowing what the others think: you read their views once {when}."


@moderation_page
def view(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Give one's view as a member of the panel, with what each grade looks like beside it."""
    member, framework = own_place(found, request.person), framework_for(found.audit)
    if member is None:
        raise PermissionDenied("You do not sit on the panel that moderates this audit.")
    if found.status not in OPEN:
        return redirect(moderation_href(found))
    form = ViewForm(
        request.POST if request.method == "POST" else None,
        grades=grade_choices(found.audit, framework, ""),
        standards=Standard.choices if "standards_met" in framework.moderation.decides else (),
        member=member,
    )
    if request.method == "POST" and form.is_valid():
        try:
            give_view(moderation=found, person=request.person, **form.cleaned_data)
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, f"Your view on {found.audit.reference} is recorded.")
            return redirect(moderation_href(found))
    comparison = records_beside(found, request.person)
    context = {
        "form": form,
        "comparison": comparison,
        "words": [(row, words_of(row)) for row in comparison.rows],
        "descriptors": descriptors_of(framework, tool_of(found.audit, framework), ""),
    }
    return show(request, "moderation/view.html", found, context)


@moderation_page
def join(request: CouncilRequest, found: Moderation) -> HttpResponse:
    """Ask somebody whose knowledge helps to join the panel."""
    require_lead(found, request.person)
    people = people_to_ask(found)
    form = JoinForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        member = form.people[form.cleaned_data["member"]]
        try:
            ask_to_join(
                moderation=found, member=member, reason=form.cleaned_data["reason"], person=request.person
            )
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, f"{member.name} is asked to join and has been told.")
            return redirect(moderation_href(found))
    return show(request, "moderation/join.html", found, {"form": form, "people": people})
