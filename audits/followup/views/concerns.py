"""Urgent concerns: raising one, answering, closing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.cases.models import Case
from audits.followup.enums import ConcernStatus
from audits.followup.forms import AnswerConcernForm, ConcernForm
from audits.followup.selectors import (
    concern_list,
    may_raise_about,
    may_see_concern,
    responds,
    visible_concerns,
)
from audits.followup.selectors.rights import first_with, may_close
from audits.followup.services import answer_concern, close_concern, raise_concern
from audits.followup.views.common import PER_PAGE, log_read, origin_of, refused, tabs
from audits.frameworks.selectors import framework_in_force
from audits.frameworks.vocabulary.wording import sentence
from qaf.lib import clock
from qaf.tenants.transitions import StatusHasChanged
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view()
def concerns(request: CouncilRequest) -> HttpResponse:
    """Show the concerns that the person raised, answers or oversees, newest first."""
    rows = visible_concerns(request.person).order_by("-raised_at")
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tabs": tabs(request, "concerns"),
        "now": clock.now(),
    }
    return render(request, "followup/concerns.html", context)


@council_view()
def raise_about(request: CouncilRequest, case_id: int) -> HttpResponse:
    """Raise an urgent concern about a child; the page says what it does not replace."""
    case = get_object_or_404(Case.objects.select_related("team", "service", "worker", "manager"), pk=case_id)
    if not may_raise_about(case, request.person):
        raise PermissionDenied(
            "You have nothing to do with this child’s record. Ring the front door instead."
        )
    log_read(request, case)
    about = request.GET.get("audit", "")[:20]
    framework = framework_in_force()
    rules = framework.urgent_concern
    form = ConcernForm(
        request.POST if request.method == "POST" else None,
        initial={"trigger": request.GET.get("trigger", "")},
        first_with=first_with(case, framework) if rules.conversation_first_with else None,
        triggers=[(one.key, sentence(one.condition.in_words(framework.names))) for one in rules.triggers],
    )
    if request.method == "POST" and form.is_valid():
        try:
            concern = _raise_once(request, case, form, about)
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, "Your concern has been passed on.")
            return redirect("followup:concern", council=request.authority.slug, pk=concern.pk)
    context = {"form": form, "case": case, "about": about, "rules": rules}
    return render(request, "followup/raise_concern.html", context)


@transaction.atomic
def _raise_once(request: CouncilRequest, case: Case, form: ConcernForm, about: str):  # type: ignore[no-untyped-def]
    """The same words posted twice are one concern."""
    Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
    same = visible_concerns(request.person).filter(
        case=case,
        raised_by=request.person,
        text=form.cleaned_data["text"].strip(),
        status=ConcernStatus.RAISED,
    )
    data = form.cleaned_data
    return same.first() or raise_concern(
        case=case,
        raised_by=request.person,
        about=about,
        spoken=form.spoken(),
        trigger=data.get("trigger", ""),
        **{key: data[key] for key in ("text", "told_whom", "safe_now", "about_staff", "about_person")},
    )


@council_view()
def concern(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one concern; its responder answers here."""
    found = get_object_or_404(concern_list(), pk=pk)
    if not may_see_concern(found, request.person):
        raise PermissionDenied(
            "Only whoever raised it, whoever answers it and the quality assurance lead see this."
        )
    log_read(request, found.case)
    can_answer = found.status == ConcernStatus.RAISED and responds(found, request.person)
    rules = framework_in_force().urgent_concern
    data = request.POST if request.method == "POST" else None
    form = AnswerConcernForm(data, wider_view=rules.wider_view) if can_answer else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            answer_concern(
                concern=found,
                answer=form.cleaned_data["answer"],
                wider_view=form.wider_view(),
                person=request.person,
            )
        except ValidationError as error:
            refused(form, error)
        except StatusHasChanged as changed:
            messages.warning(request, str(changed))
            return redirect(_href(request, pk))
        else:
            messages.success(request, "Thank you. Whoever raised it has been told.")
            return redirect(_href(request, pk))
    context = {
        "concern": found,
        "label": rules.label,
        "wider": [
            (one.label, found.wider_view[one.key]) for one in rules.wider_view if one.key in found.wider_view
        ],
        "form": form,
        "origin": origin_of("concern", pk),
        "may_close": found.status == ConcernStatus.ANSWERED and may_close(found, request.person),
        "late": found.status == ConcernStatus.RAISED and found.due_at < clock.now(),
    }
    return render(request, "followup/concern.html", context)


def _href(request: CouncilRequest, pk: int) -> str:
    return reverse("followup:concern", args=[request.authority.slug, pk])


@council_view()
@require_POST
def close(request: CouncilRequest, pk: int) -> HttpResponse:
    """Close an answered concern."""
    found = get_object_or_404(concern_list(), pk=pk)
    try:
        close_concern(concern=found, person=request.person)
        messages.success(request, "The concern is closed.")
    except StatusHasChanged as changed:
        messages.warning(request, str(changed))
    return redirect(_href(request, pk))
