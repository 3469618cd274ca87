"""The months: list, progress board, audits, sample, receipt; preparing, opening and closing one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.enums import BEFORE_SUBMISSION, AssessmentStatus, CycleStatus
from audits.filters.cycles import MonthAuditFilter
from audits.frameworks import sentences
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import NoFrameworkError, framework_of
from audits.models import Audit, Cycle
from audits.selectors.cycles import (
    audits_of_month,
    board_of,
    case_list_as_of,
    is_replaceable,
    months,
    next_month_to_open,
    sample_of,
    unfilled_places,
)
from audits.selectors.offered import has_new_auditors
from audits.selectors.quota import has_quota
from audits.services.cycle_jobs import ask_to_open, is_large, opening_job
from audits.services.cycles import (
    Preview,
    close_cycle,
    gaps_of,
    open_cycle,
    prepare_cycle,
    preview_cycle,
    upcoming_cycle,
)
from audits.services.population import EXCLUSION_WORDS
from audits.services.receipts import with_local_ids
from qaf.lib import clock
from qaf.lib.calendar import add_months
from qaf.tenants.permissions import may
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui import words
from qaf.ui.tables import ordering

RUN, SEE = "audits.open_cycle", "audits.see_all"
PER_PAGE = 25
LISTED = 200
"""Left-out children shown on a page; the receipt holds them all."""


class MonthConverter:
    """``2026-10`` in an address."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        """Return the first day of the month."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        """Return the month as it stands in an address."""
        return value if isinstance(value, str) else f"{value:%Y-%m}"


def cycle_or_404(period: date) -> Cycle:
    """Return the month's cycle once it is open."""
    cycle = (
        Cycle.objects.select_related("opened_by", "theme")
        .filter(period=period)
        .exclude(status=CycleStatus.DRAFT)
        .first()
    )
    if cycle is None:
        raise Http404("This month has not been opened.")
    return cycle


@council_view(RUN, SEE)
def month_list(request: CouncilRequest) -> HttpResponse:
    """List the months, and lead to the next one to open."""
    page = Paginator(months().exclude(status=CycleStatus.DRAFT), PER_PAGE).get_page(request.GET.get("page"))
    may_run = may(request.person, RUN)
    context = {
        "page_obj": page,
        "next_month": next_month_to_open(),
        "may_run": may_run,
        "tells_experience": may_run and has_new_auditors(request.person),
    }
    return render(request, "audits/cycles/months.html", context)


@council_view(RUN, SEE)
def month(request: CouncilRequest, period: date) -> HttpResponse:
    """Show where every audit of the month stands."""
    if job := opening_job(period):
        return redirect("jobs:job", council=request.authority.slug, pk=job.pk)
    cycle = cycle_or_404(period)
    board = board_of(cycle)
    audits = reverse("audits:month_audits", args=[request.authority.slug, period])
    totals = board.totals
    figures = [
        {"label": "Audits", "value": totals.total, "href": audits},
        {"label": "Final", "value": totals.counts[-1], "note": f"of {totals.total}"},
        {
            "label": "Late",
            "value": totals.late,
            "href": f"{audits}?late=on",
            "tone": "late" if totals.late else "",
        },
        {
            "label": "Places without an auditor",
            "value": board.unfilled,
            "href": "#unfilled" if board.unfilled else "",
            "tone": "late" if board.unfilled else "",
        },
    ]
    framework = framework_of(cycle.framework_version)
    context = {
        "board": board,
        "figures": figures,
        "unfilled": [
            {"place": place, "slot": framework.names.slot(place.slot)}
            for place in unfilled_places().filter(audit__cycle=cycle).order_by("audit__reference", "pk")
        ],
    }
    return show_month(request, "month", cycle, context)


@council_view(RUN, SEE)
def month_audits(request: CouncilRequest, period: date) -> HttpResponse:
    """List the month's audits, filtered and sorted in the address."""
    cycle = cycle_or_404(period)
    found = MonthAuditFilter(request.GET, queryset=audits_of_month(cycle), request=request)
    allowed: dict[str, str | tuple[str, ...]] = {
        "ref": "reference",
        "service": ("service__name", "team__name"),
        "status": "status",
        "due": ("due_on", "reference"),
        "worker": "worker__name",
    }
    order = ordering(request.GET, allowed=allowed, default="ref")
    page = Paginator(found.qs.order_by(*order, "pk"), PER_PAGE).get_page(request.GET.get("page"))
    names = framework_of(cycle.framework_version).names
    rows = [
        {
            "audit": audit,
            "places": [
                {"place": place, "label": names.slot(place.slot)}
                for place in audit.assessments.all()
                if place.status != AssessmentStatus.REASSIGNED
            ],
            "waited_for": audit.status in BEFORE_SUBMISSION,
        }
        for audit in page
    ]
    return show_month(request, "audits", cycle, {"filter": found, "page_obj": page, "rows": rows})


@council_view(RUN, SEE)
def month_sample(request: CouncilRequest, period: date) -> HttpResponse:
    """List the drawn cases, and offer to replace one."""
    cycle = cycle_or_404(period)
    found = Audit.objects.filter(cycle=cycle).select_related("service").order_by("pk")
    audits = {audit.case_id: audit for audit in found}
    rows = []
    for sampled in sample_of(cycle):
        audit = audits.get(sampled.case_id)
        replaceable = audit is not None and is_replaceable(sampled, audit.status)
        rows.append(
            {"sampled": sampled, "audit": audit, "replaceable": replaceable and may(request.person, RUN)}
        )
    return show_month(request, "sample", cycle, {"rows": rows})


