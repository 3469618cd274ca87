"""What every page shows around its content."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from qaf.tenants.registry import MenuEntry, menu_for
from qaf.ui.shell import Link, Shell

# The platform's notices sit above this app: they say how many are unread through this hook.
count_unread: Callable[[Any], int] = lambda person: 0  # noqa: E731


def set_unread_counter(counter: Callable[[Any], int]) -> None:
    """Say how a person's unread notices are counted."""
    global count_unread  # noqa: PLW0603 — one hook, set once at start-up
    count_unread = counter


def council(request: HttpRequest) -> dict[str, Any]:
    """Return the page frame: signed out, signed in without a council, or inside one."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shell": Shell(demo=settings.QAF_DEMO)}
    account = (Link("Password and second factor", reverse("security")),)
    session = {
        "sign_out_url": reverse("account_logout"),
        "session_seconds": settings.SESSION_IDLE_SECONDS,
        "keep_alive_url": reverse("keep_alive"),
        "demo": settings.QAF_DEMO,
        "account_links": account,
    }
    authority, person = getattr(request, "authority", None), getattr(request, "person", None)
    if authority is None or person is None:
        return {"shell": Shell(account_name=user.email, switch_url=reverse("start"), **session)}
    return {
        "authority": authority,
        "person": person,
        "shell": Shell(
            council_name=authority.name,
            council_colour=authority.colour,
            home_url=reverse("home", args=[authority.slug]),
            menu=_menu(request, person),
            account_name=person.name,
            account_post=person.job_title,
            switch_url=reverse("start") if user.access.count() > 1 else "",
            notices_url=reverse("notices:inbox", args=[authority.slug]),
            notices_unread=count_unread(person),
            **session,
        ),
    }


def _menu(request: HttpRequest, person: Any) -> list[Link]:
    """Return what is opened every day, then "More" where there is more; a page of "More" marks that entry."""
    entries = menu_for(person)
    daily = [_link(entry, request) for entry in entries if not entry.hint]
    rest = [_link(entry, request) for entry in entries if entry.hint]
    if rest:
        slug = request.authority.slug  # type: ignore[attr-defined]
        href = reverse("more", args=[slug])
        inside = request.path == href or (
            any(link.active for link in rest) and not any(link.active for link in daily)
        )
        daily.append(Link("More", href, active=inside))
    return daily


def _link(entry: MenuEntry, request: HttpRequest) -> Link:
    slug = request.authority.slug  # type: ignore[attr-defined]
    href = reverse(entry.url_name, args=[slug])
    is_home = href == reverse("home", args=[slug])
    return Link(entry.text, href, active=request.path == href if is_home else request.path.startswith(href))
