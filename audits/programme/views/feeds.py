"""Links for Outlook: making, revoking and reading them."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audits.programme.forms import FeedForm
from audits.programme.ics import calendar_of
from audits.programme.selectors import feeds_of
from audits.programme.services import make_feed, open_feed, revoke_feed
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view()
def feeds(request: CouncilRequest) -> HttpResponse:
    """List my links and make one; its secret is shown once."""
    form = FeedForm(request.POST or None, person=request.person)
    link = ""
    if request.method == "POST" and form.is_valid():
        _, token = make_feed(person=request.person, unit=form.unit())
        link = settings.PUBLIC_URL + reverse("calendar_feed", args=[request.authority.slug, token])
        form = FeedForm(person=request.person)
    context = {"form": form, "link": link, "feeds": feeds_of(request.person)}
    return render(request, "programme/feeds.html", context)


@require_POST
@council_view()
def revoke(request: CouncilRequest, pk: int) -> HttpResponse:
    """End one of my links."""
    revoke_feed(feed=get_object_or_404(feeds_of(request.person), pk=pk), person=request.person)
    messages.success(request, "The link is revoked: whoever holds it sees nothing from now on.")
    return redirect("programme:feeds", council=request.authority.slug)


@require_safe
def read(request: HttpRequest, council: str, token: str) -> HttpResponse:
    """Give a calendar program the dates behind a secret link; anything wrong with it is 404.

    Outside ``/a/``: a calendar program cannot sign in. The secret is the proof, and the council's scope is opened
    for what it may show and no more.
    """
    authority = Authority.objects.filter(slug=council).first()
    if authority is None:
        raise Http404
    with authority_scope(authority, why="calendar link"):
        feed = open_feed(token=token)
        if feed is None:
            raise Http404
        body = calendar_of(feed, authority)
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    answer["Content-Disposition"] = 'inline; filename="audits.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer
