"""What an upload would do, child by child. Reads only; writing is elsewhere."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from audits.cases.enums import AliasKind, AssignmentKind, CaseStatus, RowAction
from audits.cases.formats.rows import LISTS_OF_STATUS, SUPPLEMENT, CaseRow, Notice, Reading, Refusal
from audits.cases.models import Case, RoleCode
from audits.cases.selectors.names import Directory, Named
from audits.cases.selectors.service_map import default_services

PLAIN = (
    "initials", "birth_year", "birth_month", "gender", "ethnicity", "disability", "family_id", "opened_on",
    "last_seen_on", "last_review_on", "last_supervision_on", "restricted",
)  # fmt: skip
HELD_BY = {
    "worker": AliasKind.PERSON,
    "chair": AliasKind.PERSON,
    "manager": AliasKind.PERSON,
    "team": AliasKind.TEAM,
}
STORED = (
    *PLAIN,
    "status",
    "closed_on",
    "listed_in",
    "team_id",
    "service_id",
    "worker_id",
    "chair_id",
    "manager_id",
)
CHAIRED = (CaseStatus.LOOKED_AFTER, CaseStatus.CHILD_PROTECTION)
"""Statuses in which a child has an independent reviewing officer or a conference chair."""
LABELS = {
    "initials": "Initials", "birth_year": "Year of birth", "birth_month": "Month of birth", "gender": "Gender",
    "ethnicity": "Ethnicity", "disability": "Disability", "family_id": "Family", "opened_on": "Opened",
    "last_seen_on": "Last seen", "last_review_on": "Last review", "last_supervision_on": "Last supervision",
    "restricted": "Restricted", "status": "Status", "closed_on": "Closed", "worker": "Allocated worker",
    "chair": "IRO or chair", "manager": "Team manager", "team": "Team",
}  # fmt: skip


@dataclass(slots=True)
class Step:
    """What becomes of one child."""

    action: RowAction
    row: CaseRow
    case: Case | None
    changes: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What becomes of everyone."""

    steps: list[Step] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    open_before: int = 0
    new_teams: list[str] = field(default_factory=list)
    new_people: list[str] = field(default_factory=list)
    unknown_roles: dict[str, int] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each action."""
        counted = Counter(step.action for step in self.steps)
        return {action.value: counted[action] for action in RowAction if action != RowAction.REFUSED} | {
            RowAction.REFUSED.value: len(self.refused)
        }


def plan(reading: Reading, as_of: date) -> Plan:
    """Compare a reading with the open scope's case list."""
    return _Planner(reading, as_of).run()


def case_manager_roles() -> dict[str, str]:
    """Return what the council has said its role codes mean."""
    return dict(RoleCode.objects.values_list("code", "kind"))


