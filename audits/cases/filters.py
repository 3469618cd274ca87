"""Filters of the case list and of a preview; they stand in the address."""

import django_filters
from django.db.models import Q, QuerySet

from audits.cases.enums import CaseStatus, RowAction
from audits.cases.models import Case, ImportRow
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Unit

STATES = (("open", "Open"), ("closed", "Closed"), ("all", "All"))


class CaseFilter(django_filters.FilterSet):
    """Service, team, status, worker, IRO or chair, and whether the case is open (unless asked otherwise)."""

    id = django_filters.CharFilter(
        field_name="local_id", lookup_expr="istartswith", label="Child's id begins with"
    )
    state = django_filters.ChoiceFilter(
        choices=STATES, method="by_state", label="Open or closed", empty_label=None
    )
    service = django_filters.ModelChoiceFilter(
        queryset=lambda request: Unit.objects.filter(kind=UnitKind.SERVICE),
        label="Service",
        empty_label="Any",
    )
    team = django_filters.ModelChoiceFilter(
        queryset=lambda request: Unit.objects.filter(kind=UnitKind.TEAM), label="Team", empty_label="Any"
    )
    status = django_filters.ChoiceFilter(choices=CaseStatus.choices, label="Status", empty_label="Any")
    worker = django_filters.ModelChoiceFilter(
        queryset=lambda request: Person.objects.exclude(cases=None).distinct(),
        label="Allocated worker",
        empty_label="Any",
    )
    chair = django_filters.ModelChoiceFilter(
        queryset=lambda request: Person.objects.exclude(chaired_cases=None).distinct(),
        label="IRO or chair",
        empty_label="Any",
    )
    unallocated = django_filters.BooleanFilter(
        method="by_unallocated", label="Nobody allocated", widget=django_filters.widgets.forms.CheckboxInput
    )

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Show open cases unless another state is chosen."""
        cases = super().filter_queryset(queryset)
        return cases if self.form.cleaned_data.get("state") else cases.filter(closed_on=None)

    def by_state(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Filter by open or closed."""
        return queryset if value == "all" else queryset.filter(closed_on__isnull=value == "open")

    def by_unallocated(self, queryset: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        """Filter to cases without an allocated worker."""
        return queryset.filter(worker=None) if value else queryset


class RowFilter(django_filters.FilterSet):
    """What an import does with the row, and the child's id."""

    action = django_filters.ChoiceFilter(
        choices=RowAction.choices, label="What happens", empty_label="Everything but unchanged"
    )
    id = django_filters.CharFilter(method="by_id", label="Child's id begins with")

    class Meta:
        model = ImportRow
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
        """Leave the unchanged out unless they are asked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("action") else rows.exclude(action=RowAction.UNCHANGED)

    def by_id(self, queryset: QuerySet[ImportRow], name: str, value: str) -> QuerySet[ImportRow]:
        """Filter by the beginning of the child's id."""
        return queryset.filter(Q(local_id__istartswith=value))
