"""The platform's tables. ``User``, ``Authority`` and ``Access`` are needed before a scope exists and
hold no council's data; everything else is a ``TenantModel``."""

from qaf.tenants.models.base import TenantForeignKey, TenantModel
from qaf.tenants.models.council import Access, Authority, IdentityProvider, User
from qaf.tenants.models.people import Absence, Person, Post, Role, Unit
from qaf.tenants.models.trail import PurgeOrder, ReadEvent, TrailEvent

__all__ = [
    "Absence",
    "Access",
    "Authority",
    "IdentityProvider",
    "Person",
    "Post",
    "PurgeOrder",
    "ReadEvent",
    "Role",
    "TenantForeignKey",
    "TenantModel",
    "TrailEvent",
    "Unit",
    "User",
]
