"""The first pages: choosing a council, what I have to do, how I sign in."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from qaf.lib import clock
from qaf.tenants.accounts import missing_sign_in, proved_own
from qaf.tenants.models import Authority, IdentityProvider
from qaf.tenants.registry import ToDo, menu_for, todo_for
from qaf.tenants.views.base import CouncilRequest, council_view

MANY = 12
"""A list that is longer is read by kind."""
URGENT, REST, ALL = "Urgent", "Everything else", "Everything"


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Go to the only council the user may enter, or let them choose."""
    councils = list(Authority.objects.filter(access__user__pk=request.user.pk or 0))
    if len(councils) == 1:
        return redirect("home", council=councils[0].slug)
    return render(request, "tenants/choose_council.html", {"councils": councils})


@council_view()
def home(request: CouncilRequest) -> HttpResponse:
    """Show what the person has to do: urgent first, then oldest due."""
    found = todo_for(request.person)
    context = {
        "items": [_item(todo) for todo in found],
        "late": _late(found),
        "groups": [
            {"title": title, "items": [_item(todo) for todo in rows], "late": _late(rows)}
            for title, rows in (grouped(found) if len(found) > MANY else ())
        ],
    }
    return render(request, "tenants/home.html", context)


def _item(todo: ToDo) -> dict[str, Any]:
    return {
        "title": todo.text,
        "href": todo.href,
        "due": todo.due_on,
        "context": todo.about,
        "tag": ("Urgent", "red") if todo.urgent else None,
    }


def _late(found: list[ToDo]) -> int:
    today = clock.today()
    return sum(1 for todo in found if todo.due_on and todo.due_on < today)


def grouped(found: list[ToDo]) -> list[tuple[str, list[ToDo]]]:
    """Return a long list by kind: what is urgent first, then kinds as their first thing is due, at the end the rest.

    A kind of which there is one thing only would be a heading for a line: those stand together.
    """
    kinds: dict[str, list[ToDo]] = {}
    for todo in found:
        kinds.setdefault(URGENT if todo.urgent else todo.kind, []).append(todo)
    several = [(kind, rows) for kind, rows in kinds.items() if len(rows) > 1 or kind == URGENT]
    rest = [rows[0] for kind, rows in kinds.items() if len(rows) == 1 and kind != URGENT]
    return [*several, *([(REST if several else ALL, rest)] if rest else [])]


@council_view()
def more(request: CouncilRequest) -> HttpResponse:
    """List what is opened now and then and the council has: settings, people, queues."""
    entries = [
        {
            "text": entry.text,
            "hint": entry.hint,
            "href": reverse(entry.url_name, args=[request.authority.slug]),
        }
        for entry in menu_for(request.person)
        if entry.hint and (entry.offered is None or entry.offered(request.person))
    ]
    return render(request, "tenants/more.html", {"entries": entries})


@login_required
def sign_in_needed(request: HttpRequest, council: str) -> HttpResponse:
    """Say which way of signing in the council asks for, and lead there."""
    authority = get_object_or_404(Authority, slug=council, access__user__pk=request.user.pk or 0)
    missing = missing_sign_in(request, authority)
    if missing is None:
        return redirect("home", council=council)
    provider = IdentityProvider.objects.filter(authority=authority).first()
    context = {
        "council": authority,
        "missing": missing.value,
        "has_factor": Authenticator.objects.filter(user__pk=request.user.pk or 0)
        .exclude(type="recovery_codes")
        .exists(),
        "confirm_url": f"{reverse('mfa_reauthenticate')}?next={reverse('home', args=[council])}",
        "totp_url": reverse("mfa_activate_totp"),
        "passkey_url": reverse("mfa_add_webauthn"),
        "provider_url": reverse("openid_connect_login", args=[provider.provider_id]) if provider else "",
    }
    return render(request, "tenants/sign_in_needed.html", context)


@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Show how the person signs in, and lead to where each part is changed."""
    kinds = set(Authenticator.objects.filter(user__pk=request.user.pk or 0).values_list("type", flat=True))
    has_password = request.user.is_authenticated and request.user.has_usable_password()
    rows = [
        (
            "Password",
            "Set" if has_password else "None",
            "account_change_password" if has_password else "account_set_password",
        ),
        ("Authenticator app", "On" if "totp" in kinds else "Off", "mfa_index"),
        ("Passkeys", "On" if "webauthn" in kinds else "Off", "mfa_list_webauthn"),
        ("Recovery codes", "Made" if "recovery_codes" in kinds else "None yet", "mfa_index"),
    ]
    own = proved_own(request)
    listed = [{"key": key, "value": value, "href": reverse(name) if own else ""} for key, value, name in rows]
    return render(request, "tenants/security.html", {"rows": listed, "own": own})


def not_here(request: HttpRequest) -> HttpResponse:
    """Stand where a page of the sign-in library is that this product does not have."""
    raise Http404("There is no such page.")


@login_required
@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Keep the session, because the person said they are still there."""
    return HttpResponse(status=204)
