"""Filters of the trackers; they stand in the address."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from audits.followup.enums import OPEN_ACTIONS, ActionStatus, FollowUpKind, FollowUpStatus
from audits.followup.models import Action, FollowUp
from audits.followup.selectors import answering_for
from audits.followup.selectors.lists import category_labels
from qaf.lib import clock
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Unit


def _services(request: object) -> QuerySet[Unit]:
    return Unit.objects.filter(kind=UnitKind.SERVICE)


def _teams(request: object) -> QuerySet[Unit]:
    return Unit.objects.filter(kind=UnitKind.TEAM).exclude(cases=None).distinct()


def _categories() -> list[tuple[str, str]]:
    return list(category_labels().items())


class ActionFilter(django_filters.FilterSet):
    """Whose, where it stands, whether late, and which part of the council."""

    whose = django_filters.ChoiceFilter(
        choices=[("all", "All that I may see"), ("mine", "Mine")],
        method="by_whose",
        label="Whose",
        empty_label=None,
    )
    status = django_filters.ChoiceFilter(
        choices=[("unfinished", "Open or waiting for sign-off"), *ActionStatus.choices, ("all", "All")],
        method="by_status",
        label="Status",
        empty_label=None,
    )
    late = django_filters.BooleanFilter(
        method="by_late", label="Late only", widget=django_filters.widgets.forms.CheckboxInput
    )
    service = django_filters.ModelChoiceFilter(
        field_name="case__service", queryset=_services, label="Service", empty_label="Any"
    )
    team = django_filters.ModelChoiceFilter(
        field_name="case__team", queryset=_teams, label="Team", empty_label="Any"
    )

    category = django_filters.ChoiceFilter(label="Kind", empty_label="Any", choices=_categories)

    class Meta:
        model = Action
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not _categories():
            del self.form.fields["category"]

    def filter_queryset(self, queryset: QuerySet[Action]) -> QuerySet[Action]:
        """Show what is open or waits for sign-off unless another status is chosen."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("status") else found.filter(status__in=OPEN_ACTIONS)

    def by_whose(self, queryset: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        """Filter to the person's own."""
        ids = answering_for(self.request.person)
        mine = Q(owner__in=ids) | Q(joint_owner__in=ids)
        return queryset.filter(mine) if value == "mine" else queryset

    def by_status(self, queryset: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        """Filter by status."""
        if value == "all":
            return queryset
        return queryset.filter(status__in=OPEN_ACTIONS if value == "unfinished" else [value])

    def by_late(self, queryset: QuerySet[Action], name: str, value: bool) -> QuerySet[Action]:
        """Filter to what should be done by now."""
        late = Q(status=ActionStatus.OPEN, due_on__lt=clock.today())
        return queryset.filter(late) if value else queryset


class FollowUpFilter(django_filters.FilterSet):
    """What it asks, where it stands, whether late, and which part of the council."""

    kind = django_filters.ChoiceFilter(choices=FollowUpKind.choices, label="What it asks", empty_label="Any")
    status = django_filters.ChoiceFilter(
        choices=[*FollowUpStatus.choices, ("all", "All")],
        method="by_status",
        label="Status",
        empty_label=None,
    )
    late = django_filters.BooleanFilter(
        method="by_late", label="Late only", widget=django_filters.widgets.forms.CheckboxInput
    )
    service = django_filters.ModelChoiceFilter(
        field_name="case__service", queryset=_services, label="Service", empty_label="Any"
    )

    class Meta:
        model = FollowUp
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        """Show what is open unless another status is chosen."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("status") else found.filter(status=FollowUpStatus.OPEN)

    def by_status(self, queryset: QuerySet[FollowUp], name: str, value: str) -> QuerySet[FollowUp]:
        """Filter by status."""
        return queryset if value == "all" else queryset.filter(status=value)

    def by_late(self, queryset: QuerySet[FollowUp], name: str, value: bool) -> QuerySet[FollowUp]:
        """Filter to what should be done by now."""
        late = Q(status=FollowUpStatus.OPEN, due_on__lt=clock.today())
        return queryset.filter(late) if value else queryset
