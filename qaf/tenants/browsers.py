"""Browsers in which somebody has signed in before: guessing a password elsewhere must not shut them out of theirs."""

import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "qaf-known"
SECURE_COOKIE = "__Host-qaf-known"
SALT = "qaf.browsers"
KEPT_SECONDS = 180 * 24 * 3600
AT_MOST = 5
"""People of one browser that are remembered; a shared computer forgets the one who signed in longest ago."""


def _name(request: HttpRequest) -> str:
    return SECURE_COOKIE if request.is_secure() else COOKIE


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        found = signing.loads(request.COOKIES.get(_name(request), ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def token_for(request: HttpRequest, user_id: int) -> str:
    """Return what this browser was given when the account signed in with it; empty for a stranger's."""
    return _read(request).get(str(user_id), "")


def remember(request: HttpRequest, response: HttpResponse, user_id: int) -> None:
    """Let this browser be known to the account from now on."""
    known = _read(request)
    token = known.pop(str(user_id), "") or secrets.token_urlsafe(12)
    kept = dict([*known.items(), (str(user_id), token)][-AT_MOST:])
    response.set_cookie(
        _name(request),
        signing.dumps(kept, salt=SALT),
        max_age=KEPT_SECONDS,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
