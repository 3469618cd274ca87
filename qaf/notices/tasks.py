"""The relay: sends what the outbox holds."""

from celery import shared_task

from qaf.notices.services import send_waiting
from qaf.tenants.scope import for_each_authority


@shared_task(name="qaf.notices.tasks.relay")
def relay() -> None:
    """Send each council's waiting e-mails; each council in a transaction of its own."""
    for _council in for_each_authority():
        send_waiting()
