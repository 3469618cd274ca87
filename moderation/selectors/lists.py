"""Lists of moderations, with everything a page shows fetched at once."""

from django.db.models import Prefetch, Q, QuerySet

from audits.models import Audit
from moderation.enums import OPEN, ReasonKind
from moderation.models import Moderation, ModerationReason
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.ui.words import plural


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
    return (
        moderation_list()
        if may(person, "moderation.allocate")
        else moderation_list().filter(moderator=person)
    )


def overdue() -> QuerySet[Moderation]:
    """Return the open moderations whose day has passed (HER-41)."""
    return moderation_list().filter(Q(status__in=OPEN), due_on__lt=clock.today())


def moderation_of(audit_id: int) -> Moderation | None:
    """Return the moderation of an audit, if it was ever moderated."""
    return moderation_list().filter(audit=audit_id).first()


def moderates(audit: Audit, person: Person) -> bool:
    """Say whether the person is, or was, the audit's moderator."""
    return Moderation.objects.filter(audit=audit, moderator=person).exists()


def why_in_short(moderation: Moderation) -> str:
    """Return the reasons in one line, such as "The overall grade and 3 domains differ"; its page has each in full."""
    reasons = list(moderation.reasons.all())
    overall = any(reason.kind == ReasonKind.OVERALL_DIFFERS for reason in reasons)
    domains = sum(reason.kind == ReasonKind.DOMAIN_DIFFERS for reason in reasons)
    parts = ["the overall grade"] if overall else []
    if domains:
        parts.append(f"{plural(domains, 'domain')}")
    texts = []
    if parts:
        verb = "differ" if len(parts) > 1 or domains > 1 else "differs"
        joined = " and ".join(parts)
        texts.append(f"{joined[:1].upper()}{joined[1:]} {verb}")
    texts += [
        one.text for one in reasons if one.kind not in (ReasonKind.OVERALL_DIFFERS, ReasonKind.DOMAIN_DIFFERS)
    ]
    return "; ".join(texts)
