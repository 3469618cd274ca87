"""Rounds over whole caseloads: the list, one round with every child, saved as typed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.followup.models import CaseloadCheck
from audits.followup.selectors.caseload import (
    ChildRow,
    may_do_round,
    may_see_round,
    round_list,
    rows_of,
    visible_rounds,
)
from audits.followup.services import finish_round, save_round
from audits.followup.services.caseload import Answers, RoundConflict
from audits.followup.views.common import PER_PAGE, tabs
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.services import record_read
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.words import plural

VALUES = {"yes": True, "no": False}


@council_view()
def rounds(request: CouncilRequest) -> HttpResponse:
    """Show the rounds that the person does, manages or follows, newest first."""
    found = visible_rounds(request.person).order_by("-period", "team__name", "pk")
    context = {
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "tabs": tabs(request, "caseload"),
        "today": clock.today(),
    }
    return render(request, "followup/caseload.html", context)


def _round(request: CouncilRequest, pk: int) -> CaseloadCheck:
    found = get_object_or_404(round_list(), pk=pk)
    if not may_see_round(found, request.person):
        raise PermissionDenied(
            "Only whoever does this round, the team’s managers and those who follow it see it."
        )
    return found


@council_view()
def one_round(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show every child of the round; whoever does it saves and finishes it here."""
    found = _round(request, pk)
    may_answer = found.done_at is None and may_do_round(found, request.person)
    problems: list[dict[str, str]] = []
    if request.method == "POST" and may_answer:
        try:
            save_round(
                check_round=found, answers=_typed(request), version=_version(request), person=request.person
            )
            if request.POST.get("then") != "finish":
                messages.success(request, "Saved.")
                return redirect(_href(request, pk))
            actions = finish_round(check_round=found, person=request.person)
        except RoundConflict:
            messages.warning(
                request,
                "Somebody else saved this round meanwhile. What they chose is shown: choose yours again.",
            )
            return redirect(_href(request, pk))
        except StatusHasChanged as changed:
            messages.warning(request, str(changed))
            return redirect(_href(request, pk))
        except TransitionRefused as refused:
            problems = [{"text": one.text, "href": one.href} for one in refused.problems]
        else:
            messages.success(request, f"The round is finished. It led to {plural(len(actions), 'action')}.")
            return redirect(_href(request, pk))
        found = _round(request, pk)
    return render(request, "followup/caseload_round.html", _context(request, found, may_answer, problems))


def _context(
    request: CouncilRequest, found: CaseloadCheck, may_answer: bool, problems: list[dict[str, str]]
) -> dict[str, object]:
    rules = framework_in_force().caseload_check
    rows: list[ChildRow] = rows_of(found, rules)
    if request.method == "GET":
        record_read(person=request.person, subject="caseload", subject_id=found.pk)
    return {
        "round": found,
        "label": rules.label if rules else "Caseload check",
        "rows": rows,
        "may_answer": may_answer,
        "problems": problems,
        "open_rows": sum(any(value is None for _, _, value in row.answers) for row in rows),
        "save_url": reverse("followup:save_caseload", args=[request.authority.slug, found.pk]),
    }


@council_view()
@require_POST
def save(request: CouncilRequest, pk: int) -> HttpResponse:
    """Save what was chosen, as it is chosen; 409 where another window saved first."""
    found = _round(request, pk)
    try:
        saved = save_round(
            check_round=found, answers=_typed(request), version=_version(request), person=request.person
        )
    except RoundConflict as conflict:
        theirs = {
            f"c{one.case_id}-{one.item}": "yes" if one.in_place else "no"
            for one in conflict.theirs.answers.all()
        }
        return JsonResponse({"version": conflict.theirs.version, "theirs": theirs}, status=409)
    except StatusHasChanged as changed:
        return JsonResponse({"errors": {"": [str(changed)]}}, status=422)
    return JsonResponse({"version": saved.version, "saved_at": saved.saved_at})


def _version(request: CouncilRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _typed(request: CouncilRequest) -> Answers:
    """Return the answers of the form: fields are named after the case's number and the question."""
    answers: dict[tuple[int, str], bool | None] = {}
    for name, value in request.POST.items():
        case, _, item = name.removeprefix("c").partition("-")
        if name.startswith("c") and case.isdecimal() and len(case) < 19 and item:
            answers[int(case), item] = VALUES.get(str(value))
    return answers


def _href(request: CouncilRequest, pk: int) -> str:
    return reverse("followup:caseload_round", args=[request.authority.slug, pk])
