"""The request's way into a council: request id, session limits, scope."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from qaf.tenants.models import Access, Authority
from qaf.tenants.scope import authority_scope
from qaf.tenants.selectors import here_today

GetResponse = Callable[[HttpRequest], HttpResponse]
COUNCIL_PATH = re.compile(r"^/a/(?P<slug>[a-z][a-z0-9-]*)(?:/|$)")
POLLING_HEADER = "X-QAF-Poll"


class RequestIdMiddleware:
    """Give each request an id that the log, the trail and the jobs it starts carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class SessionLimitMiddleware:
    """End a session after its idle or its absolute limit; polling does not keep it alive.

    Where a session ends, the browser is told to forget the pages it kept: "Back" shows no child to the next person.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._signed_in(request):
            return self.get_response(request)
        response = self._within_limits(request)
        if not self._signed_in(request):
            response["Clear-Site-Data"] = '"cache"'
        return response

    @staticmethod
    def _signed_in(request: HttpRequest) -> bool:
        return request.user.is_authenticated

    def _within_limits(self, request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        began = request.session.setdefault("began", now)
        seen = request.session.get("seen", now)
        idle, absolute = settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS
        if now - seen > idle + 60 or now - began > absolute:  # `seen` may be a minute old
            logout(request)
            if request.headers.get("Accept", "").startswith("application/json") or request.headers.get(
                POLLING_HEADER
            ):
                return HttpResponse("Your session has ended. Sign in again.", status=401)
            return redirect_to_login(request.get_full_path())
        # One write a minute is enough to know who is idle.
        if (not request.headers.get(POLLING_HEADER) and now - seen >= 60) or "seen" not in request.session:
            request.session["seen"] = now
        return self.get_response(request)


class OwnCredentialsMiddleware:
    """Let no session that a council's directory opened change the account's password, passkeys or second factor.

    The directory answers for its own council; what it opened must not become a key to another.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        from qaf.tenants.accounts import changes_credentials, proved_own

        match = request.resolver_match
        if match is None or not changes_credentials(match.url_name or ""):
            return None
        if not request.user.is_authenticated or proved_own(request):
            return None
        return render(request, "tenants/by_directory.html", status=403)


class CouncilMiddleware:
    """Open the council's scope for everything under ``/a/<council>/``; outsiders get 404."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.authority = request.person = None  # type: ignore[attr-defined]
        match = COUNCIL_PATH.match(request.path_info)
        if not match:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        authority = Authority.objects.filter(slug=match["slug"]).first()
        if authority is None or not Access.objects.filter(user=request.user, authority=authority).exists():
            raise Http404("There is no such page, or it is not yours to see.")
        if elsewhere := self._sign_in_still_needed(request, authority):
            return elsewhere
        with authority_scope(authority, request_id=request.id):  # type: ignore[attr-defined]
            person = here_today(user=request.user)
            if person is None:
                raise Http404("There is no such page, or it is not yours to see.")
            request.authority, request.person = authority, person  # type: ignore[attr-defined]
            with authority_scope(authority, person=person):
                request.savepoint = transaction.savepoint()  # type: ignore[attr-defined]
                response = self.get_response(request)
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response.render()
                if response.status_code >= 500:
                    self._undo(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Django turns a view's exception into a response inside us: undo the half-done work."""
        if getattr(request, "savepoint", None) is not None:
            self._undo(request)

    @staticmethod
    def _undo(request: HttpRequest) -> None:
        """Undo what the view wrote, and leave a transaction in which the error page can still be drawn."""
        try:
            transaction.savepoint_rollback(request.savepoint)  # type: ignore[attr-defined]
            transaction.set_rollback(False)
        except DatabaseError:
            transaction.set_rollback(True)

    @staticmethod
    def _sign_in_still_needed(request: HttpRequest, authority: Authority) -> HttpResponse | None:
        from qaf.tenants.accounts import missing_sign_in

        missing = missing_sign_in(request, authority)
        if missing is None:
            return None
        return redirect(reverse("sign_in_needed", args=[authority.slug]))
