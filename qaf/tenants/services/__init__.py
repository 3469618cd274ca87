"""Writes about councils and people."""

from qaf.tenants.services.councils import (
    choose_copy_sections,
    connect_directory,
    create_council,
    disconnect_directory,
    grant_access,
)
from qaf.tenants.services.people import (
    add_team,
    change_person,
    create_person,
    end_post,
    give_post,
    record_absence,
    record_leaver,
)
from qaf.tenants.services.purge import can_purge, order_purge, purge_trail
from qaf.tenants.services.reads import record_read

__all__ = [
    "add_team",
    "can_purge",
    "change_person",
    "choose_copy_sections",
    "connect_directory",
    "create_council",
    "create_person",
    "disconnect_directory",
    "end_post",
    "give_post",
    "grant_access",
    "order_purge",
    "purge_trail",
    "record_absence",
    "record_leaver",
    "record_read",
]
