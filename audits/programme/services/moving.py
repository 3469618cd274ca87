"""Moving a date, with a reason, and what hangs on it."""

from datetime import date

from django.core.exceptions import ValidationError

from audits.frameworks.enums import NonWorkingDay
from audits.frameworks.selectors import framework_in_force
from audits.programme.dates import month_of
from audits.programme.enums import FIXED, KEPT_BY_PEOPLE, OF_A_MONTH, OccurrenceKind
from audits.programme.events import DateMoved
from audits.programme.models import Calendar, Occurrence
from audits.programme.selectors import JOB, job_key
from audits.programme.services.planning import plan_calendar
from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.lib import calendar, clock
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.scope import because
from qaf.ui.words import long_date


def move_date(*, occurrence: Occurrence, to: date, reason: str, person: Person) -> Occurrence:
    """Move a date that has not come yet, or was not done; the dates of its month that hang on it follow.

    Raises ``PermissionDenied``; ``ValidationError`` where the date cannot move or the day will not do.
    """
    require(person, "programme.move")
    occurrence = Occurrence.objects.select_for_update(no_key=True).get(pk=occurrence.pk)
    _check(occurrence, to, reason)
    waiting = Job.objects.filter(kind=JOB, key=job_key(occurrence))
    waiting.exclude(status__in=(JobStatus.RUNNING, JobStatus.DONE)).delete()
    if waiting.exists():
        raise ValidationError("This is being done at the moment, so it cannot be moved any more.")
    before = occurrence.due_on
    with because(f"Date moved: {reason}", person=person):
        occurrence.moved_on = None if to == occurrence.planned_on else to
        occurrence.reason, occurrence.moved_by = reason.strip(), person
        occurrence.save(update_fields=["moved_on", "reason", "moved_by"])
        occurrence.refresh_from_db()
        plan_calendar()
        publish(DateMoved(occurrence, before, occurrence.due_on))
    return occurrence


def _check(occurrence: Occurrence, to: date, reason: str) -> None:
    if occurrence.kind in FIXED:
        raise ValidationError("A month and a quarter end when they end.")
    if occurrence.done_at is not None:
        raise ValidationError("This has been done already, so it cannot be moved any more.")
    faults: dict[str, str] = {}
    if not reason.strip():
        faults["reason"] = "Say why the date is moved"
    if to < clock.today():
        faults["to"] = "The day must be today or in the future"
    elif to == occurrence.due_on:
        faults["to"] = f"It is on {long_date(to)} already"
    elif not calendar.is_working_day(to) and not _may_fall_on_a_weekend(occurrence):
        name = calendar.bank_holiday(to)
        why = f"is a bank holiday ({name})" if name else "is not a working day"
        nearest = long_date(calendar.working_day_on_or_before(to))
        faults["to"] = f"{long_date(to)} {why}. The working day before is {nearest}"
    elif out_of_order := _out_of_order(occurrence, to):
        faults["to"] = out_of_order
    if faults:
        raise ValidationError(faults)


def _may_fall_on_a_weekend(occurrence: Occurrence) -> bool:
    """Whether the council lets the product itself act on weekends, and this is such a day."""
    if occurrence.kind in KEPT_BY_PEOPLE:
        return False
    return framework_in_force().calendar.issue_on_non_working_day is NonWorkingDay.KEEP


def _out_of_order(occurrence: Occurrence, to: date) -> str:
    kind = OccurrenceKind(occurrence.kind)
    if kind in (OccurrenceKind.MONTHLY_BRIEFING, OccurrenceKind.QUARTERLY_REPORT):
        starts = month_of(occurrence.period)
        end = calendar.month_end(starts if kind in OF_A_MONTH else calendar.add_months(starts, 2))
        return "" if to > end else f"The period ends on {long_date(end)}: report on it after that"
    pairs = {
        OccurrenceKind.SUBMISSION: OccurrenceKind.ALLOCATION,
        OccurrenceKind.MODERATION_ENDS: OccurrenceKind.MODERATION_OPENS,
    }
    if kind not in pairs:
        return ""
    first = Occurrence.objects.filter(kind=pairs[kind], period=occurrence.period).first()
    if first is None or to > first.due_on:
        return ""
    return f"It must be after {first.get_kind_display().lower()}, {long_date(first.due_on)}"


def switch_opening(*, automatic: bool, person: Person) -> None:
    """Have months open by themselves, or leave it to people. Raises ``PermissionDenied``."""
    require(person, "programme.move")
    if plan_calendar() is None:
        raise ValidationError("The council has no framework in force yet, so it has no calendar.")
    word = "on" if automatic else "off"
    with because(f"Automatic opening switched {word}", person=person):
        Calendar.objects.update(automatic_opening=automatic)
