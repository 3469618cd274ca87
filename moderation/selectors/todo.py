"""What somebody has to do about moderation."""

from collections.abc import Iterable

from django.db.models import Q

from audits.programme.dates import period_in_words
from moderation.enums import OPEN, MeetingStatus, ModerationStatus
from moderation.models import Meeting, PanelMember
from moderation.paths import meeting_href, moderation_href
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


def view_todo(person: Person) -> Iterable[ToDo]:
    """Return the panels that wait for the person's view."""
    found = PanelMember.objects.filter(person=person, said_at=None, moderation__status__in=OPEN)
    for one in found.exclude(moderation__moderator=person).select_related("moderation__audit__authority"):
        href = moderation_href(one.moderation, "view")
        yield ToDo(
            "Give your view as a panel member", href, one.moderation.due_on, one.moderation.audit.reference
        )


def meeting_todo(person: Person) -> Iterable[ToDo]:
    """Return the meetings that the person chairs: to hold, and to give feedback of."""
    mine = Meeting.objects.filter(chair=person).select_related("authority")
    for one in mine.filter(status=MeetingStatus.PLANNED):
        about = f"Audits of {period_in_words(one.period)}"
        yield ToDo(f"Hold the {one.get_kind_display().lower()}", meeting_href(one), one.due_on, about)
    held = mine.filter(status=MeetingStatus.HELD, feedback_due_on__isnull=False, receipts=None)
    for one in held:
        href, about = meeting_href(one, "feedback"), f"Audits of {period_in_words(one.period)}"
        yield ToDo("Issue the session’s feedback", href, one.feedback_due_on, about)
