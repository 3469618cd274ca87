"""Lists of moderations, with everything a page shows fetched at once."""

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet

from audits.models import Assessment, Audit
from moderation.enums import ModerationStatus, ReasonKind
from moderation.models import Moderation, ModerationReason
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.ui.words import plural


def moderation_list() -> QuerySet[Moderation]:
    """Return every moderation with its audit, moderator and reasons."""
    return Moderation.objects.select_related(
        "audit__case",
        "audit__service",
        "audit__team",
        "audit__cycle",
        "moderator",
    ).prefetch_related(Prefetch("reasons", ModerationReason.objects.order_by("id")))


def visible_moderations(person: Person) -> QuerySet[Moderation]:
    """Return all for those who allocate, else the person's own and those on whose panel they sit."""
    return (
        moderation_list()
        if may(person, "moderation.allocate")
        else moderation_list().filter(Q(moderator=person) | Q(members__person=person)).distinct()
    )


def closed_to(person: Person, moderations: Iterable[Moderation]) -> dict[int, str]:
    """Return, by moderation, why the person may not open it, for those that are listed to them all the same."""
    listed = list(moderations)
    chains = {one.pk: {one.audit_id, *_audited_before(one.audit)} for one in listed}
    own = set(
        Assessment.objects.filter(assessor=person, audit__in=set().union(*chains.values())).values_list(
            "audit_id", flat=True
        )
    )
    allocates = may(person, "moderation.allocate")
    found = {one.pk: "You audited this case: others moderate it" for one in listed if chains[one.pk] & own}
    for one in listed:
        if one.status == ModerationStatus.NAMED and not allocates:
            found.setdefault(one.pk, "It opens when the auditor has submitted")
    return found


def _audited_before(audit: Audit) -> Iterable[int]:
    """Yield the audits that this one repeats: their auditors know the case too."""
    earlier = audit.re_audit_of
    while earlier is not None:
        yield earlier.pk
        earlier = earlier.re_audit_of


def moderation_of(audit_id: int) -> Moderation | None:
    """Return the moderation of an audit, if it was ever moderated."""
    found = Moderation.objects.filter(audit=audit_id).select_related("audit", "moderator")
    return found.order_by("-round").first()


def earlier_rounds(moderation: Moderation) -> list[Moderation]:
    """Return what was decided before, such as a manager's review before a panel's."""
    found = moderation_list().filter(audit=moderation.audit_id, round__lt=moderation.round)
    return list(found.prefetch_related("decisions").order_by("round"))


def moderates(audit: Audit, person: Person) -> bool:
    """Say whether the person is, or was, the audit's moderator, or sits on its panel."""
    found = Moderation.objects.filter(audit=audit).exclude(status=ModerationStatus.NAMED)
    return found.filter(Q(moderator=person) | Q(members__person=person)).exists()


def moderators(audit: Audit) -> Iterable[Person]:
    """Yield who moderates the audit: named at allocation, or at work."""
    found = Moderation.objects.filter(audit=audit, moderator__isnull=False)
    found = found.exclude(status=ModerationStatus.WITHDRAWN).select_related("moderator").order_by("round")
    for one in found:
        if one.moderator is not None:
            yield one.moderator


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
