"""Upload, preview, confirm, progress, result, undo."""

import csv
import uuid
from io import StringIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.cases.enums import ImportJob, ImportStatus
from audits.cases.filters import RowFilter
from audits.cases.forms import ConfirmForm, UploadForm
from audits.cases.models import CaseImport, ImportRow
from audits.cases.registry import audited_now
from audits.cases.selectors.lists import rows_in_order
from audits.cases.services import ImportRefused, confirm_import, discard_import, start_import, why_not_undo
from audits.cases.services.exporting import safe_cell
from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.jobs.services import ask_for
from qaf.lib import clock
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

PAGE = 50
WORKING = {ImportStatus.READING: "Reading the files", ImportStatus.CONFIRMED: "Writing the case list"}


def _import(pk: int) -> CaseImport:
    return get_object_or_404(CaseImport.objects.select_related("started_by", "confirmed_by"), pk=pk)


def _ask(kind: str, case_import: CaseImport, request: CouncilRequest) -> None:
    key = f"{case_import.pk}-{clock.now():%Y%m%d%H%M%S%f}"
    ask_for(kind=kind, key=key, payload={"import": case_import.pk}, person=request.person)


def _job(case_import: CaseImport) -> Job | None:
    return (
        Job.objects.filter(kind__in=list(ImportJob), payload__import=case_import.pk).order_by("-id").first()
    )


def _back(request: CouncilRequest, case_import: CaseImport) -> HttpResponse:
    return redirect("cases:import", council=request.authority.slug, pk=case_import.pk)


@require_GET
@council_view("cases.import")
def history(request: CouncilRequest) -> HttpResponse:
    """List the imports, the latest first."""
    imports = CaseImport.objects.select_related("started_by")
    page = Paginator(imports, PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/imports.html", {"page_obj": page})


@require_http_methods(["GET", "POST"])
@council_view("cases.import")
def upload(request: CouncilRequest) -> HttpResponse:
    """Take files and hand them to a job."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"form_key": str(uuid.uuid4())})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            case_import = start_import(
                files=values["documents"],
                as_of=values["as_of"],
                person=request.person,
                form_key=values["form_key"],
            )
        except ImportRefused as refused:
            form.add_error("as_of" if "import" in str(refused) else "documents", str(refused))
        else:
            if _job(case_import) is None:
                _ask(ImportJob.READ, case_import, request)
            return _back(request, case_import)
    return render(request, "cases/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@council_view("cases.import")
def page(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show where an import stands: progress, faults, preview or result."""
    case_import = _import(pk)
    return _page(request, case_import, ConfirmForm(case_import=case_import))


def _page(
    request: CouncilRequest, case_import: CaseImport, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    job = _job(case_import)
    context: dict[str, object] = {"case_import": case_import, "form": form, "job": job}
    undoing = (
        job is not None
        and job.kind == ImportJob.UNDO
        and job.status in (JobStatus.WAITING, JobStatus.RUNNING)
    )
    if case_import.status in WORKING or undoing:
        failed = job is not None and job.status == JobStatus.FAILED
        label = "Putting the case list back" if undoing else WORKING[ImportStatus(case_import.status)]
        context["progress"] = {"label": label, "done": 0, "total": 0, "finished": False, "failed": failed}
        return render(request, "cases/import_working.html", context)
    if case_import.status == ImportStatus.REFUSED:
        return render(request, "cases/import_refused.html", context)
    rows = RowFilter(request.GET, queryset=ImportRow.objects.filter(case_import=case_import), request=request)
    listed = Paginator(rows_in_order(rows.qs), PAGE).get_page(request.GET.get("page"))
    context.update(
        filter=rows, page_obj=listed, why_not_undo=why_not_undo(case_import), tiles=_tiles(case_import)
    )
    if case_import.status == ImportStatus.DONE:
        closed = ImportRow.objects.filter(case_import=case_import, action="closed").exclude(case=None)
        context["closed_in_audit"] = len(audited_now(closed.values_list("case_id", flat=True)))
    return render(request, "cases/import.html", context, status=status)


def _tiles(case_import: CaseImport) -> list[dict[str, object]]:
    labels = {
        "new": "New",
        "changed": "Changed",
        "closed": "Closed",
        "unchanged": "Unchanged",
        "refused": "Refused",
    }
    return [
        {"label": label, "value": case_import.counts.get(key, 0), "href": f"?action={key}"}
        for key, label in labels.items()
    ]


@require_GET
@council_view("cases.import")
def rows_csv(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give the preview row by row as CSV, filtered as the page is."""
    found = RowFilter(
        request.GET, queryset=ImportRow.objects.filter(case_import=_import(pk)), request=request
    )
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["action", "id", "file", "list", "row", "column", "value", "expected", "changes"])
    for row in rows_in_order(found.qs):
        refusal = row.refusal or {}
        told = [refusal.get(name, "") for name in ("file", "list", "row", "column", "value", "expected")]
        changes = "; ".join(
            f"{label}: {before or 'nothing'} to {after or 'nothing'}" for label, before, after in row.changes
        )
        writer.writerow([safe_cell(cell) for cell in [row.action, row.local_id, *told, changes]])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{pk}.csv"'
    return response


@require_POST
@council_view("cases.import")
def confirm(request: CouncilRequest, pk: int) -> HttpResponse:
    """Write what was previewed; a second press changes nothing."""
    case_import = _import(pk)
    form = ConfirmForm(request.POST, case_import=case_import)
    if case_import.status != ImportStatus.PREVIEW:
        return _back(request, case_import)
    if not form.is_valid():
        return _page(request, case_import, form, status=422)
    try:
        confirm_import(
            case_import=case_import, person=request.person,
            refusals_left_out=form.cleaned_data.get("refusals_left_out", False),
            closing_confirmed=form.cleaned_data.get("closing_confirmed", False),
        )  # fmt: skip
    except TransitionRefused as refused:
        for problem in refused.problems:
            form.add_error(None, problem.text)
        return _page(request, case_import, form, status=422)
    except StatusHasChanged as changed:
        messages.warning(request, str(changed))
        return _back(request, case_import)
    _ask(ImportJob.WRITE, case_import, request)
    return _back(request, case_import)


@require_POST
@council_view("cases.import")
def discard(request: CouncilRequest, pk: int) -> HttpResponse:
    """Throw a preview away."""
    case_import = _import(pk)
    try:
        discard_import(case_import=case_import, person=request.person)
    except StatusHasChanged as changed:
        messages.warning(request, str(changed))
        return _back(request, case_import)
    messages.success(request, "The import was discarded. Nothing was written.")
    return redirect("cases:imports", council=request.authority.slug)


@require_POST
@council_view("cases.import")
def undo(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take the last import back."""
    case_import = _import(pk)
    if reason := why_not_undo(case_import):
        messages.warning(request, reason)
    else:
        _ask(ImportJob.UNDO, case_import, request)
    return _back(request, case_import)


@require_POST
@council_view("cases.import")
def again(request: CouncilRequest, pk: int) -> HttpResponse:
    """Try a failed reading or writing once more."""
    case_import = _import(pk)
    kind = {ImportStatus.READING: ImportJob.READ, ImportStatus.CONFIRMED: ImportJob.WRITE}.get(
        ImportStatus(case_import.status)
    )
    job = _job(case_import)
    if kind is None:
        raise PermissionDenied("There is nothing to try again.")
    if job is None or job.status in (JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.DONE):
        _ask(kind, case_import, request)
    return _back(request, case_import)