@council_view(RUN, SEE)
def month_receipt(request: CouncilRequest, period: date) -> HttpResponse:
    """Show how the draw came about."""
    cycle = cycle_or_404(period)
    receipt = with_local_ids(cycle.receipt)
    context = {
        "receipt": receipt,
        "reasons": EXCLUSION_WORDS,
        "excluded": receipt["excluded"][:LISTED],
        "more": max(len(receipt["excluded"]) - LISTED, 0),
    }
    return show_month(request, "receipt", cycle, context)


@council_view(RUN, SEE)
def receipt_json(request: CouncilRequest, period: date) -> HttpResponse:
    """Download the receipt."""
    cycle = cycle_or_404(period)
    head = {
        "council": request.authority.name,
        "month": f"{period:%Y-%m}",
        "framework": str(cycle.framework_version),
    }
    response = JsonResponse(head | with_local_ids(cycle.receipt), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="sample-receipt-{period:%Y-%m}.json"'
    return response


@council_view(RUN)
def prepare_month(request: CouncilRequest, period: date) -> HttpResponse:
    """Show what opening the month would mean; on POST draw, allocate and tell everyone."""
    try:
        cycle = upcoming_cycle(period=period)
    except NoFrameworkError as error:
        return render(request, "audits/cycles/no_framework.html", {"period": period, "error": error})
    if cycle.status != CycleStatus.DRAFT:
        return redirect("audits:month", council=request.authority.slug, period=period)
    problems: list[str] = []
    if request.method == "POST":
        try:
            return _open(request, period)
        except TransitionRefused as refusal:
            problems = [problem.text for problem in refusal.problems]
    return render(request, "audits/cycles/prepare.html", _prepare_context(cycle, problems))


def _prepare_context(cycle: Cycle, problems: list[str]) -> dict[str, Any]:
    framework = framework_of(cycle.framework_version)
    if gaps := gaps_of(framework):
        return {"period": cycle.period, "problems": gaps}
    try:
        preview = preview_cycle(cycle=cycle)
    except TransitionRefused as refusal:
        return {"period": cycle.period, "problems": [problem.text for problem in refusal.problems]}
    as_of = case_list_as_of()
    return {
        "period": cycle.period,
        "preview": preview,
        "problems": problems or preview.gaps,
        "rule": sentences.section(framework, "sampling"),
        "excluded": _excluded_by_reason(preview),
        "figures": _figures(preview),
        "loads": preview.forecast.loads,
        "as_of": as_of,
        "is_old": as_of is not None and as_of < add_months(clock.today(), -1),
    }


def _open(request: CouncilRequest, period: date) -> HttpResponse:
    cycle = prepare_cycle(period=period, person=request.person)
    if is_large():
        job = ask_to_open(cycle=cycle, person=request.person)
        return redirect("jobs:job", council=request.authority.slug, pk=job.pk)
    cycle = open_cycle(cycle=cycle, person=request.person)
    count = cycle.audits.count()
    messages.success(
        request,
        f"{words.month(period)} is open: {words.plural(count, 'audit')} drawn and allocated. Everybody has been told.",
    )
    return redirect("audits:month", council=request.authority.slug, period=period)


@council_view(RUN)
@require_POST
def close_month(request: CouncilRequest, period: date) -> HttpResponse:
    """Close a month whose audits have all ended."""
    try:
        close_cycle(cycle=cycle_or_404(period), person=request.person)
        messages.success(request, f"{words.month(period)} is closed.")
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("audits:month", council=request.authority.slug, period=period)


def _figures(preview: Preview) -> list[dict[str, Any]]:
    population, forecast = preview.basis.population, preview.forecast
    left_out = len(population.excluded)
    return [
        {
            "label": "Children’s records",
            "value": f"{len(population.candidates):,}",
            "note": "open, in services that take part",
        },
        {"label": "Left out", "value": f"{left_out:,}", "note": "each with its reason, below"},
        {
            "label": "To be drawn",
            "value": forecast.audits,
            "note": words.plural(sum(row["drawn"] > 0 for row in preview.services), "service"),
        },
        {
            "label": "Hours of work",
            "value": f"{forecast.hours:,.0f}",
            "note": "auditors and moderators together",
        },
    ]


def _excluded_by_reason(preview: Preview) -> list[dict[str, Any]]:
    population = preview.basis.population
    found: dict[str, list[dict[str, str]]] = {}
    for one in population.excluded:
        row = {"local_id": one.local_id, "team": one.team, "why": population.why[one.case_id]}
        found.setdefault(one.excluded[0], []).append(row)
    return [
        {
            "text": text,
            "summary": f"{text} ({len(found[key])})",
            "rows": found[key][:LISTED],
            "more": max(len(found[key]) - LISTED, 0),
        }
        for key, text in EXCLUSION_WORDS.items()
        if key in found
    ]


def show_month(request: CouncilRequest, page: str, cycle: Cycle, context: dict[str, Any]) -> HttpResponse:
    """Render a page of an open month with what all of them have."""
    slug = request.authority.slug
    pages = (
        ("Progress", "month", "month"),
        ("Audits", "audits", "month_audits"),
        ("Sample", "sample", "month_sample"),
        *([("Who has done theirs", "quota", "month_quota")] if has_quota(cycle) else []),
        ("Receipt of the draw", "receipt", "month_receipt"),
    )
    items = [
        {"text": text, "href": reverse(f"audits:{name}", args=[slug, cycle.period]), "active": key == page}
        for text, key, name in pages
    ]
    framework: Framework = framework_of(cycle.framework_version)
    common = {
        "cycle": cycle,
        "period": cycle.period,
        "subnav_items": items,
        "framework": framework,
        "may_run": may(request.person, RUN),
    }
    return render(request, f"audits/cycles/{page}.html", {**common, **context})
