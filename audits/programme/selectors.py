"""Reads of the calendar: what is due, what comes next, the year, and whose dates a link shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from audits.frameworks.models import FrameworkVersion
from audits.programme.dates import month_label, month_of
from audits.programme.enums import OF_A_MONTH, OF_A_QUARTER, OccurrenceKind
from audits.programme.models import Calendar, Feed, Occurrence
from qaf.jobs.enums import OPEN
from qaf.jobs.models import Job
from qaf.lib import calendar, clock
from qaf.tenants.models import Person, Unit
from qaf.tenants.selectors.people import posts_on

JOB = "programme.occurrence"
AHEAD_MONTHS = 13


def job_key(occurrence: Occurrence) -> str:
    """Return the key of the job that does the occurrence: one for its kind and period."""
    return f"{occurrence.kind}:{occurrence.period}"


# Due -----------------------------------------------------------------------------------------------------------------


def standing_of_calendar(today: date) -> Calendar | None:
    """Return the council's calendar with what one look must know, in one query: ``in_force`` and ``has_due``."""
    version = FrameworkVersion.objects.filter(effective_from__lte=today).order_by("-number")
    return Calendar.objects.annotate(
        in_force=Subquery(version.values("pk")[:1]),
        has_due=Exists(Occurrence.objects.filter(authority=OuterRef("authority"), **_due(today))),
    ).first()


def _due(today: date) -> dict[str, object]:
    return {"done_at": None, "due_on__lte": today}


def due_occurrences() -> list[Occurrence]:
    """Return what is due and not done, in the order in which it is to be done."""
    found = Occurrence.objects.filter(**_due(clock.today()))
    return sorted(found, key=lambda one: (one.due_on, OccurrenceKind(one.kind).rank, one.period))


def jobs_of(occurrences: Iterable[Occurrence]) -> dict[str, Job]:
    """Return the jobs that did, do or did not manage the occurrences, by key."""
    keys = [job_key(one) for one in occurrences]
    return {job.key: job for job in Job.objects.filter(kind=JOB, key__in=keys)}


def first_to_do() -> tuple[Occurrence, Job | None] | None:
    """Return the first due date, with its job where that waits or runs already.

    One whose job has failed waits for somebody to try it again, and holds nothing else up.
    """
    due = due_occurrences()
    jobs = jobs_of(due)
    for one in due:
        job = jobs.get(job_key(one))
        if job is None or job.status in OPEN:
            return one, job
    return None


def automatic_opening() -> bool:
    """Say whether months open by themselves."""
    return Calendar.objects.exclude(automatic_opening=True).first() is None


def moved_day(kind: OccurrenceKind, month: date) -> date | None:
    """Return the day to which somebody moved a month's date; ``None`` where the framework's stands."""
    moved = Occurrence.objects.filter(kind=kind, period=month_label(month))
    return moved.values_list("moved_on", flat=True).first()


# Looking -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One month or quarter of the year's table: a cell for each kind, ``None`` where there is no such date."""

    title: str
    starts_on: date
    cells: list[Occurrence | None]


def coming(limit: int = 6) -> QuerySet[Occurrence]:
    """Return what comes next, and what is late."""
    return Occurrence.objects.filter(done_at=None).order_by("due_on", "id")[:limit]


def year_from(month: date) -> tuple[list[Row], list[Row], list[Occurrence]]:
    """Return twelve months, their quarters, and the reviews of the framework among them."""
    starts = calendar.month_start(month)
    months = [calendar.add_months(starts, n) for n in range(12)]
    quarters = list(dict.fromkeys(calendar.quarter_of(one) for one in months))
    labels = [month_label(one) for one in months] + [calendar.quarter_label(*one) for one in quarters]
    found = {(one.kind, one.period): one for one in Occurrence.objects.filter(period__in=labels)}
    monthly = [
        Row(f"{one:%B %Y}", one, [found.get((kind, month_label(one))) for kind in OF_A_MONTH])
        for one in months
    ]
    quarterly = [
        Row(
            calendar.quarter_title(*one),
            month_of(calendar.quarter_label(*one)),
            [found.get((kind, calendar.quarter_label(*one))) for kind in OF_A_QUARTER],
        )
        for one in quarters
    ]
    reviews = [one for (kind, _), one in found.items() if kind == OccurrenceKind.FRAMEWORK_REVIEW]
    return monthly, quarterly, sorted(reviews, key=lambda one: one.due_on)


# Links ---------------------------------------------------------------------------------------------------------------


def units_led_by(person: Person) -> QuerySet[Unit]:
    """Return the services and teams whose work ``person`` manages today, the teams of a service included."""
    posts = posts_on(clock.today()).filter(person=person, role__in_line=True)
    units = Unit.objects.filter(closed_on=None).select_related("parent")
    if posts.filter(unit=None).exists():
        return units
    own = posts.values("unit")
    return units.filter(pk__in=own) | units.filter(parent__in=own)


def feeds_of(person: Person) -> QuerySet[Feed]:
    """Return the person's links that have not been revoked."""
    return Feed.objects.filter(person=person, revoked_at=None).select_related("unit")


def people_of(unit: Unit) -> list[Person]:
    """Return those who work in the unit or hold a post for it today, its teams included."""
    units, today = [unit.pk, *unit.children.values_list("pk", flat=True)], clock.today()
    posts = posts_on(today).filter(unit__in=units).values("person")
    here = Q(left_on=None) | Q(left_on__gte=today)
    people = Person.objects.filter(here, user__isnull=False)
    return list((people.filter(unit__in=units) | people.filter(pk__in=posts)).distinct())


def dates_of_council() -> QuerySet[Occurrence]:
    """Return the council's dates from three months ago."""
    return Occurrence.objects.filter(due_on__gte=calendar.add_months(clock.today(), -3))
