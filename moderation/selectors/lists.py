"""Lists of moderations, with everything a page shows fetched at once."""

from django.db.models import Prefetch, Q, QuerySet

from audits.models import Audit
from moderation.enums import OPEN
from moderation.models import Moderation, ModerationReason
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may


def moderation_list() -> QuerySet[Moderation]:
    """Return every moderation with its audit, moderator and reasons."""
    return Moderation.objects.select_related(
        "audit__authority",
        "audit__case",
        "audit__service",
        "audit__team",
        "audit__cycle",
        "audit__framework_version",
        "moderator",
    ).prefetch_related(Prefetch("reasons", ModerationReason.objects.order_by("id")))


def visible_moderations(person: Person) -> QuerySet[Moderation]:
    """Return all for those who allocate, else the person's own."""
    return moderation_list() if may(person, "moderation.allocate") else moderation_list().filter(moderator=person)


def overdue() -> QuerySet[Moderation]:
    """Return the open moderations whose day has passed (HER-41)."""
    return moderation_list().filter(Q(status__in=OPEN), due_on__lt=clock.today())


def moderation_of(audit_id: int) -> Moderation | None:
    """Return the moderation of an audit, if it was ever moderated."""
    return moderation_list().filter(audit=audit_id).first()


def moderates(audit: Audit, person: Person) -> bool:
    """Say whether the person is, or was, the audit's moderator."""
    return Moderation.objects.filter(audit=audit, moderator=person).exists()
