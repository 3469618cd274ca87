"""Filter of the queue of work."""

import django_filters

from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.jobs.services import known_kinds


class JobFilter(django_filters.FilterSet):
    """Status and kind."""

    status = django_filters.ChoiceFilter(choices=JobStatus.choices, label="Status", empty_label="Any")
    kind = django_filters.ChoiceFilter(choices=known_kinds, label="Kind of work", empty_label="Any")

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()
