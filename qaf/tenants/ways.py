"""From a table to what its rows are about, along the keys between tenant tables."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Q

from qaf.tenants.models import TenantModel

STEPS = 3


def ways_to(
    model: type[TenantModel],
    target: type[TenantModel],
    steps: int = STEPS,
    seen: frozenset[type] = frozenset(),
) -> Iterator[str]:
    """Yield every way, as filters spell it, from a row of ``model`` to the row of ``target`` that it is about."""
    if not steps:
        return
    for field in model._meta.local_fields:
        other = field.related_model if field.is_relation else None
        if not isinstance(other, type) or not issubclass(other, TenantModel) or other in seen | {model}:
            continue
        if other is target:
            yield field.name
        else:
            for way in ways_to(other, target, steps - 1, seen | {model}):
                yield f"{field.name}__{way}"


def tracked_about(target: type[TenantModel]) -> Iterator[tuple[type[TenantModel], list[str]]]:
    """Yield every tracked table with a way to ``target``, and its ways."""
    for model in apps.get_models():
        if issubclass(model, TenantModel) and model.tracked and (ways := list(ways_to(model, target))):
            yield model, ways


def by_any(ways: list[str], lookup: str, value: object) -> Q:
    """Return the condition that one of the ways leads to a row with the value."""
    found = Q()
    for way in ways:
        found |= Q(**{f"{way}__{lookup}": value})
    return found
