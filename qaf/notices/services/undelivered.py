"""What could not be delivered: sent again, or known to have bounced."""

from datetime import timedelta

from qaf.lib import clock
from qaf.notices.enums import DeliveryStatus, EmailStatus
from qaf.notices.models import Email

FATES = {
    "permanent-failure": "The address does not exist, or does not take messages.",
    "temporary-failure": "The mailbox could not be reached for days: it may be full.",
    "technical-failure": "GOV.UK Notify could not send it.",
}
"""What GOV.UK Notify says of a message that did not arrive, in words."""
LOOK_BACK = timedelta(days=4)


def send_again(*, email: Email) -> bool:
    """Let an undelivered e-mail be tried afresh, to today's address; return whether it was undelivered."""
    changed = Email.objects.filter(pk=email.pk, delivery=EmailStatus.FAILED).update(
        delivery=EmailStatus.WAITING,
        attempts=0,
        not_before=clock.now(),
        reason="",
        provider_id="",
        settled_at=None,
    )
    if changed:
        email.notices.update(delivery=DeliveryStatus.SENDING)
    return bool(changed)


def record_bounce(*, message_id: str, reason: str) -> bool:
    """Write down that a sent e-mail came back; return whether this council sent it."""
    email = Email.objects.filter(message_id=message_id, delivery=EmailStatus.SENT).first()
    if email is None:
        return False
    _failed(email, reason)
    return True


def unsettled(limit: int = 100) -> list[tuple[int, str]]:
    """Return id and provider's id of the e-mails of which GOV.UK Notify has not said whether they arrived."""
    found = Email.objects.filter(
        delivery=EmailStatus.SENT, settled_at=None, sent_at__gte=clock.now() - LOOK_BACK
    ).exclude(provider_id="")
    return list(found.order_by("id").values_list("pk", "provider_id")[:limit])


def write_fate(*, email_id: int, fate: str) -> None:
    """Write what GOV.UK Notify says became of an e-mail; one still on its way stays open."""
    email = Email.objects.filter(pk=email_id, delivery=EmailStatus.SENT).first()
    if email is None:
        return
    if fate in FATES:
        email.settled_at = clock.now()
        _failed(email, FATES[fate])
    elif fate == "delivered":
        Email.objects.filter(pk=email_id).update(settled_at=clock.now())


def _failed(email: Email, reason: str) -> None:
    email.delivery, email.reason = EmailStatus.FAILED, reason[:300]
    email.save(update_fields=["delivery", "reason", "settled_at"])
    email.notices.update(delivery=DeliveryStatus.FAILED)
