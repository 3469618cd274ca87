"""The calendar's bell. A look may come late, twice, or at the same time as another."""

import logging

from celery import shared_task

from audits.programme.services import (
    look,
    reviewing,  # noqa: F401 — registers what the calendar does by itself
)
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope

logger = logging.getLogger(__name__)


@shared_task(name="audits.programme.tasks.tick")
def tick() -> int:
    """Look at every council's calendar, each in a transaction of its own; return how many had something due.

    A council whose calendar cannot be read holds up no other.
    """
    asked = 0
    for authority in Authority.objects.order_by("pk"):
        try:
            with authority_scope(authority):
                asked += look() is not None
        except Exception:
            logger.exception("the calendar of council %s could not be looked at", authority.pk)
    return asked
