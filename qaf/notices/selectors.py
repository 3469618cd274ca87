"""Reads about notices."""

from django.db.models import QuerySet

from qaf.notices.models import Notice
from qaf.tenants.models import Person


def notices_of(person: Person) -> QuerySet[Notice]:
    """Return a person's notices, newest first."""
    return Notice.objects.filter(person=person)


def unread_count(person: Person) -> int:
    """Return how many notices the person has not read."""
    return notices_of(person).filter(read_at=None).count()
