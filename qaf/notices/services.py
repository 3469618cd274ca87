"""Telling people."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage

from qaf.lib import clock
from qaf.notices.enums import DeliveryStatus
from qaf.notices.models import Notice
from qaf.tenants.models import Person

ATTEMPTS = 8


def tell(
    *, people: Iterable[Person], kind: str, key: str, subject: str, body: str = "", href: str = ""
) -> list[Notice]:
    """Write a notice to each of ``people`` in the open transaction; the same kind and key reaches each once.

    ``href`` is a path of this council. No child's name or detail belongs in any of the texts.
    """
    now = clock.now()
    unique = {person.pk: person for person in people}
    notices = [
        Notice(
            person=person,
            kind=kind,
            key=key,
            subject=subject,
            body=body,
            href=href,
            created_at=now,
            message_id=f"<{uuid.uuid4().hex}@qaf>",
            delivery=DeliveryStatus.WAITING
            if person.email and not clock.is_moved()
            else DeliveryStatus.NOT_WANTED,
        )
        for person in unique.values()
    ]
    return Notice.objects.bulk_create(notices, ignore_conflicts=True)


def mark_read(*, person: Person, notice_ids: Iterable[int]) -> int:
    """Mark the person's own notices as read; return how many were unread."""
    return Notice.objects.filter(person=person, pk__in=list(notice_ids), read_at=None).update(
        read_at=clock.now()
    )


def send_waiting(limit: int = 50) -> int:
    """Send up to ``limit`` waiting e-mails of the open scope; two relays share the work without overlap.

    A message whose outcome is unknown is tried again under the same Message-ID.
    """
    now = datetime.now(UTC)
    waiting = (
        Notice.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("person", "authority")
        .filter(delivery=DeliveryStatus.WAITING)
        .exclude(not_before__gt=now)
        .order_by("id")[:limit]
    )
    sent = 0
    for notice in waiting:
        sent += _send(notice)
    return sent


def _send(notice: Notice) -> bool:
    link = f"{settings.PUBLIC_URL}{notice.href}" if notice.href else settings.PUBLIC_URL
    message = EmailMessage(
        subject=notice.subject,
        body=f"{notice.body}\n\n{link}\n\n{notice.authority.name}: quality assurance\n".lstrip(),
        to=[notice.person.email],
        headers={"Message-ID": notice.message_id},
    )
    notice.attempts += 1
    try:
        message.send()
    except Exception:  # noqa: BLE001 — any fault of the mail server means: later
        if notice.attempts >= ATTEMPTS:
            notice.delivery = DeliveryStatus.FAILED
        notice.not_before = datetime.now(UTC) + timedelta(seconds=30 * 2**notice.attempts)
    else:
        notice.delivery, notice.sent_at = DeliveryStatus.SENT, datetime.now(UTC)
    notice.save(update_fields=["attempts", "delivery", "not_before", "sent_at"])
    return notice.delivery == DeliveryStatus.SENT
