"""Councils, and who may enter them."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from qaf.tenants.models import Access, Authority, IdentityProvider, User


def create_council(*, slug: str, name: str, reference_prefix: str = "", colour: str = "#1d4f5f") -> Authority:
    """Create a council without framework, structure or people; raises ``ValidationError``."""
    prefix = (reference_prefix or re.sub(r"[^A-Za-z]", "", name)[:3]).upper()
    authority = Authority(slug=slug, name=name, reference_prefix=prefix, colour=colour)
    authority.full_clean()
    authority.save()
    return authority


def grant_access(*, authority: Authority, user: User) -> None:
    """Let ``user`` enter ``authority``; doing it twice changes nothing."""
    if not user.is_active:
        raise ValidationError("This account is closed. Open it again before giving access.")
    Access.objects.get_or_create(authority=authority, user=user)


def choose_copy_sections(*, authority: Authority, sections: list[str]) -> None:
    """Keep which sections of an audit go into the copy for the child's record."""
    authority.file_copy_sections = list(sections)
    authority.save(update_fields=["file_copy_sections"])


def connect_directory(
    *, authority: Authority, server_url: str, client_id: str, secret: str, tenant: str = ""
) -> IdentityProvider:
    """Let the council's people sign in with its directory, beside passwords; raises ``ValidationError``.

    Where one directory serves many organisations, ``tenant`` is the ``tid`` without which a token is another's.
    """
    url = urlsplit(server_url)
    if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValidationError("The directory's address must begin with https://.")
    if url.hostname == "login.microsoftonline.com" and not tenant:
        raise ValidationError("Give the tenant: this directory serves other organisations too.")
    provider = IdentityProvider.objects.filter(authority=authority).first() or IdentityProvider(
        authority=authority, provider_id=authority.slug
    )
    provider.server_url, provider.client_id = server_url, client_id
    provider.secret, provider.tenant_claim = secret, tenant
    provider.full_clean()
    provider.save()
    authority.accepts_oidc = True
    authority.save(update_fields=["accepts_oidc"])
    return provider


def disconnect_directory(*, authority: Authority) -> None:
    """End signing in with the council's directory; passwords and passkeys are accepted again."""
    IdentityProvider.objects.filter(authority=authority).delete()
    authority.accepts_oidc, authority.accepts_password = False, True
    authority.save(update_fields=["accepts_oidc", "accepts_password"])
