"""The relay: sends what the outbox holds. May run twice at once."""

import logging

from celery import shared_task
from django.conf import settings

from qaf.notices.services import relay_council, unsettled, write_fate
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope

logger = logging.getLogger(__name__)


@shared_task(name="qaf.notices.tasks.relay")
def relay() -> None:
    """Send each council's waiting e-mails; what goes wrong in one council holds up no other."""
    for authority in Authority.objects.order_by("pk"):
        try:
            relay_council(authority)
        except Exception:
            logger.exception("the relay of council %s failed", authority.pk)


@shared_task(name="qaf.notices.tasks.ask_after")
def ask_after() -> None:
    """Ask GOV.UK Notify, where it carries the mail, what became of what it took."""
    if not settings.MAIL_BY_NOTIFY:
        return
    from notifications_python_client.errors import APIError

    from qaf.notices.backends.notify import client

    api = client()
    for authority in Authority.objects.order_by("pk"):
        with authority_scope(authority):
            open_ones = unsettled()
        for email_id, provider_id in open_ones:
            try:
                fate = str(api.get_notification_by_id(provider_id)["status"])
            except APIError:
                logger.warning("GOV.UK Notify did not say what became of e-mail %s", email_id)
                continue
            with authority_scope(authority):
                write_fate(email_id=email_id, fate=fate)
