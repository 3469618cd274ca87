"""One audit as a PDF for the child's record."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from audits.followup.enums import FollowUpKind
from audits.followup.models import FollowUp
from audits.followup.registry import Link
from audits.followup.selectors.rights import answering_for
from audits.models import Audit
from audits.registry import Panel
from audits.selectors.case_note import case_note_of
from audits.selectors.file_copy import SECTIONS, file_copy_of, is_ready, sections_for
from audits.selectors.links import audit_href
from audits.selectors.standing import Standing
from audits.views.common import audit_page, show
from qaf.lib import clock
from qaf.tenants.permissions import may
from qaf.tenants.services import record_read
from qaf.tenants.views.base import CouncilRequest
from qaf.ui import pdf

PERMISSION = "audits.file_copy"


@audit_page
def file_copy(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Hand out the copy of a final audit; that it was taken is logged apart from the look at the audit."""
    audit = standing.audit
    if not _may_take_copy(standing):
        raise PermissionDenied("Only those who place audits on the child’s record take this copy.")
    if not is_ready(audit):
        raise Http404("There is no copy before the outcome is final.")
    record_read(person=request.person, subject="audit_copy", subject_id=audit.pk)
    copy = file_copy_of(audit, standing.framework)
    context = {"copy": copy, "audit": audit, "council": request.authority.name, "made_on": clock.today()}
    response = HttpResponse(
        pdf.pdf_page("audits/file_copy/copy.html", context), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="{audit.reference}.pdf"'
    return response


@audit_page
def case_note(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Show the case note to paste into the child's record, to those who place audits there and to the auditors."""
    audit = standing.audit
    if not _may_take_note(standing):
        raise PermissionDenied(
            "Only those who place audits on the child’s record, and its auditors, see this."
        )
    if not is_ready(audit):
        raise Http404("There is no case note before the outcome is final.")
    context = {
        "text": case_note_of(audit, standing.framework),
        "system": standing.framework.authority.record_system.name,
    }
    return show(request, "audits/file_copy/case_note.html", standing, context)


def _may_take_copy(standing: Standing) -> bool:
    """Whether the person places audits on the record, or is asked to place this one."""
    return standing.sees_grades and (may(standing.person, PERMISSION) or _is_asked(standing))


def _is_asked(standing: Standing) -> bool:
    filings = FollowUp.objects.filter(kind=FollowUpKind.FILING, audit_links__audit=standing.audit)
    return filings.filter(assignee__in=answering_for(standing.person)).exists()


def _may_take_note(standing: Standing) -> bool:
    return _may_take_copy(standing) or (standing.sees_grades and standing.is_auditor)


def case_note_links(follow_up: FollowUp) -> Iterator[Link]:
    """Return the case note that belongs to a filing."""
    if follow_up.kind == FollowUpKind.FILING:
        for audit in Audit.objects.filter(follow_up_links__follow_up=follow_up):
            yield Link("The case note to paste into the record", audit_href(audit, "case_note"))


def audit_to_read(follow_up: FollowUp) -> tuple[str, str] | None:
    """Return words and address of the audit that somebody is asked to read."""
    audit = Audit.objects.filter(follow_up_links__follow_up=follow_up).first()
    return (f"Read {audit.reference}", audit_href(audit)) if audit else None


def file_copy_panel(standing: Standing) -> Iterator[Panel]:
    """Offer the copy on the page of a final audit to those who may take it."""
    audit = standing.audit
    if is_ready(audit) and _may_take_note(standing):
        sections = sections_for(audit.authority.file_copy_sections, standing.framework)
        context = {
            "href": audit_href(audit, "file_copy") if _may_take_copy(standing) else "",
            "note_href": audit_href(audit, "case_note"),
            "sections": [SECTIONS[key] for key in sections],
        }
        yield Panel("Copy for the child’s record", "audits/file_copy/panel.html", context, order=80)


def file_copy_for(follow_up: FollowUp) -> tuple[str, str] | None:
    """Return words and address of the copy that a filing asks to be placed."""
    if follow_up.kind != FollowUpKind.FILING:
        return None
    audit = Audit.objects.filter(follow_up_links__follow_up=follow_up).first()
    return (
        ("Download the copy for the child’s record (PDF)", audit_href(audit, "file_copy")) if audit else None
    )
