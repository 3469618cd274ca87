"""The inbox, what somebody wants by e-mail, and what could not be delivered."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from qaf.notices.forms import PreferenceForm
from qaf.notices.selectors import notices_of, preference_of, undelivered
from qaf.notices.services import choose, mark_read, send_again
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view

SEE_UNDELIVERED = "notices.see_undelivered"


@council_view()
def inbox(request: CouncilRequest) -> HttpResponse:
    """List the person's notices, newest first."""
    page = Paginator(notices_of(request.person), 25).get_page(request.GET.get("page"))
    context = {"page_obj": page, "sees_undelivered": may(request.person, SEE_UNDELIVERED)}
    return render(request, "notices/inbox.html", context)


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


@council_view()
def settings_page(request: CouncilRequest) -> HttpResponse:
    """Let the person choose when they get e-mail."""
    form = PreferenceForm(request.POST or None, preference=preference_of(request.person))
    if request.method == "POST" and form.is_valid():
        choose(person=request.person, **form.chosen())
        messages.success(request, "Your choice has been saved.")
        return redirect("notices:inbox", council=request.authority.slug)
    return render(request, "notices/settings.html", {"form": form})


@council_view(SEE_UNDELIVERED)
def undelivered_page(request: CouncilRequest) -> HttpResponse:
    """List the e-mails that could not be delivered, and why."""
    page = Paginator(undelivered(), 25).get_page(request.GET.get("page"))
    context = {"page_obj": page, "manages_people": may(request.person, "tenants.manage_people")}
    return render(request, "notices/undelivered.html", context)


@council_view(SEE_UNDELIVERED)
@require_POST
def resend(request: CouncilRequest, pk: int) -> HttpResponse:
    """Try an undelivered e-mail afresh."""
    email = get_object_or_404(undelivered(), pk=pk)
    send_again(email=email)
    messages.success(request, f"The message to {email.person.name} will be sent again within a minute.")
    return redirect("notices:undelivered", council=request.authority.slug)
