"""Filters of the list of moderations; they stand in the address."""

import django_filters
from django.db.models import QuerySet

from moderation.enums import OPEN, ModerationStatus
from moderation.models import Moderation
from qaf.lib import clock
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Unit


class ModerationFilter(django_filters.FilterSet):
    """Where it stands, whether late, and which service."""

    status = django_filters.ChoiceFilter(
        choices=[("unfinished", "Not decided yet"), *ModerationStatus.choices, ("all", "All")],
        method="by_status",
        label="Status",
        empty_label=None,
    )
    late = django_filters.BooleanFilter(
        method="by_late", label="Late only", widget=django_filters.widgets.forms.CheckboxInput
    )
    service = django_filters.ModelChoiceFilter(
        field_name="audit__service",
        queryset=lambda request: Unit.objects.filter(kind=UnitKind.SERVICE),
        label="Service",
        empty_label="Any",
    )

    class Meta:
        model = Moderation
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Moderation]) -> QuerySet[Moderation]:
        """Show what is not decided unless another status is chosen."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("status") else found.filter(status__in=OPEN)

    def by_status(self, queryset: QuerySet[Moderation], name: str, value: str) -> QuerySet[Moderation]:
        """Filter by status."""
        if value == "all":
            return queryset
        return queryset.filter(status__in=OPEN if value == "unfinished" else [value])

    def by_late(self, queryset: QuerySet[Moderation], name: str, value: bool) -> QuerySet[Moderation]:
        """Filter to what should be decided by now."""
        return queryset.filter(status__in=OPEN, due_on__lt=clock.today()) if value else queryset
