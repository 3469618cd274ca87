"""Writes about councils and people."""

from qaf.tenants.services.councils import create_council, grant_access
from qaf.tenants.services.people import create_person, give_post, record_absence, record_leaver
from qaf.tenants.services.reads import record_read

__all__ = [
    "create_council",
    "create_person",
    "give_post",
    "grant_access",
    "record_absence",
    "record_leaver",
    "record_read",
]
