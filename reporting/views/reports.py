"""Reports: the list, one frozen report and its files, and making one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
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
from reporting.enums import FileFormat, ReportKind
from reporting.forms import CommentaryForm, NewReportForm
from reporting.models import ReportDraft, ReportSnapshot
from reporting.selectors.examples import TITLES, examples
from reporting.services import faces, periods
from reporting.services.freezing import JOB, DraftConflict, ask_for_report, preview, save_draft
from reporting.services.periods import Period

READ, MAKE = "reporting.read_reports", "reporting.make_reports"
TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@council_view(READ, MAKE)
def reports(request: CouncilRequest) -> HttpResponse:
    """List every edition, the newest first, and the drafts of those who make reports."""
    found = ReportSnapshot.objects.select_related("made_by").defer("figures", "commentary")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    for one in page:
        one.title = periods.parse(one.kind, one.period).title  # type: ignore[attr-defined]
    context: dict[str, Any] = {"page_obj": page, "may_make": may(request.person, MAKE)}
    if context["may_make"]:
        context["drafts"] = [
            {
                "title": f"{ReportKind(one.kind).label}: {periods.parse(one.kind, one.period).title}",
                "draft": one,
            }
            for one in ReportDraft.objects.select_related("saved_by").order_by("-saved_at")
        ]
    return render(request, "reporting/reports.html", context)


@council_view(READ, MAKE)
def report(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a frozen report."""
    snapshot = get_object_or_404(ReportSnapshot.objects.select_related("made_by"), pk=pk)
    editions = ReportSnapshot.objects.filter(kind=snapshot.kind, period=snapshot.period).only(
        "pk", "number", "kind"
    )
    newest = editions.order_by("-number").first()
    context = {"report": faces.frozen_report(snapshot), "snapshot": snapshot, "newest": newest}
    return render(request, "reporting/report.html", context)


@council_view(READ, MAKE)
def report_file(request: CouncilRequest, pk: int, form: str) -> HttpResponse:
    """Hand out a file of a frozen report, as it was made."""
    snapshot = get_object_or_404(ReportSnapshot.objects.only("pk", "kind", "period", "number"), pk=pk)
    kept = snapshot.files.filter(format=form).first()
    if kept is None:
        raise Http404("There is no such file.")
    response = HttpResponse(bytes(kept.content), content_type=TYPES[FileFormat(form)])
    name = f"{request.authority.slug}-{snapshot.kind}-{snapshot.period}-edition-{snapshot.number}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@council_view(MAKE)
def new(request: CouncilRequest) -> HttpResponse:
    """Ask which report, for which months."""
    form = NewReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind, label = form.wanted
        return redirect("reporting:draft", request.authority.slug, kind, label)
    return render(request, "reporting/new.html", {"form": form}, status=422 if form.is_bound else 200)


@council_view(MAKE)
def draft(request: CouncilRequest, kind: str, label: str) -> HttpResponse:
    """Show the figures as they stand, take what is written beside them, and freeze both when asked."""
    period = _period(kind, label)
    current = ReportDraft.objects.filter(kind=kind, period=period.label).first()
    form = _form(request, period, current)
    conflict: ReportDraft | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, kind, period, form)
        except DraftConflict as error:
            conflict = error.theirs
            form = _form(request, period, current, version=conflict.version)
        else:
            return _after_saving(request, kind, period)
    context = {
        "form": form,
        "report": preview(kind, period.label),
        "dashboard_url": reverse("reporting:dashboard", args=[request.authority.slug]),
        "kind": kind,
        "period": period,
        "draft": current,
        "conflict": conflict,
        "save_url": reverse("reporting:save_draft", args=[request.authority.slug, kind, period.label]),
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "reporting/draft.html", context, status=status)


@require_POST
@council_view(MAKE)
def save(request: CouncilRequest, kind: str, label: str) -> HttpResponse:
    """Save the commentary as it is typed; the answers are the contract of ``data-autosave``."""
    period = _period(kind, label)
    form = _form(request, period, None)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        saved = _save(request, kind, period, form)
    except DraftConflict as error:
        theirs = error.theirs
        by = theirs.saved_by.name if theirs.saved_by_id != request.person.pk else "You, in another window,"
        return JsonResponse(
            {"version": theirs.version, "theirs": theirs.commentary, "saved_by": by}, status=409
        )
    return JsonResponse({"version": saved.version, "saved_at": saved.saved_at.isoformat()})


@council_view(MAKE)
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


def _period(kind: str, label: str) -> Period:
    try:
        period = periods.parse(kind, label)
    except ValueError as error:
        raise Http404(str(error)) from error
    if period.starts > clock.today():
        raise Http404("These months have not begun.")
    return period


def _form(
    request: CouncilRequest, period: Period, current: ReportDraft | None, version: int | None = None
) -> CommentaryForm:
    offered = examples(period.starts, period.ends, framework_in_force())
    data: Any = request.POST.copy() if request.method == "POST" else None
    if data is not None and version is not None:
        data["version"] = str(version)
    initial = (
        {**current.commentary, "chosen": current.chosen, "version": current.version}
        if current
        else {"version": 0}
    )
    return CommentaryForm(data, initial=initial, examples=offered, titles=TITLES)


def _save(request: CouncilRequest, kind: str, period: Period, form: CommentaryForm) -> ReportDraft:
    return save_draft(
        kind=kind,
        label=period.label,
        commentary=form.written(),
        chosen=form.cleaned_data.get("chosen", []),
        version=form.cleaned_data.get("version") or 0,
        person=request.person,
    )


def _after_saving(request: CouncilRequest, kind: str, period: Period) -> HttpResponse:
    if request.POST.get("then") == "later":
        messages.success(
            request,
            f"Your words for {period.title} are kept. The figures will be counted when you come back.",
        )
        return redirect("reporting:reports", request.authority.slug)
    job = ask_for_report(kind=kind, label=period.label, person=request.person)
    return redirect("reporting:making", request.authority.slug, job.pk)
