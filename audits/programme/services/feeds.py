"""Secret links by which Outlook and others read due dates: made, opened, revoked."""

import hashlib
import secrets

from django.core.exceptions import PermissionDenied

from audits.programme.enums import FeedKind
from audits.programme.models import Feed
from audits.programme.selectors import units_led_by
from qaf.lib import clock
from qaf.tenants.models import Access, Person, Unit


def make_feed(*, person: Person, unit: Unit | None = None) -> tuple[Feed, str]:
    """Make a link to a person's own dates, or to those of a unit they lead; return it with its secret.

    The secret is known only now: the table keeps its hash. Raises ``PermissionDenied`` for a unit of somebody else.
    """
    if unit is not None and not units_led_by(person).filter(pk=unit.pk).exists():
        raise PermissionDenied("Only who manages a team or service can have its dates in their calendar.")
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        person=person,
        kind=FeedKind.TEAM if unit else FeedKind.PERSONAL,
        unit=unit,
        token_hash=hash_of(token),
        created_at=clock.now(),
    )
    return feed, token


def revoke_feed(*, feed: Feed, person: Person) -> None:
    """End a link at once; doing it twice changes nothing. Raises ``PermissionDenied`` for somebody else's."""
    if feed.person_id != person.pk:
        raise PermissionDenied("Only who made a link can revoke it.")
    Feed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=clock.now())


def open_feed(*, token: str) -> Feed | None:
    """Return the link of the open council with this secret and note that it was read today.

    ``None`` for a wrong or revoked one, for somebody who may no longer sign in here, and for a unit that they no
    longer lead.
    """
    found = Feed.objects.select_related("person", "unit").filter(token_hash=hash_of(token), revoked_at=None)
    feed = found.first()
    today = clock.today()
    if feed is None or (feed.person.left_on and feed.person.left_on < today):
        return None
    access = Access.objects.filter(authority=feed.authority_id, user=feed.person.user_id)
    if not access.filter(user__is_active=True).exists():
        return None
    if feed.unit is not None and not units_led_by(feed.person).filter(pk=feed.unit.pk).exists():
        return None
    if feed.last_read_on != today:
        Feed.objects.filter(pk=feed.pk).update(last_read_on=today)
    return feed


def hash_of(token: str) -> str:
    """Return what the table keeps of a secret: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
