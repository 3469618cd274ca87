"""What the trail does not tell yet of opinions that are given unseen (HER-20, HER-23)."""

from collections.abc import Iterable, Mapping

from audits.enums import AuditStatus
from audits.followup.models import Action
from audits.models import Assessment, Audit
from qaf.tenants.models import Person, TenantModel
from qaf.tenants.registry import EVERY_FIELD, Keeper, keep_from
from qaf.tenants.ways import by_any, tracked_about, ways_to

UNSEEN = [AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS, AuditStatus.LOCKED]


def keep_unseen() -> None:
    """Keep what hangs on an audit from all but its author until grades are shown, and then from all but the auditors
    until they have submitted.
    """
    for model, ways in tracked_about(Audit):
        if model is not Assessment:  # who audits is no opinion
            keep_from(model._meta.db_table, _keeper(model, ways))
    keep_from(Action._meta.db_table, _keeper(Action, ["audit_links__audit"], ["audit_links__assessment"]))


def _keeper(model: type[TenantModel], ways: list[str], authors: list[str] | None = None) -> Keeper:
    own = list(ways_to(model, Assessment)) if authors is None else authors

    def keeper(person: Person, ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
        rows = model._default_manager.filter(pk__in=list(ids))
        audited = Assessment.objects.filter(assessor=person).values("audit")
        unseen = by_any(ways, "status__in", UNSEEN)
        between = by_any(ways, "status", AuditStatus.REVEALED) & ~by_any(ways, "pk__in", audited)
        kept = rows.filter(unseen | between)
        if own:
            kept = kept.exclude(pk__in=rows.filter(by_any(own, "assessor", person)).values("pk"))
        return dict.fromkeys(kept.values_list("pk", flat=True), EVERY_FIELD)

    return keeper
