"""Councils, and who may enter them."""

import re

from django.core.exceptions import ValidationError

from qaf.tenants.models import Access, Authority, User


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
