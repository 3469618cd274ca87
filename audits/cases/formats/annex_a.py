"""The lists of Annex A to one row a child.

Lists 6, 9 and 2 say who is open, 1 and 3 who is at the front door, 7 and 8 only enrich.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from audits.cases.formats import values
from audits.cases.formats.headings import Recognised
from audits.cases.formats.rows import STATUSES, CaseRow, FrontDoor, Notice, Reading, Refusal

PERSONAL = ("gender", "ethnicity", "disability")
USED = ("1", "2", "3", "6", "7", "8", "9")


@dataclass(slots=True)
class Entry:
    """What one row of one list says of a child."""

    list: str
    file: str
    row: int
    local_id: str
    facts: dict[str, Any] = field(default_factory=dict)
    status: str | None = None
    open: bool = False

    def says(self) -> tuple:
        """Return everything but where it stands, to tell true duplicates."""
        return (self.status, self.open, tuple(sorted(self.facts.items(), key=lambda item: item[0])))


class Refused(Exception):
    """This row cannot be used; says which column and what was expected."""

    def __init__(self, column: str, cell: object, expected: str, local_id: str = ""):
        super().__init__(column)
        self.column, self.cell, self.expected, self.local_id = column, cell, expected, local_id


class AnnexA:
    """Gathers the lists of an upload, then merges them child by child."""

    def __init__(self, as_of: date, reading: Reading, front_door: FrontDoor | None = None):
        self.as_of = as_of
        self.reading = reading
        self.front_door = front_door or FrontDoor()
        self.entries: dict[str, list[Entry]] = defaultdict(list)

    def add(self, found: Recognised) -> int:
        """Read every row of a recognised list; return how many held something."""
        count = 0
        for number, cells in found.rows():
            if all(values.is_empty(cell) for cell in cells):
                continue
            count += 1
            try:
                entry = self._entry(found, number, cells)
            except Refused as refused:
                self._refuse(found, number, refused)
                continue
            if entry is not None:
                self.entries[entry.local_id].append(entry)
        return count

    def _refuse(self, found: Recognised, number: int, refused: Refused) -> None:
        self.reading.refused.append(
            Refusal(
                found.table.file,
                found.list_name,
                number,
                found.name(refused.column),
                values.text(refused.cell)[:80],
                refused.expected,
                refused.local_id,
            )
        )

    def _entry(self, found: Recognised, number: int, cells: list[object]) -> Entry | None:
        def cell(name: str) -> object:
            index = found.columns.get(name)
            return cells[index] if index is not None and index < len(cells) else None

        local_id = values.local_id(cell("local_id"))
        if not local_id:
            raise Refused("local_id", cell("local_id"), values.EXPECTED["local_id"])
        entry = Entry(found.list_name, found.table.file, number, local_id)
        self._personal(entry, found, cell)
        keep = _READERS[found.list_name](entry, cell, self)
        return entry if keep else None

    def _personal(self, entry: Entry, found: Recognised, cell: Callable[[str], object]) -> None:
        entry.facts["birth_year"], entry.facts["birth_month"] = values.birth(cell("birth"))
        for name in PERSONAL:
            raw = cell(name)
            if values.is_empty(raw) and values.spelling(name, raw) is None:
                continue
            value = values.spelling(name, raw)
            if value is None:
                value = "not_stated"
                said = f"“{values.text(raw)[:40]}” is not a known value of {found.name(name)}: kept as not stated."
                self.reading.notices.append(Notice(found.table.file, found.list_name, entry.row, said))
            entry.facts[name] = value

    def rows(self) -> Iterator[CaseRow]:
        """Merge what the lists say of each child, in the order the ids first came."""
        for local_id, entries in self.entries.items():
            row = self._merge(local_id, entries)
            if row is not None:
                yield row

    def _merge(self, local_id: str, entries: list[Entry]) -> CaseRow | None:
        main = self._main(entries)
        extra = [entry for entry in entries if entry.list in ("7", "8")]
        if main is None:
            return self._only_enriched(local_id, extra)
        current = [entry for entry in extra if entry.open]
        others = [entry for entry in entries if entry is not main]
        facts = dict(main.facts)
        for name in (*PERSONAL, "birth_year", "birth_month"):
            if facts.get(name) in (None, "not_stated"):
                facts[name] = next(
                    (e.facts[name] for e in others if e.facts.get(name) not in (None, "not_stated")),
                    facts.get(name),
                )
        for name in ("worker", "team"):
            if not facts.get(name):
                facts[name] = next((e.facts[name] for e in current if e.facts.get(name)), facts.get(name))
        for name in ("last_seen_on", "last_review_on"):
            facts[name] = max((e.facts[name] for e in [main, *current] if e.facts.get(name)), default=None)
        facts["status_from"] = self._status_from(main, current)
        status = main.status if main.open else _status_before_closing(main, extra)
        return CaseRow(
            local_id=local_id,
            status=status,
            open=main.open,
            lists=tuple(sorted({entry.list for entry in entries})),
            file=main.file,
            row=main.row,
            **facts,
        )

    def _main(self, entries: list[Entry]) -> Entry | None:
        """Return the row that decides: open before closed, the most protective status, the latest start."""
        deciding = [entry for entry in entries if entry.list not in ("7", "8")]
        if not deciding:
            return None
        best = min(deciding, key=_rank)
        for other in deciding:
            same_list = other.list == best.list and other.list in ("6", "9") and other is not best
            if same_list and _rank(other) == _rank(best):
                self._second(best, other)
        return best

    def _second(self, first: Entry, second: Entry) -> None:
        where = f"row {first.row} of {first.file}" if first.file != second.file else f"row {first.row}"
        if first.says() == second.says():
            text = f"The same child as {where}, word for word: taken once."
            self.reading.notices.append(Notice(second.file, second.list, second.row, text))
            return
        expected = f"one row for each child: {where} holds this child too and says something else"
        self.reading.refused.append(
            Refusal(
                second.file,
                second.list,
                second.row,
                "Child Unique ID",
                second.local_id,
                expected,
                second.local_id,
            )
        )

    @staticmethod
    def _status_from(main: Entry, current: list[Entry]) -> date | None:
        wanted = {"looked_after": "8", "child_protection": "7"}.get(main.status or "")
        starts = [e.facts["status_from"] for e in current if e.list == wanted and e.facts.get("status_from")]
        return max(starts) if starts else main.facts.get("opened_on")

    def _only_enriched(self, local_id: str, extra: list[Entry]) -> CaseRow | None:
        current = [entry for entry in extra if entry.open]
        if not current:
            return None
        one = current[0]
        if any(seen.list == "6" and seen.rows for seen in self.reading.lists):
            self.reading.refused.append(
                Refusal(
                    one.file, one.list, one.row, "Child Unique ID", local_id,
                    "a child who is also in List 6, which says whether the case is open", local_id,
                )
            )  # fmt: skip
            return None
        facts = {name: value for name, value in one.facts.items() if name != "status_from"}
        return CaseRow(local_id=local_id, lists=(one.list,), file=one.file, row=one.row, **facts)


def _rank(entry: Entry) -> tuple[int, int, int, int]:
    status = STATUSES.index(entry.status) if entry.status else len(STATUSES)
    start = entry.facts.get("opened_on") or entry.facts.get("closed_on")
    # Of a contact and its referral on one day the referral decides: only it names team and worker.
    return (0 if entry.open else 1, status, -start.toordinal() if start else 0, 1 if entry.list == "1" else 0)


def _status_before_closing(main: Entry, extra: list[Entry]) -> str | None:
    if main.status:
        return main.status
    lists = {entry.list for entry in extra}
    return "looked_after" if "8" in lists else "child_protection" if "7" in lists else None


def _dates(entry: Entry, cell: Callable[[str], object], *names: str) -> None:
    for name in names:
        raw = cell(name)
        try:
            entry.facts[name] = values.day(raw)
        except values.Unreadable:
            raise Refused(name, raw, values.EXPECTED["date"], entry.local_id) from None


def _held_by(entry: Entry, cell: Callable[[str], object]) -> None:
    entry.facts["worker"] = values.stated(cell("worker"))[:120]
    entry.facts["team"] = values.stated(cell("team"))[:120]


def _list_6(entry: Entry, cell: Callable[[str], object], lists: AnnexA) -> bool:
    raw = cell("status")
    status = values.spelling("status", raw)
    if status is None:
        raise Refused("status", raw, values.EXPECTED["status"], entry.local_id)
    _dates(entry, cell, "opened_on", "closed_on", "last_seen_on")
    _held_by(entry, cell)
    entry.open = status != "closed"
    entry.status = status if entry.open else None
    if entry.open:
        entry.facts["closed_on"] = None
    return True


def _list_9(entry: Entry, cell: Callable[[str], object], lists: AnnexA) -> bool:
    _dates(entry, cell, "last_seen_on", "last_review_on")
    _held_by(entry, cell)
    entry.facts["worker"] = entry.facts["worker"] or values.stated(cell("advisor"))[:120]
    entry.status, entry.open = "care_leaver", True
    return True


def _list_2(entry: Entry, cell: Callable[[str], object], lists: AnnexA) -> bool:
    _dates(entry, cell, "opened_on", "closed_on")
    entry.facts["team"] = values.stated(cell("team"))[:120]
    closed_on = entry.facts["closed_on"]
    entry.status, entry.open = "early_help", closed_on is None or closed_on > lists.as_of
    if entry.open:
        entry.facts["closed_on"] = None
    return True


def _contact(entry: Entry, cell: Callable[[str], object], lists: AnnexA) -> bool:
    _dates(entry, cell, "contact_on")
    made_on = entry.facts.pop("contact_on")
    if made_on is None:
        raise Refused("contact_on", cell("contact_on"), values.EXPECTED["date"], entry.local_id)
    _held_by(entry, cell)
    entry.facts["opened_on"] = made_on
    entry.status, entry.open = "front_door", True
    rule = lists.front_door
    if not rule.without_further_action and not _is_taken_further(entry, cell):
        return False
    return lists.as_of - timedelta(days=rule.days) < made_on <= lists.as_of


def _is_taken_further(entry: Entry, cell: Callable[[str], object]) -> bool:
    """Whether more was to be done: a contact is a case through the referral that it led to."""
    if entry.list == "1":
        return False
    try:
        return values.yes_no(cell("nfa")) is not True
    except values.Unreadable:
        raise Refused("nfa", cell("nfa"), "yes or no", entry.local_id) from None


def _enriching(entry: Entry, cell: Callable[[str], object], lists: AnnexA) -> bool:
    _dates(entry, cell, "status_from", "ended_on", "last_review_on", "last_seen_on")
    _held_by(entry, cell)
    ended_on = entry.facts.pop("ended_on")
    entry.open = ended_on is None or ended_on > lists.as_of
    return True


_READERS: dict[str, Callable[[Entry, Callable[[str], object], AnnexA], bool]] = {
    "1": _contact,
    "2": _list_2,
    "3": _contact,
    "6": _list_6,
    "7": _enriching,
    "8": _enriching,
    "9": _list_9,
}
