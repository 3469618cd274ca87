"""Filters of the register; they stand in the address."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from audits.frameworks.selectors import framework_in_force
from audits.models import FamilyContact
from feedback.selectors.themes import theme_labels
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Unit


def _targets() -> list[tuple[str, str]]:
    feedback = framework_in_force().process.family_feedback
    return [(one.key, one.label) for one in feedback.targets] if feedback else []


class RegisterFilter(django_filters.FilterSet):
    """Coded or not, by service, by who spoke, by theme."""

    coded = django_filters.ChoiceFilter(
        choices=(("no", "Still to code"), ("yes", "Coded")),
        method="by_coded",
        label="Coded",
        empty_label="All",
    )
    service = django_filters.ModelChoiceFilter(
        field_name="audit__service",
        queryset=lambda request: Unit.objects.filter(kind=UnitKind.SERVICE),
        label="Service",
        empty_label="All",
    )
    target = django_filters.ChoiceFilter(choices=_targets, label="Who spoke", empty_label="Anybody")
    theme = django_filters.ChoiceFilter(
        choices=lambda: list(theme_labels(framework_in_force()).items()),
        method="by_theme",
        label="Theme",
        empty_label="Any",
    )

    class Meta:
        model = FamilyContact
        fields: tuple[str, ...] = ()

    def by_coded(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Filter by whether any theme was heard."""
        return queryset.filter(is_coded=value == "yes")

    def by_theme(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Filter by a theme that was heard."""
        return queryset.filter(coded__theme=value)
