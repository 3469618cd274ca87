"""Telling people: rows written in the transaction of what they tell about."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from qaf.lib import clock
from qaf.notices.enums import DeliveryStatus
from qaf.notices.models import Notice
from qaf.notices.registry import subject_of_copy
from qaf.notices.selectors import stand_ins, wishes_of
from qaf.notices.timing import Wishes, leaves_at
from qaf.tenants.models import Person

_by_email: ContextVar[bool] = ContextVar("qaf_notices_by_email", default=True)


@contextmanager
def without_email() -> Iterator[None]:
    """Inside the block notices stay in the inbox: invented history is no news."""
    token = _by_email.set(False)
    try:
        yield
    finally:
        _by_email.reset(token)


@dataclass(frozen=True)
class _News:
    kind: str
    key: str
    subject: str
    body: str
    href: str
    urgent: bool
    can_wait: bool
    now: datetime


def tell(
    *,
    people: Iterable[Person],
    kind: str,
    key: str,
    subject: str,
    body: str = "",
    href: str = "",
    urgent: bool = False,
    can_wait: bool = False,
) -> list[Notice]:
    """Write a notice to each of ``people`` in the open transaction; the same kind and key reaches each once.

    Whoever is away is told all the same, and their deputy gets a copy; with ``urgent`` and without a deputy, the
    next in line does. ``urgent`` also leaves at once, at any hour. ``can_wait``: some minutes, for others to
    leave in the same message. ``href`` is a path of this council. No child's name or detail belongs in any of
    the texts.
    """
    unique = {person.pk: person for person in people}
    if not unique:
        return []
    copies = {
        one.pk: (one, away) for away, one in stand_ins(unique.values(), urgent=urgent) if one.pk not in unique
    }
    news = _News(kind, key, subject, body, href, urgent, can_wait, clock.now())
    wishes = wishes_of([*unique, *copies])
    notices = [_notice(news, person, wishes[person.pk]) for person in unique.values()]
    notices += [_notice(news, one, wishes[one.pk], copy_for=away) for one, away in copies.values()]
    return Notice.objects.bulk_create(notices, ignore_conflicts=True)


def copy_to_stand_ins(*, person: Person, notices: Sequence[Notice]) -> int:
    """Give what is about to reach somebody who has gone away since to whoever stands in; return how many."""
    copies = [
        _notice(
            _News(one.kind, one.key, one.subject, one.body, one.href, one.urgent, False, clock.now()),
            deputy,
            wishes_of([deputy.pk])[deputy.pk],
            copy_for=person,
        )
        for away, deputy in stand_ins([person], urgent=False)
        for one in notices
        if one.copy_for_id is None
    ]
    return len(Notice.objects.bulk_create(copies, ignore_conflicts=True))


def _notice(news: _News, person: Person, wishes: Wishes, *, copy_for: Person | None = None) -> Notice:
    wanted = bool(person.email) and _by_email.get()
    return Notice(
        person=person,
        copy_for=copy_for,
        kind=news.kind,
        key=news.key,
        subject=(subject_of_copy(copy_for, news.subject) if copy_for else news.subject)[:200],
        body=news.body,
        href=news.href,
        urgent=news.urgent,
        created_at=news.now,
        delivery=DeliveryStatus.WAITING if wanted else DeliveryStatus.NOT_WANTED,
        not_before=leaves_at(news.now, wishes, urgent=news.urgent, can_wait=news.can_wait)
        if wanted
        else None,
    )


def mark_read(*, person: Person, notice_ids: Iterable[int]) -> int:
    """Mark the person's own notices as read; return how many were unread."""
    return Notice.objects.filter(person=person, pk__in=list(notice_ids), read_at=None).update(
        read_at=clock.now()
    )
