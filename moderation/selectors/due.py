"""What is due of moderation."""

from collections.abc import Iterable
from functools import partial

from audits.followup.due import DueThing
from audits.selectors.facts import around_audit, framework_for
from audits.selectors.people import people_who_may
from moderation.enums import OPEN
from moderation.paths import moderation_href
from moderation.selectors.lists import moderation_list
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
