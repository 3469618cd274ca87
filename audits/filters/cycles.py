"""Filters of a month's audits and of the requests to leave a child out."""

import django_filters
from django.db.models import Q, QuerySet
from django.forms import CheckboxInput

from audits.enums import AuditStatus, ExclusionStatus
from audits.models import Audit, CaseExclusion
from audits.selectors.cycles import has_unfilled_place, late_audits
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Unit


class MonthAuditFilter(django_filters.FilterSet):
    """Service, team, status, late, without an auditor, and an auditor's or worker's name."""

    service = django_filters.ModelChoiceFilter(
        queryset=lambda request: Unit.objects.filter(kind=UnitKind.SERVICE),
        label="Service",
        empty_label="Any",
    )
    team = django_filters.ModelChoiceFilter(
        queryset=lambda request: Unit.objects.filter(kind=UnitKind.TEAM).exclude(parent=None),
        label="Team",
        empty_label="Any",
    )
    status = django_filters.ChoiceFilter(
        choices=AuditStatus.choices, label="Status", empty_label="All but withdrawn"
    )
    person = django_filters.CharFilter(method="by_person", label="Auditor or worker")
    late = django_filters.BooleanFilter(method="by_late", label="Late only", widget=CheckboxInput)
    gap = django_filters.BooleanFilter(method="by_gap", label="Without an auditor only", widget=CheckboxInput)

    class Meta:
        model = Audit
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Audit]) -> QuerySet[Audit]:
        """Leave the withdrawn out unless they are asked for."""
        audits = super().filter_queryset(queryset)
        return (
            audits if self.form.cleaned_data.get("status") else audits.exclude(status=AuditStatus.WITHDRAWN)
        )

    def by_person(self, queryset: QuerySet[Audit], name: str, value: str) -> QuerySet[Audit]:
        """Filter by part of an auditor's or the worker's name."""
        words = value.strip()
        return queryset.filter(
            Q(assessments__assessor__name__icontains=words) | Q(worker__name__icontains=words)
        ).distinct()

    def by_late(self, queryset: QuerySet[Audit], name: str, value: bool) -> QuerySet[Audit]:
        """Filter to audits whose auditors are late."""
        return queryset.filter(late_audits()) if value else queryset

    def by_gap(self, queryset: QuerySet[Audit], name: str, value: bool) -> QuerySet[Audit]:
        """Filter to audits with a place that nobody fills."""
        return queryset.filter(has_unfilled_place()) if value else queryset


class ExclusionFilter(django_filters.FilterSet):
    """Status and team."""

    status = django_filters.ChoiceFilter(choices=ExclusionStatus.choices, label="Status", empty_label="Any")
    team = django_filters.ModelChoiceFilter(
        queryset=lambda request: Unit.objects.filter(kind=UnitKind.TEAM),
        field_name="case__team",
        label="Team",
        empty_label="Any",
    )

    class Meta:
        model = CaseExclusion
        fields: tuple[str, ...] = ()
