"""The local supplement: what Annex A leaves out, one line a child, blank where nothing is to change."""

from audits.cases.formats import values
from audits.cases.formats.headings import Recognised
from audits.cases.formats.rows import SUPPLEMENT, CaseRow, Reading, Refusal


def add_supplement(found: Recognised, reading: Reading) -> int:
    """Read a supplement into ``reading``; return how many rows held something."""
    seen: dict[str, int] = {}
    count = 0
    for number, cells in found.rows():
        if all(values.is_empty(cell) for cell in cells):
            continue
        count += 1
        row, refusal = _row(found, number, cells)
        if row is not None and row.local_id in seen:
            expected = f"one line for each child: row {seen[row.local_id]} holds it too"
            refusal = _refusal(found, number, "local_id", row.local_id, expected, row.local_id)
        if refusal is not None:
            reading.refused.append(refusal)
        elif row is not None:
            seen[row.local_id] = number
            reading.rows.append(row)
    return count


def _refusal(
    found: Recognised, number: int, column: str, cell: object, expected: str, local_id: str = ""
) -> Refusal:
    name = found.name(column)
    return Refusal(found.table.file, SUPPLEMENT, number, name, values.text(cell)[:80], expected, local_id)


def _row(found: Recognised, number: int, cells: list[object]) -> tuple[CaseRow | None, Refusal | None]:
    def cell(name: str) -> object:
        index = found.columns.get(name)
        return cells[index] if index is not None and index < len(cells) else None

    local_id = values.local_id(cell("local_id"))
    if not local_id:
        return None, _refusal(found, number, "local_id", cell("local_id"), values.EXPECTED["local_id"])
    try:
        supervised = values.day(cell("last_supervision_on"))
    except values.Unreadable:
        raw = cell("last_supervision_on")
        return None, _refusal(found, number, "last_supervision_on", raw, values.EXPECTED["date"], local_id)
    try:
        restricted = values.yes_no(cell("restricted"))
    except values.Unreadable:
        return None, _refusal(found, number, "restricted", cell("restricted"), "yes or no", local_id)
    initials = values.stated(cell("initials"))
    if len(initials) > 6:
        # A full name would be more about the child than audit needs: it never passes.
        return None, _refusal(found, number, "initials", "(too long)", "initials, such as AB", local_id)
    return (
        CaseRow(
            local_id=local_id,
            initials=initials.upper() or None,
            family_id=values.stated(cell("family_id"))[:64] or None,
            iro=values.stated(cell("iro"))[:120] or None,
            manager=values.stated(cell("manager"))[:120] or None,
            last_supervision_on=supervised,
            restricted=restricted,
            lists=(SUPPLEMENT,),
            file=found.table.file,
            row=number,
        ),
        None,
    )
