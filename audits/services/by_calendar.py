"""What the audit loop does when its dates come (HER-02, HER-14)."""

from datetime import date

from audits.enums import CycleStatus
from audits.events import CycleOpened
from audits.followup.selectors import answering
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import framework_in_force
from audits.models import Assessment, Audit, Cycle
from audits.programme.dates import month_of
from audits.programme.enums import OccurrenceKind
from audits.programme.events import DateMoved
from audits.programme.models import Occurrence
from audits.programme.registry import on_occurrence
from audits.programme.selectors import automatic_opening, moved_day
from audits.programme.services import note_done
from audits.selectors.action_position import position_effects, position_in_words
from audits.selectors.audits import OPEN_ASSESSMENT
from audits.selectors.people import people_who_may
from audits.selectors.quota import has_quota, quota_of_month, shortfalls
from audits.services.cycles import close_finished_cycles, open_cycle, prepare_cycle
from audits.services.lists import propose_list
from audits.services.notifying import month_begins, shortfall
from audits.services.trends import look_at_quarter
from qaf.lib import calendar, clock
from qaf.lib.calendar import local_date
from qaf.notices.services import tell
from qaf.tenants.events import on
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.selectors import holders
from qaf.ui.words import long_date, plural
from qaf.ui.words import month as month_words


@on_occurrence(OccurrenceKind.CASE_LIST)
def list_the_cases(occurrence: Occurrence) -> str:
    """Draw the month before it begins, so that those concerned have notice; or propose a list for a post to settle.

    Raises ``TransitionRefused`` with what stands in the way, such as a month without its theme.
    """
    period = month_of(occurrence.period)
    framework = framework_in_force(occurrence.due_on)
    if framework.allocation.notice_on is not None:
        return _open(period, framework)
    if framework.unimplemented():
        return _cannot_run(framework)
    rows = propose_list(cycle=prepare_cycle(period=period))
    return f"{plural(len(rows), 'case')} proposed."


@on_occurrence(OccurrenceKind.ALLOCATION)
def open_the_month(occurrence: Occurrence) -> str:
    """Draw and allocate the month, unless somebody has, or the council opens its months by hand.

    A framework with rules that this release cannot run opens nothing, and says so rather than failing every month.
    Raises ``TransitionRefused`` with what else stands in the way.
    """
    return _open(month_of(occurrence.period), framework_in_force(occurrence.due_on))


def _open(period: date, framework: Framework) -> str:
    existing = Cycle.objects.filter(period=period).exclude(status=CycleStatus.DRAFT).first()
    if existing is not None:
        return _opened_before(existing)
    if framework.unimplemented():
        return _cannot_run(framework)
    if not automatic_opening():
        _ask_to_open(period)
        return "Left to be opened by hand: whoever opens months has been told."
    cycle = open_cycle(cycle=prepare_cycle(period=period), person=None)
    return f"Opened with {plural(cycle.audits.count(), 'audit')}."


def _cannot_run(framework: Framework) -> str:
    gaps = framework.unimplemented()
    return (
        f"Not opened: this release cannot run {plural(len(gaps), 'rule')} of the framework, which lists them."
    )


def _opened_before(cycle: Cycle) -> str:
    who = cycle.opened_by.name if cycle.opened_by else "the calendar"
    drawn_on = local_date(cycle.opened_at) if cycle.opened_at else cycle.allocated_on
    if cycle.allocated_on is not None and drawn_on is not None and drawn_on < cycle.allocated_on:
        waiting = Assessment.objects.filter(audit__cycle=cycle, status__in=OPEN_ASSESSMENT)
        people = Person.objects.filter(pk__in=waiting.values("assessor")).distinct()
        month_begins(cycle=cycle, people=list(people))
        return f"Begun; listed on {long_date(drawn_on)} by {who}."
    return f"Opened already, by {who}."


def _ask_to_open(period: date) -> None:
    tell(
        people=people_who_may("audits.open_cycle"),
        kind="month_to_open",
        key=f"{period:%Y-%m}",
        subject=f"Allocation day: open the audits of {month_words(period)}",
        body="Your council opens its months by hand.",
        href=council_path("audits:prepare_month", period),
    )


