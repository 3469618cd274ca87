"""What somebody has to do about moderation."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from audits.programme.dates import period_in_words
from moderation.enums import OPEN, MeetingStatus, ModerationStatus
from moderation.models import Meeting, Moderation, PanelMember
from moderation.paths import meeting_href, moderation_href
from moderation.selectors.lists import closed_to
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo


def moderation_todo(person: Person) -> Iterable[ToDo]:
    """Return the audits to decide; for those who allocate, what nobody can moderate and what is late."""
    listed = Moderation.objects.select_related("audit", "moderator")
    for moderation in listed.filter(moderator=person, status=ModerationStatus.ALLOCATED):
        yield ToDo(
            "Moderate an audit", moderation_href(moderation), moderation.due_on, moderation.audit.reference
        )
    if not may(person, "moderation.allocate"):
        return
    stuck = list(listed.filter(~Q(problem=""), status=ModerationStatus.WAITING))
    late = list(
        listed.filter(status=ModerationStatus.ALLOCATED, due_on__lt=clock.today()).exclude(moderator=person)
    )
    closed = closed_to(person, [*stuck, *late])
    for moderation in stuck:
        yield _to_allocate(
            "Find a moderator", moderation, moderation.audit.reference, moderation.pk in closed
        )
    for moderation in late:
        about = f"{moderation.audit.reference}, with {moderation.moderator}"
        yield _to_allocate("Moderation is late", moderation, about, moderation.pk in closed)


def _to_allocate(text: str, moderation: Moderation, about: str, closed: bool) -> ToDo:
    """Whoever audited the case sees that something is to be done and leaves it to a colleague: not theirs to open."""
    if closed:
        href = reverse("moderation:list", args=[moderation.audit.authority.slug])
        return ToDo(
            text, href, moderation.due_on, f"{about}: you audited this case, so a colleague does this"
        )
    return ToDo(text, moderation_href(moderation, "allocate"), moderation.due_on, about)


def view_todo(person: Person) -> Iterable[ToDo]:
    """Return the panels that wait for the person's view."""
    found = PanelMember.objects.filter(person=person, said_at=None, moderation__status__in=OPEN)
    for one in found.exclude(moderation__moderator=person).select_related("moderation__audit"):
        href = moderation_href(one.moderation, "view")
        yield ToDo(
            "Give your view as a panel member", href, one.moderation.due_on, one.moderation.audit.reference
        )


def meeting_todo(person: Person) -> Iterable[ToDo]:
    """Return the meetings that the person chairs: to hold, and to give feedback of."""
    mine = Meeting.objects.filter(chair=person)
    for one in mine.filter(status=MeetingStatus.PLANNED):
        about = f"Audits of {period_in_words(one.period)}"
        yield ToDo(f"Hold the {one.get_kind_display().lower()}", meeting_href(one), one.due_on, about)
    held = mine.filter(status=MeetingStatus.HELD, feedback_due_on__isnull=False, receipts=None)
    for one in held:
        href, about = meeting_href(one, "feedback"), f"Audits of {period_in_words(one.period)}"
        yield ToDo("Issue the session’s feedback", href, one.feedback_due_on, about)
