"""Bringing the calendar in step with the framework in force."""

from collections.abc import Mapping
from datetime import date

from audits.frameworks.models import FrameworkVersion
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import framework_of
from audits.programme.dates import Planned, month_label, year_dates
from audits.programme.enums import AFTER_ALLOCATION, OccurrenceKind
from audits.programme.models import Calendar, Occurrence
from audits.programme.selectors import AHEAD_MONTHS, JOB, job_key
from qaf.jobs.models import Job
from qaf.lib import calendar, clock

Found = Mapping[tuple[str, str], Occurrence]


def plan_calendar() -> Calendar | None:
    """Plan thirteen months ahead by the frameworks in force; ``None`` where the council has none yet.

    What was done stays as it is, and so does what is due already, unless what it hangs on came late: then its day
    lies ahead again, also where it passed while its month was not open. What somebody moved keeps their day. Doing
    it twice, or two at once, changes nothing: one kind happens once in its period.
    """
    today = clock.today()
    versions = list(FrameworkVersion.objects.order_by("-number"))
    in_force = next((one for one in versions if one.effective_from <= today), None)
    if in_force is None:
        return None
    ends = calendar.month_end(calendar.add_months(today, AHEAD_MONTHS))
    council, _ = Calendar.objects.get_or_create(
        defaults={"starts_on": today, "planned_until": ends, "framework_version": in_force}
    )

    def framework_on(day: date) -> tuple[Framework, date] | None:
        version = next((one for one in versions if one.effective_from <= day), None)
        return (framework_of(version), version.effective_from) if version else None

    found = {(one.kind, one.period): one for one in Occurrence.objects.all()}
    moved = {key: day for key, one in found.items() if (day := _settled_day(one))}
    _write(year_dates(framework_on, starts=council.starts_on, ends=ends, moved=moved), found, today)
    if (council.planned_until, council.framework_version_id) != (ends, in_force.pk):
        council.planned_until, council.framework_version = ends, in_force
        council.save(update_fields=["planned_until", "framework_version"])
    return council


def note_done(*, kind: OccurrenceKind, month: date, outcome: str) -> None:
    """Note that somebody has done by hand, today, what the calendar holds for a month; what hangs on it follows."""
    rows = Occurrence.objects.filter(kind=kind, period=month_label(month))
    if rows.update(done_at=clock.now(), outcome=outcome[:300]):
        plan_calendar()


def _settled_day(one: Occurrence) -> date | None:
    """The day from which others are reckoned: a month's dates count from the day on which it was really opened."""
    if one.done_at and one.kind == OccurrenceKind.ALLOCATION:
        return calendar.local_date(one.done_at)
    return one.moved_on


def _write(wanted: list[Planned], found: Found, today: date) -> None:
    new, changed, again = [], [], []
    for one in wanted:
        row = found.get((one.kind, one.period))
        if row is None:
            new.append(Occurrence(kind=one.kind, period=one.period, planned_on=one.on))
        elif row.planned_on != one.on and (_is_ahead(row, today) or (row.done_at is None and one.on > today)):
            row.planned_on = one.on
            changed.append(row)
        elif one.on > today and _passed_in_vain(row, found):
            row.planned_on, row.done_at, row.outcome = one.on, None, ""
            changed.append(row)
            again.append(job_key(row))
    Occurrence.objects.bulk_create(new, ignore_conflicts=True)
    Occurrence.objects.bulk_update(changed, ["planned_on", "done_at", "outcome"])
    # The key of a job is its occurrence's: the one that found nothing to do makes room for the one that will.
    Job.objects.filter(kind=JOB, key__in=again).delete()
    asked = {(one.kind, one.period) for one in wanted}
    gone = [
        row.pk
        for key, row in found.items()
        if key not in asked and _is_ahead(row, today) and row.moved_on is None
    ]
    Occurrence.objects.filter(pk__in=gone, done_at=None).delete()


def _passed_in_vain(row: Occurrence, found: Found) -> bool:
    """Whether the day was ticked off before its month was opened: nothing could be done on it."""
    opened = found.get((OccurrenceKind.ALLOCATION, row.period))
    return bool(
        row.kind in AFTER_ALLOCATION
        and row.done_at
        and opened
        and opened.done_at
        and row.done_at < opened.done_at
    )


def _is_ahead(row: Occurrence, today: date) -> bool:
    return row.done_at is None and row.due_on > today