@on_occurrence(OccurrenceKind.SUBMISSION)
def count_submitted(occurrence: Occurrence) -> str:
    """Say how many parts of the month's audits have come in."""
    parts = Assessment.objects.filter(audit__cycle__period=month_of(occurrence.period))
    waiting = parts.filter(status__in=OPEN_ASSESSMENT).count()
    return f"{plural(waiting, 'part')} of the month’s audits not submitted yet." if parts.exists() else ""


@on_occurrence(OccurrenceKind.MONTH_END)
def close_what_is_finished(occurrence: Occurrence) -> str:
    """Close the months whose every audit has ended."""
    close_finished_cycles()
    audits = Audit.objects.filter(cycle__period=month_of(occurrence.period))
    return f"{plural(audits.count(), 'audit')} in the month’s cohort." if audits.exists() else ""


@on_occurrence(OccurrenceKind.MONTH_END)
def report_positions(occurrence: Occurrence) -> str:
    """Tell those above of the position on the actions of the audits that a rule reports upwards (WSX-15)."""
    framework = framework_in_force(occurrence.due_on)
    effects = position_effects(framework)
    if not effects:
        return ""
    on = occurrence.due_on
    people = [
        person
        for effect in effects
        for party in effect.to
        for person in holders(*framework.role_keys(party), on=on)
    ]
    tell(
        people=answering(people, on=on),
        kind="action_position",
        key=occurrence.period,
        subject=f"Position on actions, {month_words(month_of(occurrence.period))}",
        body=position_in_words(on),
        href=f"{council_path('audits:positions')}?which=reported",
    )
    return f"The position on actions was reported to {plural(len(set(people)), 'person', 'people')}."


@on_occurrence(OccurrenceKind.MONTH_END)
def raise_shortfalls(occurrence: Occurrence) -> str:
    """Tell those who run months whose share of the month is not done (SLO-111)."""
    cycle = Cycle.objects.filter(period=month_of(occurrence.period)).exclude(status=CycleStatus.DRAFT).first()
    if cycle is None or not has_quota(cycle):
        return ""
    missing = shortfalls(quota_of_month(cycle))
    if not missing:
        return "Everybody has done their audits of the month."
    lines = [f"{one.person.name} ({one.role}): {one.done} of {one.asked} done." for one in missing]
    shortfall(cycle=cycle, lines=lines, people=people_who_may("audits.open_cycle"))
    return f"{plural(len(missing), 'person has', 'people have')} audits of the month not done."


@on_occurrence(OccurrenceKind.QUARTER_END)
def look_for_changes(occurrence: Occurrence) -> str:
    """Look for grades that moved from the quarter before, and bring them up as the framework says."""
    year, quarter = calendar.parse_quarter(occurrence.period)
    found = look_at_quarter(year=year, quarter=quarter)
    return f"{plural(len(found), 'change')} of grades brought up." if found else ""


@on(CycleOpened)
def settle_the_days(event: CycleOpened) -> None:
    """The calendar knows that the month is open; a submission day that was moved before holds from the first."""
    who = event.cycle.opened_by.name if event.cycle.opened_by else "the calendar"
    ahead = event.cycle.allocated_on is not None and event.cycle.allocated_on > clock.today()
    kind = OccurrenceKind.CASE_LIST if ahead else OccurrenceKind.ALLOCATION
    note_done(kind=kind, month=event.cycle.period, outcome=f"Opened by {who}.")
    day = moved_day(OccurrenceKind.SUBMISSION, event.cycle.period)
    if day is not None and event.cycle.allocated_on and day > event.cycle.allocated_on:
        _submit_by(event.cycle, day)


@on(DateMoved)
def give_the_new_submission_day(event: DateMoved) -> None:
    """Auditors who have not submitted get the new day, where theirs was the month's."""
    if event.occurrence.kind != OccurrenceKind.SUBMISSION:
        return
    period = month_of(event.occurrence.period)
    for cycle in Cycle.objects.filter(period=period, status=CycleStatus.OPEN):
        _submit_by(cycle, event.after)


def _submit_by(cycle: Cycle, day: date) -> None:
    was = cycle.due_on
    if was is None:
        return
    waiting = Assessment.objects.filter(audit__cycle=cycle, status__in=OPEN_ASSESSMENT, due_on=was)
    audits = Audit.objects.filter(pk__in=waiting.values("audit"), due_on=was)
    audits.update(due_on=day)
    waiting.update(due_on=day)
    cycle.due_on = day
    cycle.save(update_fields=["due_on"])
