"""When a message may leave: at once, or with the next digest, and never in somebody's quiet hours. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from qaf.lib import calendar
from qaf.notices.enums import Rhythm

DIGEST_AT = time(8)
"""When digests leave, on England's clocks."""
GATHER = timedelta(minutes=5)
"""How long a reminder waits for others, so that several leave as one message."""


@dataclass(frozen=True)
class Wishes:
    """What somebody chose; the defaults are everybody's until they choose."""

    rhythm: str = Rhythm.AT_ONCE
    quiet_from: time = time(19)
    quiet_until: time = time(7)
    quiet_days_off: bool = True


def leaves_at(now: datetime, wishes: Wishes, *, urgent: bool = False, can_wait: bool = False) -> datetime:
    """Return the earliest moment at which a message written at ``now`` may leave.

    What is urgent leaves at once. ``can_wait``: some minutes, for others to leave with it.
    """
    if urgent:
        return now
    if wishes.rhythm == Rhythm.AT_ONCE:
        return out_of_quiet_hours(now + GATHER if can_wait else now, wishes)
    local = calendar.to_london(now)
    day = local.date() if local.time() < DIGEST_AT else local.date() + calendar.ONE_DAY
    if wishes.rhythm == Rhythm.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    if wishes.quiet_days_off:
        day = calendar.working_day_on_or_after(day)
    return out_of_quiet_hours(datetime.combine(day, DIGEST_AT, calendar.LONDON), wishes)


def out_of_quiet_hours(moment: datetime, wishes: Wishes) -> datetime:
    """Return the moment itself, or the end of the quiet hours and days off that it falls into."""
    local = calendar.to_london(moment)
    end = _end_of_quiet(local.time(), wishes)
    if end is not None:
        day = local.date() if local.time() < end else local.date() + calendar.ONE_DAY
        local = datetime.combine(day, end, calendar.LONDON)
    if wishes.quiet_days_off and not calendar.is_working_day(local.date()):
        first = time.min if wishes.quiet_from == wishes.quiet_until else wishes.quiet_until
        local = datetime.combine(calendar.next_working_day(local.date()), first, calendar.LONDON)
    return local


def _end_of_quiet(at: time, wishes: Wishes) -> time | None:
    start, end = wishes.quiet_from, wishes.quiet_until
    quiet = start <= at < end if start < end else at >= start or at < end
    return end if quiet and start != end else None
