"""The relay: takes what waits, writes down what it is about to send, sends it, writes down what became of it.

Nothing is sent inside a transaction. An e-mail is written as "being sent" first, with a lease: whatever kills the
relay between that and the answer leaves an e-mail whose outcome is unknown, and the next relay sends the same words
under the same Message-ID. Leases and waiting times are kept in real time, what leaves when in business time.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from qaf.lib import clock
from qaf.notices.enums import DeliveryStatus, EmailStatus
from qaf.notices.mail import Answer, Letter, Postbox, Result, postbox
from qaf.notices.models import Email, Notice
from qaf.notices.registry import current_words
from qaf.notices.selectors import wishes_of
from qaf.notices.services.composing import compose
from qaf.notices.services.telling import copy_to_stand_ins
from qaf.notices.timing import out_of_quiet_hours
from qaf.tenants.models import Authority, Person
from qaf.tenants.scope import authority_scope

logger = logging.getLogger(__name__)

ATTEMPTS = 14
LONGEST_WAIT = timedelta(hours=4)
BATCH = 50
LEASE = timedelta(minutes=2)
WHY = "sending e-mail"


@dataclass(frozen=True)
class Parcel:
    """An e-mail that this relay, and for the length of its lease no other, may send."""

    email_id: int
    attempt: int
    letter: Letter


def relay_council(authority: Authority, *, limit: int = BATCH) -> int:
    """Send up to ``limit`` e-mails of a council; return how many were taken. Outside any open scope.

    Several relays share the work without overlap, and one person's waiting notices leave in one message.
    """
    with authority_scope(authority, why=WHY):
        parcels = take(authority, limit=limit)
    if not parcels:
        return 0
    taken = 0
    with postbox() as box:
        for parcel in parcels:
            taken += _deliver(authority, box, parcel)
    return taken


def _deliver(authority: Authority, box: Postbox, parcel: Parcel) -> bool:
    with authority_scope(authority, why=WHY):
        if not _mine(parcel).update(lease_until=datetime.now(UTC) + LEASE):
            return False
    result = box.post(parcel.letter)
    with authority_scope(authority, why=WHY):
        write_result(parcel, result)
    return result.answer is Answer.TAKEN


# Taking ---------------------------------------------------------------------------------------------------------------


def take(authority: Authority, *, limit: int) -> list[Parcel]:
    """Write down, in the open transaction, what is sent next: begun e-mails first, then the urgent, then the rest."""
    parcels = _take_again(authority, limit)
    due = Notice.objects.filter(delivery=DeliveryStatus.WAITING, not_before__lte=clock.now())
    waiting = due.order_by("-urgent", "not_before", "id").values_list("person_id", flat=True)
    wanted = list(dict.fromkeys(waiting[: limit * 20]))[: max(limit - len(parcels), 0)]
    # The lock on the person is what makes two relays write one message, not two halves of it.
    people = {
        person.pk: person
        for person in Person.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
            pk__in=wanted
        )
    }
    for pk in wanted:
        if pk in people:
            notices = list(
                due.filter(person=pk).select_related("copy_for").order_by("-urgent", "created_at", "id")
            )
            parcels += _take_person(authority, people[pk], notices)
    return parcels


def _take_person(authority: Authority, person: Person, notices: list[Notice]) -> list[Parcel]:
    if _unreachable(person):
        _set([one.pk for one in notices], DeliveryStatus.NOT_WANTED)
        return []
    parcels = []
    for urgent in (True, False):
        some = [one for one in notices if one.urgent is urgent]
        if kept := _still_wanted(some):
            copy_to_stand_ins(person=person, notices=kept)
            email = Email(
                person=person, message_id=_new_message_id(authority), urgent=urgent, created_at=clock.now()
            )
            parcels.append(_begin(authority, email, kept))
    return parcels


def _unreachable(person: Person) -> bool:
    return not person.email or (person.left_on is not None and person.left_on < clock.today())


def _still_wanted(notices: list[Notice]) -> list[Notice]:
    """Return the notices that still hold, and drop the others: their cause ended while they waited."""
    if not notices:
        return []
    words = current_words(notices)
    gone = [one.pk for one in notices if one.pk not in words]
    if gone:
        _set(gone, DeliveryStatus.DROPPED, email=None, read_at=clock.now())
    return [one for one in notices if one.pk in words]


def _set(ids: Sequence[int], delivery: DeliveryStatus, **columns: object) -> None:
    Notice.objects.filter(pk__in=ids).update(delivery=delivery, **columns)


def _new_message_id(authority: Authority) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "qaf.invalid"
    return f"<{uuid.uuid4().hex}.{authority.pk}@{domain}>"


def _begin(authority: Authority, email: Email, notices: list[Notice]) -> Parcel:
    """Write the e-mail for ``notices`` as being sent."""
    text = compose(authority, notices, current_words(notices))
    email.subject, email.body = text.subject, text.body
    parcel = _lease(email)
    _set([one.pk for one in notices], DeliveryStatus.SENDING, email=email)
    return parcel


def _lease(email: Email) -> Parcel:
    email.to = email.person.email
    email.delivery = EmailStatus.SENDING
    email.attempts += 1
    email.lease_until = datetime.now(UTC) + LEASE
    email.save()
    letter = Letter(email.to, email.subject, email.body, email.message_id, email.maybe_sent)
    return Parcel(email.pk, email.attempts, letter)


def _take_again(authority: Authority, limit: int) -> list[Parcel]:
    """Take e-mails whose relay died, and those whose time to be tried again has come."""
    now = datetime.now(UTC)
    died = Q(delivery=EmailStatus.SENDING, lease_until__lt=now)
    waits = Q(delivery=EmailStatus.WAITING, not_before__lte=now)
    found = (
        Email.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("person")
        .filter(died | waits)
        .order_by("-urgent", "id")[:limit]
    )
    parcels = []
    for email in found:
        if email.delivery == EmailStatus.SENDING:
            email.maybe_sent = True
        if parcel := _again(authority, email):
            parcels.append(parcel)
    return parcels


def _again(authority: Authority, email: Email) -> Parcel | None:
    if email.attempts >= ATTEMPTS:
        _end(email, EmailStatus.FAILED, email.reason or "Whether it was sent is not known.")
        return None
    if email.maybe_sent:
        return _lease(email)
    kept = (
        []
        if _unreachable(email.person)
        else _still_wanted(
            list(email.notices.select_related("copy_for").order_by("-urgent", "created_at", "id"))
        )
    )
    if not kept:
        _end(email, EmailStatus.DROPPED, "")
        return None
    return _begin(authority, email, kept)


# Writing down what became of it ---------------------------------------------------------------------------------------


def _mine(parcel: Parcel):  # type: ignore[no-untyped-def]
    return Email.objects.filter(pk=parcel.email_id, delivery=EmailStatus.SENDING, attempts=parcel.attempt)


def write_result(parcel: Parcel, result: Result) -> None:
    """Write what became of an attempt; of one that another relay has taken over, only that it was taken."""
    email = _mine(parcel).select_for_update().first()
    if email is None:
        if result.answer is not Answer.TAKEN:
            return
        email = Email.objects.select_for_update().get(pk=parcel.email_id)
    email.reason = result.reason[:300]
    email.provider_id = result.provider_id or email.provider_id
    if result.answer is Answer.TAKEN:
        email.sent_at = clock.now()
        _end(email, EmailStatus.SENT, "")
    elif result.answer is Answer.REFUSED or email.attempts >= ATTEMPTS:
        _end(email, EmailStatus.FAILED, result.reason)
    else:
        email.maybe_sent = email.maybe_sent or result.answer is Answer.UNKNOWN
        email.delivery, email.lease_until = EmailStatus.WAITING, None
        email.not_before = datetime.now(UTC) + _wait(email)
        email.save()


def _wait(email: Email) -> timedelta:
    """Return how long the next attempt waits: ever longer, and not into the person's quiet hours unless urgent."""
    wait = min(timedelta(seconds=30 * 2**email.attempts), LONGEST_WAIT)
    if email.urgent:
        return wait
    now = clock.now()
    return out_of_quiet_hours(now + wait, wishes_of([email.person_id])[email.person_id]) - now


_OF_NOTICES = {
    EmailStatus.SENT: DeliveryStatus.SENT,
    EmailStatus.FAILED: DeliveryStatus.FAILED,
    EmailStatus.DROPPED: DeliveryStatus.DROPPED,
}


def _end(email: Email, status: EmailStatus, reason: str) -> None:
    email.delivery, email.reason = status, reason[:300]
    email.lease_until = email.not_before = None
    email.save()
    email.notices.update(delivery=_OF_NOTICES[status])
    if status == EmailStatus.FAILED:
        logger.warning("e-mail %s of council %s was not delivered", email.pk, email.authority_id)
