"""Making a report: which one, what is written beside its figures, and how far its making is."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.frameworks.selectors import framework_in_force
from qaf.jobs.enums import OPEN, JobStatus
from qaf.jobs.models import Job
from qaf.lib import clock
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view
from reporting import periods
from reporting.enums import ReportKind
from reporting.forms import CommentaryForm, NewReportForm
from reporting.models import ReportDraft
from reporting.periods import Period
from reporting.selectors.definitions import MAKE, Definition, definition, makes, may_write_any
from reporting.selectors.examples import TITLES, examples
from reporting.services.freezing import JOB, DraftConflict, NotWritten, ask_for_report, preview, save_draft


@council_view()
def new(request: CouncilRequest) -> HttpResponse:
    """Ask which report, for which months."""
    if not may_write_any(request.person, framework_in_force()):
        raise PermissionDenied("Only those whom the council’s framework names for a report can make one.")
    form = NewReportForm(request.POST or None, person=request.person, framework=framework_in_force())
    if request.method == "POST" and form.is_valid():
        return redirect(draft_url(request, *form.wanted))
    return render(request, "reporting/new.html", {"form": form}, status=422 if form.is_bound else 200)


@council_view()
def draft(request: CouncilRequest, kind: str, label: str, scope: str = "") -> HttpResponse:
    """Show the figures as they stand, take what is written beside them, and freeze both when asked."""
    which = _which(request, kind, label, scope)
    period = which.period
    current = ReportDraft.objects.filter(kind=kind, period=period.label, scope=scope).first()
    form = _form(request, which, current)
    conflict: ReportDraft | None = None
    if request.method == "POST" and form.is_valid():
        try:
            current = _save(request, which, form)
        except DraftConflict as error:
            conflict = error.theirs
            form = _form(request, which, current, version=conflict.version)
        else:
            try:
                return _after_saving(request, which)
            except ValueError as error:
                # The words are saved, so the next attempt begins from that version.
                form = _form(request, which, current, version=current.version)
                _refuse(form, error)
    context = {
        "form": form,
        "report": preview(kind, period.label, scope),
        "beside_all": kind not in (ReportKind.MONTHLY, ReportKind.QUARTERLY),
        "cases_url": reverse("reporting:cases", args=[request.authority.slug, period.label])
        if kind == ReportKind.CASE_PAPER
        else "",
        "dashboard_url": reverse("reporting:dashboard", args=[request.authority.slug]),
        "kind": kind,
        "period": period,
        "draft": current,
        "conflict": conflict,
        "key": f"report-{kind}-{period.label}{scope and f'-{scope}'}",
        "save_url": f"{draft_url(request, kind, period.label, scope)}save/",
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "reporting/draft.html", context, status=status)


@require_POST
@council_view()
def save(request: CouncilRequest, kind: str, label: str, scope: str = "") -> HttpResponse:
    """Save the commentary as it is typed; the answers are the contract of ``data-autosave``."""
    which = _which(request, kind, label, scope)
    form = _form(request, which, None)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        saved = _save(request, which, form)
    except DraftConflict as error:
        theirs = error.theirs
        by = theirs.saved_by.name if theirs.saved_by_id != request.person.pk else "You, in another window,"
        return JsonResponse(
            {"version": theirs.version, "theirs": theirs.commentary, "saved_by": by}, status=409
        )
    return JsonResponse({"version": saved.version, "saved_at": saved.saved_at.isoformat()})


@council_view()
def making(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show how far a report is; whoever asked may leave the page and come back."""
    job = get_object_or_404(Job.objects.filter(kind=JOB, started_by=request.person), pk=pk)
    finished = job.status not in OPEN
    progress = {
        "label": job.step or "Waiting to begin",
        "done": job.done_steps,
        "total": job.total_steps or 1,
        "finished": finished and job.status != JobStatus.FAILED,
        "failed": job.status == JobStatus.FAILED,
    }
    if job.status == JobStatus.DONE:
        progress |= {
            "label": "The report is made",
            "done": progress["total"],
            "href": reverse("reporting:report", args=[request.authority.slug, job.result["snapshot"]]),
            "link": "Read the report",
        }
    return render(request, "reporting/making.html", {"job": job, "progress": progress})


@dataclass(frozen=True)
class Which:
    """The report that an address means."""

    wanted: Definition
    period: Period
    scope: str


def _which(request: CouncilRequest, kind: str, label: str, scope: str) -> Which:
    """Return the report of an address; 404 for one that is none, 403 for somebody who does not make it."""
    framework = framework_in_force()
    try:
        period = periods.parse(kind, label)
        wanted = definition(framework, kind, scope)
    except ValueError as error:
        raise Http404(str(error)) from error
    if period.starts > clock.today():
        raise Http404("These months have not begun.")
    if not makes(request.person, framework, wanted, scope):
        raise PermissionDenied("Only those whom the council’s framework names for it can make this report.")
    return Which(wanted, period, scope)


def draft_url(request: CouncilRequest, kind: str, label: str, scope: str = "") -> str:
    """Return where a report is written."""
    if scope:
        return reverse("reporting:draft_of", args=[request.authority.slug, kind, label, scope])
    return reverse("reporting:draft", args=[request.authority.slug, kind, label])


def _form(
    request: CouncilRequest, which: Which, current: ReportDraft | None, version: int | None = None
) -> CommentaryForm:
    # Words are offered from every audit of the months, so only to those who make every report.
    offered = (
        examples(which.period.starts, which.period.ends, framework_in_force())
        if may(request.person, MAKE) and not which.scope
        else []
    )
    data: Any = request.POST.copy() if request.method == "POST" else None
    if data is not None and version is not None:
        data["version"] = str(version)
    initial = (
        {**current.commentary, "chosen": current.chosen, "version": current.version}
        if current
        else {"version": 0}
    )
    return CommentaryForm(data, initial=initial, examples=offered, titles=TITLES, wanted=which.wanted)


def _refuse(form: CommentaryForm, error: ValueError) -> None:
    # Each missing text is named at its own box, and the summary leads there.
    keys = error.keys if isinstance(error, NotWritten) else ()
    for key in keys:
        form.add_error(key, f"Write first: {form.fields[key].label}.")
    if not keys:
        form.add_error(None, str(error))


def _save(request: CouncilRequest, which: Which, form: CommentaryForm) -> ReportDraft:
    return save_draft(
        kind=which.wanted.kind,
        label=which.period.label,
        scope=which.scope,
        commentary=form.written(),
        chosen=form.cleaned_data.get("chosen", []),
        version=form.cleaned_data.get("version") or 0,
        person=request.person,
    )


def _after_saving(request: CouncilRequest, which: Which) -> HttpResponse:
    period = which.period
    if request.POST.get("then") == "later":
        messages.success(
            request,
            f"Your words for {period.title} are kept. The figures will be counted when you come back.",
        )
        return redirect("reporting:reports", request.authority.slug)
    job = ask_for_report(kind=which.wanted.kind, label=period.label, scope=which.scope, person=request.person)
    return redirect("reporting:making", request.authority.slug, job.pk)
