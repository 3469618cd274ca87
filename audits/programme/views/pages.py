"""The year, what comes next, and moving a date."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from audits.programme.enums import FIXED, OF_A_MONTH, OF_A_QUARTER, OccurrenceKind
from audits.programme.forms import MoveForm, OpeningForm
from audits.programme.models import Occurrence
from audits.programme.selectors import Row, automatic_opening, coming, job_key, jobs_of, year_from
from audits.programme.services import move_date, switch_opening
from qaf.jobs.enums import JobStatus
from qaf.lib import clock
from qaf.lib.calendar import add_months, month_start
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.words import date_time, long_date

MOVE = "programme.move"
FURTHEST_YEARS = 100


@council_view()
def year(request: CouncilRequest) -> HttpResponse:
    """Show what comes next, and twelve months from the one in the address (this one)."""
    starts = _month_asked_for(request)
    months, quarters, reviews = year_from(starts)
    shown = list(coming())
    failed = {
        key
        for key, job in jobs_of(
            [*shown, *(one for row in [*months, *quarters] for one in row.cells if one)]
        ).items()
        if job.status == JobStatus.FAILED
    }
    context = {
        "coming": [_standing(one, failed) for one in shown],
        "months": _table(months, OF_A_MONTH, failed),
        "quarters": _table(quarters, OF_A_QUARTER, failed),
        "reviews": [_standing(one, failed) for one in reviews],
        "starts": starts,
        "earlier": f"{add_months(starts, -12):%Y-%m}",
        "later": f"{add_months(starts, 12):%Y-%m}",
        "automatic": automatic_opening(),
        "may_move": may(request.person, MOVE),
    }
    return render(request, "programme/year.html", context)


def _month_asked_for(request: CouncilRequest) -> date:
    this = month_start(clock.today())
    try:
        asked = date.fromisoformat(f"{request.GET.get('from', '')}-01")
    except ValueError:
        return this
    return asked if abs(asked.year - this.year) <= FURTHEST_YEARS else this


def _table(rows: list[Row], kinds: tuple[OccurrenceKind, ...], failed: set[str]) -> dict[str, Any]:
    """Rows of cells with their headings, which stand beside them on a narrow page; no column that is empty."""
    used = [place for place, _ in enumerate(kinds) if any(row.cells[place] for row in rows)]
    return {
        "kinds": [kinds[place].label for place in used],
        "rows": [
            (row, [(kinds[place].label, _standing(row.cells[place], failed)) for place in used])
            for row in rows
        ],
    }


def _standing(occurrence: Occurrence | None, failed: set[str]) -> dict[str, Any] | None:
    """What the tables say of one date: a word beside it where there is more to say than the day."""
    if occurrence is None:
        return None
    word, tone = "", "grey"
    if occurrence.done_at:
        word, tone = ("Passed" if not occurrence.outcome else "Done"), "green"
    elif job_key(occurrence) in failed:
        word, tone = "Did not work", "red"
    elif occurrence.due_on < clock.today():
        word, tone = "Late", "red"
    elif occurrence.moved_on:
        word, tone = "Moved", "blue"
    return {"occurrence": occurrence, "word": word, "tone": tone}


@council_view()
def occurrence(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one date: planned, moved, done, and what came of it."""
    found = get_object_or_404(Occurrence.objects.select_related("moved_by"), pk=pk)
    job = jobs_of([found]).get(job_key(found))
    rows = [{"key": "Day", "value": long_date(found.due_on)}]
    if found.moved_by:
        rows.append({"key": "As the framework says", "value": long_date(found.planned_on)})
        rows.append({"key": "Moved by", "value": found.moved_by.name})
        rows.append({"key": "Reason", "value": found.reason})
    if found.done_at:
        rows.append({"key": "Done", "value": date_time(found.done_at)})
        rows.append({"key": "Outcome", "value": found.outcome or "Nothing had to be done."})
    context = {
        "one": found,
        "rows": rows,
        "job": job if job and job.status != JobStatus.DONE else None,
        "sees_queue": may(request.person, "jobs.see_all"),
        "can_move": may(request.person, MOVE) and not found.done_at and found.kind not in FIXED,
    }
    return render(request, "programme/occurrence.html", context)


@council_view(MOVE)
def move(request: CouncilRequest, pk: int) -> HttpResponse:
    """Move a date, with a reason."""
    found = get_object_or_404(Occurrence, pk=pk)
    form = MoveForm(request.POST or None, occurrence=found)
    back = reverse("programme:occurrence", args=[request.authority.slug, pk])
    if request.method == "POST" and form.is_valid():
        try:
            moved = move_date(occurrence=found, person=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Moved to {long_date(moved.due_on)}.")
            return redirect(back)
    return render(request, "programme/move.html", {"one": found, "form": form, "back": back})


@council_view(MOVE)
def opening(request: CouncilRequest) -> HttpResponse:
    """Say whether months open by themselves."""
    initial = {"automatic": "yes" if automatic_opening() else "no"}
    form = OpeningForm(request.POST or None, initial=initial)
    back = reverse("programme:year", args=[request.authority.slug])
    if request.method == "POST" and form.is_valid():
        try:
            switch_opening(automatic=form.cleaned_data["automatic"] == "yes", person=request.person)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved.")
            return redirect(back)
    return render(request, "programme/opening.html", {"form": form, "back": back})