class _Planner:
    def __init__(self, reading: Reading, as_of: date):
        self.reading, self.as_of = reading, as_of
        self.cases = {case.local_id: case for case in Case.objects.all()}
        self.directory = Directory()
        self.services = default_services()
        self.roles = case_manager_roles()
        self.plan = Plan(refused=list(reading.refused), notices=list(reading.notices))
        self.kept = {refusal.local_id for refusal in reading.refused}
        self.teams: dict[str, str] = {}
        self.people: dict[str, str] = {}

    def run(self) -> Plan:
        """Decide on every row, then on those who are missing."""
        self.plan.open_before = sum(1 for case in self.cases.values() if case.is_open)
        present: set[str] = set()
        for row in self._known_ids(self.reading.rows):
            present.add(row.local_id)
            if self._usable(row):
                self.plan.steps.append(self._step(row))
        self._missing(present)
        self.plan.new_teams, self.plan.new_people = sorted(self.teams.values()), sorted(self.people.values())
        return self.plan

    # -- ids ------------------------------------------------------------------------------------

    def _known_ids(self, rows: list[CaseRow]) -> Iterator[CaseRow]:
        """Give rows whose id differs from a known one only by leading zeros the id that is known."""
        given = {row.local_id for row in rows}
        bare: dict[str, list[str]] = {}
        for local_id in self.cases:
            bare.setdefault(local_id.lstrip("0"), []).append(local_id)
        for row in rows:
            others = [] if row.local_id in self.cases else bare.get(row.local_id.lstrip("0"), [])
            candidates = [other for other in others if other not in given]
            if len(candidates) == 1 and _same_birth(row, self.cases[candidates[0]]):
                text = f"{row.local_id} is taken for {candidates[0]}, which differs by leading zeros only."
                self.plan.notices.append(Notice(row.file, _list_of(row), row.row, text))
                yield replace(row, local_id=candidates[0])
            elif candidates:
                expected = (
                    f"the id as it is known ({', '.join(sorted(candidates))}): leading zeros seem to be lost"
                )
                self._refuse(row, expected)
                self.kept.update(candidates)
            else:
                yield row

    def _refuse(self, row: CaseRow, expected: str) -> None:
        refusal = Refusal(
            row.file, _list_of(row), row.row, "Child Unique ID", row.local_id, expected, row.local_id
        )
        self.plan.refused.append(refusal)

    def _usable(self, row: CaseRow) -> bool:
        if row.local_id not in self.cases and row.status is None and row.open is None:
            self._refuse(row, "a child who is in this council's case list")
            return False
        first_refused = any(r.local_id == row.local_id and r.list == "6" for r in self.reading.refused)
        # Its List 6 row was left out: what a lesser list says of the status must not stand in for it.
        return not (first_refused and "6" not in row.lists and row.open is not None)

    # -- rows -----------------------------------------------------------------------------------

    def _step(self, row: CaseRow) -> Step:
        row = self._with_roles(row)
        case = self.cases.get(row.local_id)
        if case is None:
            self._names(row)
            return Step(RowAction.NEW, row, None)
        if row.open is False and case.is_open:
            if self._says_nothing(row, case):
                return Step(RowAction.UNCHANGED, row, case)
            return Step(RowAction.CLOSED, row, case, [["Closed", "", _words(row.closed_on or self.as_of)]])
        row = _moved_on(row, case)
        self._names(row)
        changes = self._changes(row, case)
        return Step(RowAction.CHANGED if changes else RowAction.UNCHANGED, row, case, changes)

    def _says_nothing(self, row: CaseRow, case: Case) -> bool:
        """Say whether a closed row of one list is no news of a child who is held by another, absent, list."""
        lists = LISTS_OF_STATUS[case.status]
        return not set(lists) & {*row.lists, *self.reading.complete_lists}

    def _with_roles(self, row: CaseRow) -> CaseRow:
        held: dict[str, Any] = {}
        for involvement in row.involvements:
            kind = AssignmentKind.WORKER.value if involvement.role == "" else self.roles.get(involvement.role)
            if kind is None:
                known = self.plan.unknown_roles
                known[involvement.role] = known.get(involvement.role, 0) + 1
                continue
            if kind == AssignmentKind.WORKER:
                held.setdefault("team", involvement.team)
            if kind in _ROLE_FIELDS:
                held.setdefault(_ROLE_FIELDS[kind], involvement.worker)
            elif kind == AssignmentKind.TEAM:
                held["team"] = involvement.team
        return replace(row, **held) if held else row

    def _names(self, row: CaseRow) -> None:
        for name, kind in ((row.worker, "p"), (row.iro, "p"), (row.manager, "p"), (row.team, "t")):
            if not name:
                continue
            found = self.directory.team(name) if kind == "t" else self.directory.person(name)
            if found.pk is None:
                (self.teams if kind == "t" else self.people).setdefault(name.casefold(), name)

    def _changes(self, row: CaseRow, case: Case) -> list[list[str]]:
        changes = []
        for name in PLAIN:
            stated = getattr(row, name)
            if stated is not None and stated != getattr(case, name):
                changes.append([LABELS[name], _words(getattr(case, name)), _words(stated)])
        if row.status and row.open and row.status != case.status:
            changes.append(["Status", CaseStatus(case.status).label, CaseStatus(row.status).label])
        if row.open and not case.is_open:
            changes.append(["Closed", _words(case.closed_on), "open again"])
        if row.open is False and row.closed_on and row.closed_on != case.closed_on:
            changes.append(["Closed", _words(case.closed_on), _words(row.closed_on)])
        for name, kind in HELD_BY.items():
            wanted = held_by(row, name, self.directory)
            if wanted is not None and (
                (wanted.pk is None and wanted.name) or wanted.pk != getattr(case, f"{name}_id")
            ):
                before = self.directory.name_of(kind, getattr(case, f"{name}_id"))
                changes.append([LABELS[name], before or "nobody", wanted.name or "nobody"])
        return changes

    # -- the missing ----------------------------------------------------------------------------

    def _missing(self, present: set[str]) -> None:
        complete = self.reading.complete_lists
        unsure = {seen.list for seen in self.reading.lists if seen.rows} - complete
        withheld = 0
        for local_id, case in self.cases.items():
            if not case.is_open or local_id in present or local_id in self.kept:
                continue
            holding = set(LISTS_OF_STATUS[case.status])
            listed = holding & set(case.listed_in.split(","))
            needed = listed or holding
            if needed <= complete:
                row = CaseRow(local_id=local_id, open=False, closed_on=self.as_of)
                changes = [["Closed", "", f"{_words(self.as_of)}, no longer in the list"]]
                self.plan.steps.append(Step(RowAction.CLOSED, row, case, changes))
            elif needed & unsure:
                withheld += 1
        if withheld:
            who = "child who is missing was" if withheld == 1 else "children who are missing were"
            text = f"{withheld} {who} not closed: a list holds rows without a child's id, and any might be meant."
            self.plan.notices.append(Notice("", "", None, text))


_ROLE_FIELDS = {
    AssignmentKind.WORKER.value: "worker",
    AssignmentKind.CHAIR.value: "iro",
    AssignmentKind.MANAGER.value: "manager",
}


def held_by(row: CaseRow, name: str, directory: Directory) -> Named | None:
    """Return who the row says holds the case as ``name``; ``None`` when it does not say."""
    stated = row.iro if name == "chair" else getattr(row, name)
    if stated is None:
        return None
    if not stated:
        return Named(None, "")
    return directory.team(stated) if name == "team" else directory.person(stated)


def _moved_on(row: CaseRow, case: Case) -> CaseRow:
    """Let go of whom a new status leaves behind: a list without workers, a status without IRO or chair."""
    if not row.open or row.status == case.status:
        return row
    worker = "" if row.worker is None else row.worker
    without_chair = row.iro is None and row.status not in CHAIRED
    return replace(row, worker=worker, iro="" if without_chair else row.iro)


def _same_birth(row: CaseRow, case: Case) -> bool:
    years = {row.birth_year, case.birth_year} - {None}
    months = {row.birth_month, case.birth_month} - {None}
    return len(years) < 2 and len(months) < 2


def _list_of(row: CaseRow) -> str:
    lists = [name for name in row.lists if name != SUPPLEMENT]
    return lists[0] if lists else SUPPLEMENT


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return str(value).replace("_", " ") if isinstance(value, str) else str(value)
