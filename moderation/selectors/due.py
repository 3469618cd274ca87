"""What is due of moderation."""

from collections.abc import Iterable
from functools import partial

from audits.followup.due import DueThing
from audits.selectors.facts import around_audit, framework_for
from audits.selectors.people import people_who_may
from moderation.enums import OPEN, MeetingStatus
from moderation.models import PanelMember
from moderation.paths import meeting_href, moderation_href
from moderation.selectors.lists import moderation_list
from moderation.selectors.meetings import framework_of_meeting, meeting_list
from qaf.lib import calendar


def due_moderations(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the moderations to be decided; their lateness reaches those who allocate at once (HER-41)."""
    found = moderation_list().filter(status__in=OPEN)
    found = found if ids is None else found.filter(pk__in=list(ids))
    leads = tuple(people_who_may("moderation.allocate"))
    for one in found:
        given = one.allocated_at or one.opened_at
        yield DueThing(
            kind="moderation",
            pk=one.pk,
            about=one.audit.reference,
            text="moderation",
            what="moderation",
            href=moderation_href(one),
            due_on=one.due_on,
            asked_on=calendar.local_date(given),
            people=(one.moderator,) if one.moderator else (),
            framework=framework_for(one.audit),
            around=partial(around_audit, one.audit),
            trigger="moderation_overdue",
            watchers=leads,
        )


def due_views(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the views that members of a panel have not given."""
    found = PanelMember.objects.filter(said_at=None, moderation__status__in=OPEN)
    found = found if ids is None else found.filter(pk__in=list(ids))
    for one in found.select_related("person", "moderation__audit"):
        audit = one.moderation.audit
        yield DueThing(
            kind="panel_view",
            pk=one.pk,
            about=audit.reference,
            text="your view, on the panel that moderates it",
            what="a panel member's view",
            href=moderation_href(one.moderation, "view"),
            due_on=one.moderation.due_on,
            asked_on=calendar.local_date(one.moderation.opened_at),
            people=(one.person,),
            framework=framework_for(audit),
        )


def due_meetings(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the meetings to be held, and the sessions whose feedback has not gone out."""
    found = meeting_list().filter(chair__isnull=False)
    found = found if ids is None else found.filter(pk__in=list(ids))
    for one in found.exclude(status=MeetingStatus.HELD, feedback_due_on=None).exclude(
        status=MeetingStatus.HELD, receipts__isnull=False
    ):
        held = one.status == MeetingStatus.HELD
        due_on = (one.feedback_due_on or one.due_on) if held else one.due_on
        words = one.get_kind_display().lower()
        yield DueThing(
            kind="meeting",
            pk=one.pk,
            about=one.period,
            text=f"feedback of the {words}" if held else words,
            what=f"the {words}",
            href=meeting_href(one, "feedback" if held else "meeting"),
            due_on=due_on,
            asked_on=one.due_on if held else calendar.month_start(one.due_on),
            people=(one.chair,) if one.chair else (),
            framework=framework_of_meeting(one),
        )
