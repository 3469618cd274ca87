"""What somebody may do: declared by the apps, given by roles, asked here, denied by default."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from qaf.lib import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from qaf.tenants.models import Person, Post


@dataclass(frozen=True)
class Permission:
    """A thing that can be allowed: ``key`` is ``app.verb``, ``label`` completes "may …"."""

    key: str
    label: str


_declared: dict[str, Permission] = {}


def declare(*permissions: Permission) -> None:
    """Make permissions known; called from an app's ``ready()``."""
    for permission in permissions:
        _declared[permission.key] = permission


def declared() -> dict[str, Permission]:
    """Return every declared permission by key."""
    return dict(_declared)


def permissions_of(person: "Person") -> frozenset[str]:
    """Return the keys that ``person``'s posts give today, cached on the instance."""
    day = clock.today()
    cached = getattr(person, "_permissions", None)
    if cached and cached[0] == day:
        return cached[1]
    keys: set[str] = set()
    if person.left_on is None or person.left_on >= day:
        for granted in _current_posts(person).values_list("role__permissions", flat=True):
            keys.update(granted)
    result = frozenset(keys)
    person._permissions = (day, result)  # type: ignore[attr-defined]
    return result


def _current_posts(person: "Person") -> "QuerySet[Post]":
    day = clock.today()
    return person.posts.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


def may(person: "Person | None", *keys: str) -> bool:
    """Say whether ``person`` has any of the permissions. An undeclared key is a programming error."""
    unknown = [key for key in keys if key not in _declared]
    if unknown:
        raise LookupError(f"No app declares the permission {', '.join(unknown)}.")
    return person is not None and bool(permissions_of(person).intersection(keys))


def require(person: "Person | None", *keys: str) -> None:
    """Raise ``PermissionDenied`` (403) unless ``person`` has one of the permissions."""
    if not may(person, *keys):
        labels = " or ".join(_declared[key].label for key in keys)
        raise PermissionDenied(f"Only somebody who may {labels} can do this.")


def role_keys_of(person: "Person") -> frozenset[str]:
    """Return the keys of the roles that ``person`` holds today."""
    return frozenset(_current_posts(person).values_list("role__key", flat=True))
