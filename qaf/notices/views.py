"""The inbox."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from qaf.notices.selectors import notices_of
from qaf.notices.services import mark_read
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view()
def inbox(request: CouncilRequest) -> HttpResponse:
    """List the person's notices, newest first."""
    page = Paginator(notices_of(request.person), 25).get_page(request.GET.get("page"))
    return render(request, "notices/inbox.html", {"page_obj": page})


@council_view()
@require_POST
def open_notice(request: CouncilRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = get_object_or_404(notices_of(request.person), pk=pk)
    mark_read(person=request.person, notice_ids=[notice.pk])
    # The path was written by this program, never by a person.
    return redirect(notice.href or "notices:inbox", *([] if notice.href else [request.authority.slug]))


@council_view()
@require_POST
def read_all(request: CouncilRequest) -> HttpResponse:
    """Mark every notice as read."""
    unread = notices_of(request.person).filter(read_at=None).values_list("pk", flat=True)
    mark_read(person=request.person, notice_ids=unread)
    return redirect("notices:inbox", council=request.authority.slug)
