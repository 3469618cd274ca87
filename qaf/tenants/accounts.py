"""How allauth and councils meet: no sign-up, each council's accepted way of signing in, its own provider."""

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from qaf.tenants import browsers
from qaf.tenants.enums import SignInMethod
from qaf.tenants.models import Access, Authority, IdentityProvider, Person, User
from qaf.tenants.scope import authority_scope
from qaf.tenants.selectors import here_today

SAID_BY_THE_PAGE = ("logged_in.txt", "logged_out.txt")
"""allauth's messages that would only repeat what the page shows."""


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by councils."""

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave out that somebody signed in or out, which the page says by itself."""
        if not str(message_template).endswith(SAID_BY_THE_PAGE):
            super().add_message(request, level, message_template, *args, **kwargs)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember the browser, where the account's own password or passkey was given in it."""
        response = super().post_login(request, user, **kwargs)
        if proved_own(request):
            browsers.remember(request, response, user.pk)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count a known browser's failures by themselves: strangers who guess shut out strangers only."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        email = credentials.get("email", "")
        user_id = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
        return f"{key}:{browsers.token_for(request, user_id)}" if user_id else key


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A council's identity provider signs in the people whom that council has entered, and nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return one app for each council with a provider; ``oid`` is what recognises a person."""
        found = []
        for idp in IdentityProvider.objects.select_related("authority"):
            app = SocialApp(
                provider="openid_connect",
                provider_id=idp.provider_id,
                name=idp.authority.name,
                client_id=idp.client_id,
                secret=idp.secret,
                settings={"server_url": idp.server_url, "uid_field": "oid", "oauth_pkce_enabled": True},
            )
            if provider in (None, "openid_connect", idp.provider_id) and client_id in (None, idp.client_id):
                found.append(app)
        return found

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in whom the council knows by ``tid`` and ``oid``; an e-mail address proves nothing."""
        idp = IdentityProvider.objects.select_related("authority").get(
            provider_id=sociallogin.account.provider
        )
        data = sociallogin.account.extra_data
        claims = {**data.get("userinfo", {}), **data.get("id_token", {}), **data}
        if not idp.authority.accepts_oidc or (idp.tenant_claim and claims.get("tid") != idp.tenant_claim):
            raise self._refused(request, "That account belongs to another organisation’s directory.")
        with authority_scope(idp.authority):
            person = here_today(directory_id=sociallogin.account.uid)
            if person is None:
                raise self._refused(
                    request,
                    f"{idp.authority.name} has not entered you yet. Ask your QA team to add your directory id.",
                )
            user = person.user or self._account_for(person)
        if sociallogin.is_existing and sociallogin.user != user:
            raise self._refused(
                request, "This directory account is linked to another person. Tell your QA team."
            )
        if not Access.objects.filter(authority=idp.authority, user=user).exists():
            raise self._refused(
                request, f"You may no longer sign in to {idp.authority.name}. Ask your QA team."
            )
        if not sociallogin.is_existing:
            if request.user != user and has_other_ways(user, idp.authority):
                raise self._refused(
                    request,
                    "You have an account here already. Sign in with its password or passkey once more, open"
                    f" {idp.authority.name}, and go to its own sign-in from there.",
                )
            sociallogin.connect(request, user)

    @staticmethod
    def _account_for(person: Person) -> User:
        taken = User.objects.filter(email__iexact=person.email).exists() if person.email else True
        # An address proves nothing, so an account that has it already is never taken over.
        email = f"{person.directory_id}@directory.invalid" if taken else person.email
        person.user = User.objects.create_user(email)
        person.save(update_fields=["user"])
        Access.objects.create(authority=person.authority, user=person.user)
        return person.user

    @staticmethod
    def _refused(request: HttpRequest, text: str) -> ImmediateHttpResponse:
        messages.error(request, text)
        return ImmediateHttpResponse(redirect("account_login"))


def has_other_ways(user: User, authority: Authority) -> bool:
    """Say whether the account is more than ``authority``'s own: it has a password, a key or another council.

    A directory says who somebody is to its council only, so it may not take such an account over by naming it.
    """
    return (
        user.has_usable_password()
        or Authenticator.objects.filter(user=user).exists()
        or Access.objects.filter(user=user).exclude(authority=authority).exists()
    )


def methods_of(request: HttpRequest) -> set[str]:
    """Return the methods with which this session was authenticated (``SignInMethod`` values)."""
    found: set[str] = set()
    for record in get_authentication_records(request, request.user):
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
    provider = (
        IdentityProvider.objects.filter(authority=authority).first() if authority.accepts_oidc else None
    )
    if provider and f"{SignInMethod.OIDC}:{provider.provider_id}" in methods:
        return None
    if not authority.accepts_password:
        return SignInMethod.OIDC
    if not methods & {SignInMethod.PASSWORD, SignInMethod.MFA}:
        return SignInMethod.PASSWORD
    if authority.require_mfa and SignInMethod.MFA not in methods:
        return SignInMethod.MFA
    return None


def proved_own(request: HttpRequest) -> bool:
    """Say whether the session was opened with the account's own password or key, not by a council's directory."""
    return bool(methods_of(request) & {SignInMethod.PASSWORD, SignInMethod.MFA})


_CREDENTIALS = re.compile(r"account_(change|set)_password|mfa_")
_BEFORE_PROOF = {
    "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"
}  # fmt: skip


def changes_credentials(url_name: str) -> bool:
    """Say whether an address changes how the account signs in everywhere, in other councils too."""
    return bool(_CREDENTIALS.match(url_name)) and url_name not in _BEFORE_PROOF
