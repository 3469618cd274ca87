"""Reports: the list, and one frozen report with its files."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from audits.frameworks.selectors import framework_in_force
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view
from reporting import periods
from reporting.enums import FileFormat
from reporting.models import ReportDraft, ReportSnapshot
from reporting.selectors.definitions import MAKE, READ, may_write_any, reads, titles
from reporting.selectors.kept import readable
from reporting.services import faces
from reporting.views.drafts import draft_url

TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@council_view()
def reports(request: CouncilRequest) -> HttpResponse:
    """List the editions that the person may read, the newest first, and the drafts of what they make."""
    framework = framework_in_force()
    makes_some = may_write_any(request.person, framework)
    page = Paginator(readable(request.person), 25).get_page(request.GET.get("page"))
    if not page.object_list and not makes_some and not may(request.person, READ, MAKE):
        raise PermissionDenied("Nobody has made a report for you yet.")
    names = titles(framework)
    for one in page:
        one.title = periods.parse(one.kind, one.period).title  # type: ignore[attr-defined]
        one.name = one.figures_title or names(one.kind, one.scope)  # type: ignore[attr-defined]
    drafts = ReportDraft.objects.select_related("saved_by").order_by("-saved_at")
    own = drafts if may(request.person, MAKE) else drafts.filter(saved_by=request.person)
    context: dict[str, Any] = {"page_obj": page, "may_make": makes_some}
    context["drafts"] = [
        {
            "title": f"{names(one.kind, one.scope)}: {periods.parse(one.kind, one.period).title}",
            "draft": one,
            "href": draft_url(request, one.kind, one.period, one.scope),
        }
        for one in (own if makes_some else ())
    ]
    return render(request, "reporting/reports.html", context)


def _readable(request: CouncilRequest, pk: int) -> ReportSnapshot:
    snapshot = get_object_or_404(ReportSnapshot.objects.select_related("made_by"), pk=pk)
    if not reads(request.person, snapshot):
        raise PermissionDenied("Only those it was made for can read this report.")
    return snapshot


@council_view()
def report(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a frozen report."""
    snapshot = _readable(request, pk)
    editions = ReportSnapshot.objects.filter(
        kind=snapshot.kind, period=snapshot.period, scope=snapshot.scope
    ).only("pk", "number", "kind")
    newest = editions.order_by("-number").first()
    shared = Person.objects.filter(pk__in=snapshot.shared_with).order_by("name")
    context = {
        "report": faces.frozen_report(snapshot),
        "snapshot": snapshot,
        "newest": newest,
        "shared": [one.name for one in shared],
        "plan_url": (
            f"{reverse('reporting:add_to_plan', args=[request.authority.slug])}?report={snapshot.pk}"
            if may(request.person, "reporting.plan")
            else ""
        ),
    }
    return render(request, "reporting/report.html", context)


@council_view()
def report_file(request: CouncilRequest, pk: int, form: str) -> HttpResponse:
    """Hand out a file of a frozen report, as it was made."""
    snapshot = _readable(request, pk)
    kept = snapshot.files.filter(format=form).first()
    if kept is None:
        raise Http404("There is no such file.")
    response = HttpResponse(bytes(kept.content), content_type=TYPES[FileFormat(form)])
    about = f"{snapshot.kind}{f'-{snapshot.scope}' if snapshot.scope else ''}"
    name = f"{request.authority.slug}-{about}-{snapshot.period}-edition-{snapshot.number}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
