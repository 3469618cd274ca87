"""The first pages: choosing a council, and what I have to do."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from qaf.tenants.models import Authority
from qaf.tenants.registry import todo_for
from qaf.tenants.views.base import CouncilRequest, council_view


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Go to the only council the user may enter, or let them choose."""
    councils = list(Authority.objects.filter(access__user__pk=request.user.pk))
    if len(councils) == 1:
        return redirect("home", council=councils[0].slug)
    return render(request, "tenants/choose_council.html", {"councils": councils})


@council_view()
def home(request: CouncilRequest) -> HttpResponse:
    """Show what the person has to do, oldest due first."""
    return render(request, "tenants/home.html", {"todo": todo_for(request.person)})


@login_required
def sign_in_needed(request: HttpRequest, council: str) -> HttpResponse:
    """Say which way of signing in the council asks for, and lead there."""
    from django.shortcuts import get_object_or_404

    from qaf.tenants.accounts import missing_sign_in

    authority = get_object_or_404(Authority, slug=council, access__user__pk=request.user.pk)
    missing = missing_sign_in(request, authority)
    if missing is None:
        return redirect("home", council=council)
    return render(request, "tenants/sign_in_needed.html", {"council": authority, "missing": missing})
