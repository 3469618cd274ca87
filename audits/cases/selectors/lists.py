"""The case list as people see it."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Case as ByCase
from django.db.models import Count, IntegerField, Q, QuerySet, When

from audits.cases.enums import AssignmentKind, CaseStatus, ImportStatus, RowAction
from audits.cases.models import Assignment, Case, CaseImport, ImportRow
from qaf.lib import clock
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Unit
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo
from qaf.ui.words import long_date

RELATED = ("service", "team", "worker", "chair", "manager")


def visible_cases(person: Person) -> QuerySet[Case]:
    """Return the cases that ``person`` may see: all, or those they hold or answer for; restricted ones if cleared.

    A manager whose team or service is missing in the directory answers for none until it is entered.
    """
    cases = Case.objects.select_related(*RELATED)
    if not may(person, "cases.view"):
        today = clock.today()
        running = Q(ends_on=None) | Q(ends_on__gte=today)
        units = list(
            person.posts.filter(
                running,
                Q(unit__isnull=False) | Q(role__whole_council=True),
                starts_on__lte=today,
                role__in_line=True,
            ).values_list("unit_id", flat=True)
        )
        whole = None in units
        line = Q(pk__isnull=False) if whole else Q(team__in=units) | Q(service__in=units)
        cases = cases.filter(Q(worker=person) | Q(chair=person) | Q(manager=person) | line)
    if not (person.cleared_for_restricted or may(person, "cases.see_restricted")):
        cases = cases.filter(Q(restricted=False) | Q(worker=person))
    return cases


def open_cases() -> QuerySet[Case]:
    """Return the open cases of the council, restricted ones too."""
    return Case.objects.filter(closed_on=None)


def held_on(case: Case, kind: AssignmentKind, day: date) -> Assignment | None:
    """Return who or which team had the case on ``day``; ``None`` when nobody had."""
    return (
        Assignment.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=day), case=case, kind=kind, starts_on__lte=day
        )
        .select_related("person", "unit")
        .order_by("-starts_on", "-id")
        .first()
    )


def unmapped_teams() -> QuerySet[Unit]:
    """Return the teams that no service holds yet, with the number of their open cases."""
    return Unit.objects.filter(kind=UnitKind.TEAM, parent=None).annotate(
        open_cases=Count("cases", filter=Q(cases__closed_on=None))
    )


def unmapped_people() -> QuerySet[Person]:
    """Return people known from case lists only: nobody has said yet who they are."""
    return (
        Person.objects.filter(email="", user=None, left_on=None)
        .exclude(source_name="")
        .filter(posts=None)
        .select_related("unit")
        .annotate(open_cases=Count("cases", filter=Q(cases__closed_on=None)))
    )


def unmapped_role_codes() -> dict[str, int]:
    """Return the role codes of the last import that the council has not explained, with how often each came."""
    last = CaseImport.objects.exclude(unmapped={}).order_by("-id").first()
    return dict(last.unmapped.get("roles", {})) if last else {}


def rows_in_order(rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    """Return staged rows with what needs a look first: refused, closed, new, changed, unchanged."""
    order = (RowAction.REFUSED, RowAction.CLOSED, RowAction.NEW, RowAction.CHANGED, RowAction.UNCHANGED)
    place = ByCase(
        *(When(action=action, then=number) for number, action in enumerate(order)),
        output_field=IntegerField(),
    )
    return rows.order_by(place, "id")


def last_import() -> CaseImport | None:
    """Return the latest import that was written and not undone."""
    return CaseImport.objects.filter(status=ImportStatus.DONE).order_by("-as_of", "-id").first()


def imports_todo(person: Person) -> Iterator[ToDo]:
    """Yield the previews that wait for ``person``'s word."""
    if not may(person, "cases.import"):
        return
    for case_import in CaseImport.objects.filter(status=ImportStatus.PREVIEW, started_by=person):
        href = council_path("cases:import", case_import.pk)
        yield ToDo(f"Confirm the case list of {long_date(case_import.as_of)}", href)


def figures(cases: QuerySet[Case]) -> dict[str, int]:
    """Return the number of open cases in each status, in the order of the statuses."""
    counted = dict(cases.filter(closed_on=None).order_by().values_list("status").annotate(n=Count("id")))
    return {status.label: counted.get(status.value, 0) for status in CaseStatus}
