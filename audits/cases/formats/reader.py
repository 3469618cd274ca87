"""One upload, whatever its formats, to one ``Reading``. Runs in the child process."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

from audits.cases.formats.annex_a import USED, AnnexA
from audits.cases.formats.guard import Limits
from audits.cases.formats.headings import recognise
from audits.cases.formats.rows import SUPPLEMENT, CaseRow, FileFault, FrontDoor, ListSeen, Notice, Reading
from audits.cases.formats.ssd import SafeguardingDataset, table_name
from audits.cases.formats.supplement import add_supplement
from audits.cases.formats.tables import Meter, Table, tables_of

NO_LIST = (
    "No list was recognised in this file. It needs the headings of an Annex A list (for List 6: Child Unique ID, "
    "Case status, Allocated Team …), of the Standard Safeguarding Dataset (such as pers_person_id) or of the "
    "local supplement (Child ID, Initials, IRO …). Check that the row of headings was not left out."
)


def read(
    files: list[tuple[Path, str]],
    as_of: date,
    limits: Limits | None = None,
    front_door: FrontDoor | None = None,
) -> Reading:
    """Read the files (path and the name the council gave it); raise ``FileFault`` for a file that cannot be used."""
    limits = limits or Limits()
    reading, meter = Reading(), Meter(limits)
    annex = AnnexA(as_of, reading, front_door)
    dataset = SafeguardingDataset(as_of, reading, front_door)
    for path, name in files:
        known = 0
        for table in tables_of(path, name, limits, meter):
            known += _take(table, reading, annex, dataset)
        if not known:
            raise FileFault(name, NO_LIST)
    if dataset.tables:
        dataset.finish()
    reading.rows = list(_one_each(chain(annex.rows(), reading.rows), reading))
    return reading


def _take(table: Table, reading: Reading, annex: AnnexA, dataset: SafeguardingDataset) -> bool:
    first = next(table.rows, None)
    if first is None:
        return False
    name = table_name(first)
    if name is not None:
        dataset.add(name, first, table)
        return True
    table.rows = chain([first], table.rows)
    found = recognise(table)
    if found is None:
        return False
    if found.missing:
        column = {"status": "Case status", "local_id": "Child Unique ID"}.get(
            found.missing[0], "one of its dates"
        )
        what = f"List {found.list_name} on sheet “{table.sheet}” has no column for {column}."
        raise FileFault(
            table.file, f"{what} Add the column with its Annex A heading and upload the file again."
        )
    if found.list_name == SUPPLEMENT:
        count = add_supplement(found, reading)
    elif found.list_name in USED:
        count = annex.add(found)
    else:
        return True
    reading.lists.append(ListSeen(table.file, table.sheet, found.list_name, count))
    if not count:
        text = "This list has headings and no row: it brings nobody in and closes nobody."
        reading.notices.append(Notice(table.file, found.list_name, None, text))
    return True


def _one_each(rows: Iterator[CaseRow], reading: Reading) -> Iterator[CaseRow]:
    """Lay the supplement over the lists' rows, child by child."""
    merged: dict[str, CaseRow] = {}
    for row in rows:
        known = merged.get(row.local_id)
        merged[row.local_id] = row if known is None else _laid_over(known, row)
    bare: dict[str, list[str]] = {}
    for local_id in merged:
        bare.setdefault(local_id.lstrip("0"), []).append(local_id)
    for spellings in bare.values():
        if len(spellings) > 1:
            _join_spellings(spellings, merged, reading)
    yield from merged.values()


def _join_spellings(spellings: list[str], merged: dict[str, CaseRow], reading: Reading) -> None:
    """Take two spellings of an id, one without its leading zeros, for one child when no list holds both."""
    found = [merged[spelling] for spelling in spellings]
    lists = [name for row in found for name in row.lists]
    births = {(row.birth_year, row.birth_month) for row in found if row.birth_year}
    if len(lists) != len(set(lists)) or len(births) > 1:
        return
    whole = max(spellings, key=len)
    first, *others = sorted(found, key=lambda row: row.lists == (SUPPLEMENT,))
    for other in others:
        first = _laid_over(first, other)
    for spelling in spellings:
        del merged[spelling]
    merged[whole] = replace(first, local_id=whole)
    others_said = ", ".join(sorted(set(spellings) - {whole}))
    text = f"{others_said} and {whole} are taken for one child: they differ by leading zeros only."
    reading.notices.append(Notice(first.file, first.lists[0], first.row, text))


def _laid_over(known: CaseRow, row: CaseRow) -> CaseRow:
    stated = {
        name: getattr(row, name)
        for name in CaseRow.__slots__
        if name not in ("local_id", "lists", "file", "row", "involvements")
        and getattr(row, name) is not None
        and (row.lists == (SUPPLEMENT,) or getattr(known, name) is None)
    }
    return replace(
        known,
        lists=tuple(sorted({*known.lists, *row.lists})),
        involvements=known.involvements or row.involvements,
        **stated,
    )
