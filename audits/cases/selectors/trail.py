"""What the trail does not tell of a restricted record to people who are not cleared for it."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from audits.cases.models import Case
from qaf.tenants.models import Person, TenantModel
from qaf.tenants.permissions import may
from qaf.tenants.registry import EVERY_FIELD, Keeper, keep_from
from qaf.tenants.ways import by_any, tracked_about


def keep_restricted() -> None:
    """Keep every table about a child's case from whoever may not read it; called once all tables are known."""
    keep_from(Case._meta.db_table, _keeper(Case, Q(restricted=False)))
    for model, ways in tracked_about(Case):
        keep_from(model._meta.db_table, _keeper(model, ~by_any(ways, "restricted", True)))


def _keeper(model: type[TenantModel], open_to_all: Q) -> Keeper:
    def keeper(person: Person, ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
        """A row that is gone tells no more whose it was, so it is kept back too."""
        if person.cleared_for_restricted or may(person, "cases.see_restricted"):
            return {}
        wanted = set(ids)
        readable = model._default_manager.filter(open_to_all, pk__in=wanted).values_list("pk", flat=True)
        return dict.fromkeys(wanted - set(readable), EVERY_FIELD)

    return keeper
