"""How allauth and councils meet: no sign-up, and each council's accepted way of signing in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from qaf.tenants.enums import SignInMethod
from qaf.tenants.models import Authority


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by councils."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An identity provider signs in people whom a council has entered, and nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


def methods_of(request: HttpRequest) -> set[str]:
    """Return the methods with which this session was authenticated (``SignInMethod`` values)."""
    found: set[str] = set()
    for record in get_authentication_records(request):
        match record.get("method"):
            case "password":
                found.add(SignInMethod.PASSWORD)
            case "mfa":
                found.add(SignInMethod.MFA)
            case "socialaccount":
                found.add(f"{SignInMethod.OIDC}:{record.get('provider')}")
    return found


def missing_sign_in(request: HttpRequest, authority: Authority) -> SignInMethod | None:
    """Return what this session still lacks to enter ``authority``; ``None`` when it may enter."""
    methods = methods_of(request)
    provider = getattr(authority, "identity_provider", None) if authority.accepts_oidc else None
    if provider and f"{SignInMethod.OIDC}:{provider.provider_id}" in methods:
        return None
    if not authority.accepts_password:
        return SignInMethod.OIDC
    if authority.require_mfa and SignInMethod.MFA not in methods:
        return SignInMethod.MFA
    return None
