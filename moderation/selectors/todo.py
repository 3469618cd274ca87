"""What somebody has to do about moderation."""

from collections.abc import Iterable

from django.db.models import Q

from moderation.enums import ModerationStatus
from moderation.paths import moderation_href
from moderation.selectors.lists import moderation_list, overdue
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo


def moderation_todo(person: Person) -> Iterable[ToDo]:
    """Return the audits to decide; for those who allocate, what nobody can moderate and what is late."""
    for moderation in moderation_list().filter(moderator=person, status=ModerationStatus.ALLOCATED):
        yield ToDo(
            "Moderate an audit", moderation_href(moderation), moderation.due_on, moderation.audit.reference
        )
    if not may(person, "moderation.allocate"):
        return
    stuck = moderation_list().filter(~Q(problem=""), status=ModerationStatus.WAITING)
    for moderation in stuck:
        href = moderation_href(moderation, "allocate")
        yield ToDo("Find a moderator", href, moderation.due_on, moderation.audit.reference)
    for moderation in overdue().filter(status=ModerationStatus.ALLOCATED).exclude(moderator=person):
        href = moderation_href(moderation, "allocate")
        about = f"{moderation.audit.reference}, with {moderation.moderator}"
        yield ToDo("Moderation is late", href, moderation.due_on, about)
