"""What moderation does when its dates come, and when they are moved (HER-37, HER-41)."""

from audits.programme.dates import month_of
from audits.programme.enums import OccurrenceKind
from audits.programme.events import DateMoved
from audits.programme.models import Occurrence
from audits.programme.registry import on_occurrence
from moderation.enums import OPEN, ModerationStatus
from moderation.models import Moderation
from moderation.services.allocation import allocate_waiting
from qaf.tenants.events import on
from qaf.ui.words import plural


@on_occurrence(OccurrenceKind.MODERATION_OPENS)
def give_out_the_month(occurrence: Occurrence) -> str:
    """Give moderators what the month has brought."""
    given = allocate_waiting()
    stuck = Moderation.objects.filter(status=ModerationStatus.WAITING).exclude(problem="").count()
    text = f"{plural(given, 'moderation')} given out."
    return f"{text} {stuck} without a moderator." if stuck else text


@on_occurrence(OccurrenceKind.MODERATION_ENDS)
def count_decided(occurrence: Occurrence) -> str:
    """Say how many of the month's moderations wait for their decision."""
    waiting = Moderation.objects.filter(
        audit__cycle__period=month_of(occurrence.period), status__in=OPEN
    ).count()
    return f"{plural(waiting, 'decision')} still to be made." if waiting else "Every moderation is decided."


@on(DateMoved)
def follow_the_calendar(event: DateMoved) -> None:
    """Open moderations of the month get the new day, where theirs was the month's."""
    period, kind = month_of(event.occurrence.period), event.occurrence.kind
    mine = Moderation.objects.filter(audit__cycle__period=period, carried_over=False, status__in=OPEN)
    if kind == OccurrenceKind.MODERATION_ENDS:
        mine.filter(due_on=event.before).update(due_on=event.after)
    elif kind == OccurrenceKind.MODERATION_OPENS:
        waiting = mine.filter(status=ModerationStatus.WAITING, available_on=event.before)
        waiting.update(available_on=event.after)
