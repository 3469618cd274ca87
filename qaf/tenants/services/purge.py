"""Deleting for good: the trail must not keep what the tables no longer may."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from qaf.lib import clock
from qaf.tenants.models import Authority, PurgeOrder, ReadEvent, TrailEvent
from qaf.tenants.scope import authority_scope

PURGE = "purge"
# What the log of reads calls the rows of a table.
READ_SUBJECTS = {"cases_case": "case", "audits_audit": "audit"}


def order_purge(*, rows: Mapping[str, Iterable[int]], why: str) -> None:
    """Ask for everything that the trail holds of these rows (table name to ids) to be deleted.

    Call it in the transaction that deletes the rows; ``purge_trail`` does the rest under the purge role.
    """
    now = clock.now()
    orders = [
        PurgeOrder(table_name=table, row_ids=sorted(ids), why=why, ordered_at=now)
        for table, ids in rows.items()
        if ids
    ]
    PurgeOrder.objects.bulk_create(orders)


def can_purge() -> bool:
    """Say whether this process was given the purge role (``DATABASE_PURGE_URL``)."""
    return PURGE in settings.DATABASES


def purge_trail(*, again: bool = False) -> int:
    """Carry out every council's waiting orders; return how many trail rows went.

    ``again`` repeats all of them, after a backup was restored. Raises ``RuntimeError`` without the purge role.
    """
    if not can_purge():
        raise RuntimeError("DATABASE_PURGE_URL is not set: only the purge role may delete from the trail.")
    gone = 0
    for authority in Authority.objects.using(DEFAULT_DB_ALIAS).order_by("pk"):
        with authority_scope(authority, using=PURGE):
            orders = PurgeOrder.objects.using(PURGE).order_by("id")
            for order in orders if again else orders.filter(done_at=None):
                gone += _carry_out(order)
    return gone


def _carry_out(order: PurgeOrder) -> int:
    trail = TrailEvent.objects.using(PURGE).filter(table_name=order.table_name, row_id__in=order.row_ids)
    gone = trail._raw_delete(PURGE)
    if subject := READ_SUBJECTS.get(order.table_name):
        reads = ReadEvent.objects.using(PURGE).filter(subject=subject, subject_id__in=order.row_ids)
        gone += reads._raw_delete(PURGE)
    PurgeOrder.objects.using(PURGE).filter(pk=order.pk).update(done_at=clock.now())
    return gone
