"""A plan into the tables, in bulk. The caller holds the transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from audits.cases.enums import AliasKind, AssignmentKind, CaseStatus, RowAction
from audits.cases.formats.rows import SUPPLEMENT, CaseRow
from audits.cases.models import Assignment, Case, CaseImport, ImportRow, StatusPeriod
from audits.cases.selectors.names import Directory, name_key
from audits.cases.selectors.service_map import default_services
from audits.cases.services.planning import HELD_BY, PLAIN, STORED, Step, held_by
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Unit
from qaf.tenants.services import order_purge

BATCH = 2000
KINDS = {
    "worker": AssignmentKind.WORKER,
    "chair": AssignmentKind.CHAIR,
    "manager": AssignmentKind.MANAGER,
    "team": AssignmentKind.TEAM,
}


@dataclass(slots=True)
class Written:
    """What a plan wrote."""

    new: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    teams: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


class Writer:
    """Writes steps; what was there before is kept for undoing."""

    def __init__(self, case_import: CaseImport):
        self.case_import, self.as_of = case_import, case_import.as_of
        self.written = Written()
        self.directory = Directory()
        self.services = default_services()

    def write(self, steps: list[Step]) -> Written:
        """Write everything that is new, changed or closed."""
        steps = [step for step in steps if step.action != RowAction.UNCHANGED]
        self._make_names(steps)
        for step in steps:
            if step.case is not None:
                self.written.known.add(step.row.local_id)
        held_before = {
            s.row.local_id: {n: getattr(s.case, f"{n}_id") for n in HELD_BY} for s in steps if s.case
        }
        status_before = {s.row.local_id: (s.case.status, s.case.is_open) for s in steps if s.case}
        cases = [self._filled(step) for step in steps]
        save_cases(cases)
        by_action = {step.row.local_id: step.action for step in steps}
        self.written.new = [case.pk for case in cases if by_action[case.local_id] == RowAction.NEW]
        self.written.closed = [case.pk for case in cases if by_action[case.local_id] == RowAction.CLOSED]
        self._dated(steps, cases, held_before, status_before)
        return self.written

    # -- people and teams -------------------------------------------------------------------------

    def _make_names(self, steps: Iterable[Step]) -> None:
        """Create the teams and people that nobody has heard of; they are mapped later."""
        teams: dict[str, str] = {}
        people: dict[str, tuple[str, str]] = {}
        for step in steps:
            row = step.row
            if step.action == RowAction.CLOSED:
                continue
            if row.team and self.directory.team(row.team).pk is None:
                teams.setdefault(name_key(row.team), row.team)
            for name, team in ((row.worker, row.team), (row.iro, ""), (row.manager, row.team)):
                if name and self.directory.person(name).pk is None:
                    people.setdefault(name_key(name), (name, team or ""))
        Unit.objects.bulk_create(
            [Unit(kind=UnitKind.TEAM, key=name[:60], name=name) for name in teams.values()],
            ignore_conflicts=True,
        )
        if teams:
            self.directory = Directory()
        Person.objects.bulk_create(
            [
                Person(
                    name=_plain_order(name),
                    source_name=name,
                    unit_id=self.directory.team(team).pk if team else None,
                )
                for name, team in people.values()
            ],
            batch_size=BATCH,
        )
        if people:
            self.directory = Directory()
        self.written.teams = sorted(teams.values())
        self.written.people = sorted(name for name, _ in people.values())

    # -- the case ---------------------------------------------------------------------------------

    def _filled(self, step: Step) -> Case:
        row = step.row
        case = step.case or Case(local_id=row.local_id, status=row.status or CaseStatus.CHILD_IN_NEED)
        for name in PLAIN:
            stated = getattr(row, name)
            if stated is not None:
                setattr(case, name, stated)
        if row.open is False:
            case.closed_on = (
                case.closed_on if case.closed_on and not row.closed_on else row.closed_on or self.as_of
            )
        elif row.open:
            case.closed_on, case.status = None, row.status or case.status
        if step.action != RowAction.CLOSED:
            for name in HELD_BY:
                wanted = held_by(row, name, self.directory)
                if wanted is not None:
                    setattr(case, f"{name}_id", wanted.pk)
        lists = [name for name in row.lists if name != SUPPLEMENT]
        if lists:
            case.listed_in = ",".join(lists)
        case.service_id = self._service(case)
        return case

    def _service(self, case: Case) -> int | None:
        of_team = self.directory.service_of_team.get(case.team_id) if case.team_id else None
        return of_team or self.services.get(case.status)

    # -- from when to when ------------------------------------------------------------------------

    def _dated(self, steps: list[Step], cases: list[Case], held_before: dict, status_before: dict) -> None:
        ending: list[tuple[int, str]] = []
        assignments, periods = [], []
        closed: list[Case] = []
        restarted: list[int] = []
        for step, case in zip(steps, cases, strict=True):
            before = held_before.get(case.local_id, {})
            was_status, was_open = status_before.get(case.local_id, (None, False))
            if not case.is_open:
                (closed if was_open else []).append(case)
                if step.case is None or step.action == RowAction.NEW:
                    periods.append(self._period(case, step.row, ends_on=case.closed_on))
                continue
            for name, kind in KINDS.items():
                now_id, then_id = getattr(case, f"{name}_id"), before.get(name) if was_open else None
                if now_id == then_id:
                    continue
                if then_id:
                    ending.append((case.pk, kind))
                if now_id:
                    assignments.append(self._assignment(case, kind, now_id))
            if not was_open or was_status != case.status:
                if was_open:
                    restarted.append(case.pk)
                periods.append(self._period(case, step.row))
        self._end_assignments(ending)
        self._end_periods(restarted)
        self._end_all(closed)
        Assignment.objects.bulk_create(assignments, batch_size=BATCH)
        StatusPeriod.objects.bulk_create(periods, batch_size=BATCH)

    def _assignment(self, case: Case, kind: AssignmentKind, target: int) -> Assignment:
        holder = {"unit_id": target} if kind == AssignmentKind.TEAM else {"person_id": target}
        return Assignment(
            case_id=case.pk, kind=kind, starts_on=self.as_of, begun_by_id=self.case_import.pk, **holder
        )

    def _period(self, case: Case, row: CaseRow, ends_on: date | None = None) -> StatusPeriod:
        # A status that is news cannot have begun before the last list that did not tell of it.
        start = row.status_from or row.opened_on or self.as_of
        if case.local_id in self.written.known:
            start = self.as_of
        start = min(start, self.as_of)
        if ends_on is not None:
            start = min(start, ends_on)
        return StatusPeriod(
            case_id=case.pk,
            status=case.status,
            starts_on=start,
            ends_on=ends_on,
            begun_by_id=self.case_import.pk,
        )

    def _end_assignments(self, ending: list[tuple[int, str]]) -> None:
        for kind in KINDS.values():
            ids = [pk for pk, one in ending if one == kind]
            if ids:
                _end(Assignment.objects.filter(case_id__in=ids, kind=kind), self.as_of, self.case_import)

    def _end_periods(self, case_ids: list[int]) -> None:
        if case_ids:
            _end(StatusPeriod.objects.filter(case_id__in=case_ids), self.as_of, self.case_import)

    def _end_all(self, closed: list[Case]) -> None:
        by_day: dict[date, list[int]] = {}
        for case in closed:
            by_day.setdefault(case.closed_on or self.as_of, []).append(case.pk)
        for day, ids in by_day.items():
            for model in (Assignment, StatusPeriod):
                _end(model.objects.filter(case_id__in=ids), day + timedelta(days=1), self.case_import)


def _end(rows: QuerySet, first_day_without: date, case_import: CaseImport) -> None:
    """End the running rows the day before; one that began later ends on its own first day."""
    last = first_day_without - timedelta(days=1)
    running = rows.filter(ends_on=None)
    running.filter(starts_on__gt=last).update(ends_on=F("starts_on"), ended_by=case_import)
    running.filter(Q(starts_on__lte=last)).update(ends_on=last, ended_by=case_import)


def save_cases(cases: list[Case]) -> None:
    """Insert the cases, or update those that are there, by their local id: one statement a batch."""
    Case.objects.bulk_create(
        cases,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["authority", "local_id"],
        update_fields=[name.removesuffix("_id") if name in _KEYS else name for name in STORED],
    )


_KEYS = {"team_id", "service_id", "worker_id", "chair_id", "manager_id"}


def stored(case: Case) -> dict:
    """Return the columns of a case as JSON, for undoing."""
    values = {name: getattr(case, name) for name in STORED}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def restore_cases(before: Iterable[tuple[Case, dict]]) -> None:
    """Give cases their earlier columns back.

    A person or team that was merged away since is left as it is now; the service follows the team.
    """
    directory, services = Directory(), default_services()
    people = {pk for kind, pk in directory.names if kind == AliasKind.PERSON}
    restored = []
    for case, values in before:
        for name in STORED:
            value = values.get(name)
            gone = value and name in _PEOPLE and value not in people
            if not gone and name != "service_id":
                setattr(case, name, date.fromisoformat(value) if value and name in _DAYS else value)
        of_team = directory.service_of_team.get(case.team_id) if case.team_id else None
        case.service_id = of_team or services.get(case.status)
        restored.append(case)
    save_cases(restored)


def delete_cases(case_ids: list[int], *, why: str) -> None:
    """Delete cases with their dated rows, in bulk; the database refuses one that something refers to.

    What the trail holds of them is ordered to go too (``why`` is kept with the order).
    """
    for start in range(0, len(case_ids), BATCH):
        ids = case_ids[start : start + BATCH]
        ImportRow.objects.filter(case_id__in=ids).update(case=None)
        for rows in (
            Assignment.objects.filter(case_id__in=ids),
            StatusPeriod.objects.filter(case_id__in=ids),
            Case.objects.filter(pk__in=ids),
        ):
            order_purge(rows={rows.model._meta.db_table: rows.values_list("pk", flat=True)}, why=why)
            # Django's collector would fetch every row to follow keys that the database keeps anyway.
            rows._raw_delete(rows.db)


_PEOPLE = {"worker_id", "chair_id", "manager_id"}
_DAYS = {"opened_on", "closed_on", "last_seen_on", "last_review_on", "last_supervision_on"}


def _plain_order(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma and "," not in given else name
