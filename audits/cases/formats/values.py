"""Cells to values: ids as text, dates of three kinds, and the spellings councils really use."""

import json
import re
import textwrap
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

EMPTY = frozenset(
    {
        "",
        "#n/a",
        "#ref!",
        "#value!",
        "#name?",
        "#null!",
        "#num!",
        "#div/0!",
        "n/a",
        "na",
        "null",
        "none",
        "nan",
        "nat",
    }
    | {"-", "--", ".", "?", "not applicable", "unallocated", "not allocated", "(blank)", "<blank>"}
)
OWN_SPELLINGS = {
    "gender": {"boy": "male", "girl": "female", "x": "neither", "n": "not_stated", "other": "neither"},
    "disability": {"a": "yes", "b": "no", "c": "not_stated", "not stated": "not_stated"},
    "ethnicity": {},
    "status": {
        "a": "looked_after",
        "b": "child_protection",
        "c": "child_in_need",
        "d": "open_assessment",
        "e": "closed",
        "looked after": "looked_after",
        "children looked after": "looked_after",
        "child looked after": "looked_after",
        "child in care": "looked_after",
        "cla and cp": "looked_after",
        "cla & cp": "looked_after",
        "cp plan": "child_protection",
        "cin plan": "child_in_need",
        "e) closed": "closed",
    },
}
EXPECTED = {
    "status": "one of: a) Looked after child, b) Child Protection plan, c) Child in need plan, "
    "d) Open assessment, e) Closed episode",
    "date": "a date such as 31/01/2026",
    "local_id": "the child's unique id",
}
ETHNIC_CODES = {
    "W": "white",
    "M": "mixed",
    "A": "asian",
    "B": "black",
}
_TEXT_DATES = (
    re.compile(r"^(?P<d>\d{1,2})[/.\-](?P<m>\d{1,2})[/.\-](?P<y>\d{4}|\d{2})(?:[T ]\d{1,2}:\d{2}.*)?$"),
    re.compile(r"^(?P<y>\d{4})[/.\-](?P<m>\d{1,2})[/.\-](?P<d>\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$"),
    re.compile(
        r"^(?P<d>\d{1,2})(?:st|nd|rd|th)?[ \-](?P<mon>[a-z]{3,9})\.?[ \-,]+(?P<y>\d{4}|\d{2})$", re.IGNORECASE
    ),
)
_MONTHS = {
    name: n for n, name in enumerate(textwrap.wrap("janfebmaraprmayjunjulaugsepoctnovdec", 3), start=1)
}
_DAY_ZERO = date(1899, 12, 30)


class Unreadable(ValueError):
    """The cell holds something, but not what its column is for."""


def text(cell: object) -> str:
    """Return the cell as trimmed text; whole numbers lose the ``.0`` that spreadsheets give them."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return " ".join(str(cell).replace("\xa0", " ").replace("\ufeff", "").replace("\x00", "").split())


def is_empty(cell: object) -> bool:
    """Say whether the cell says nothing, in any of the ways a spreadsheet can say nothing."""
    return text(cell).casefold() in EMPTY


def stated(cell: object) -> str:
    """Return the text, or the empty text where the cell says nothing."""
    value = text(cell)
    return "" if value.casefold() in EMPTY else value


def local_id(cell: object) -> str:
    """Return a child's id as text, leading zeros as they come."""
    return stated(cell)[:64]


@cache
def _spellings() -> dict[str, dict[str, str]]:
    path = Path(__file__).parent / "data" / "annex_a_spellings.json"
    known = json.loads(path.read_text("utf-8"))
    return {field: {**OWN_SPELLINGS[field], **spelled} for field, spelled in known.items()}


def spelling(field: str, cell: object) -> str | None:
    """Return our value for a spelling of ``field``, ``None`` when nobody has spelled it so before."""
    key = text(cell).casefold()
    known = _spellings()[field]
    if key in known:
        return known[key]
    # "a) Looked after child (since May)": the official letter says enough.
    lettered = re.match(r"^([a-f])\)", key)
    if lettered and field == "status":
        return known.get(lettered.group(1))
    if field == "ethnicity":
        return _ethnicity_by_code(key)
    return None


def _ethnicity_by_code(key: str) -> str | None:
    code = re.search(r"\b([wmab])(?:bri|iri|irt|oth|rom|wbc|wba|was|ind|pkn|ban|crb|afr)\b", key)
    if code:
        return ETHNIC_CODES[code.group(1).upper()]
    if re.search(r"\b(chne|ooth|oara)\b", key):
        return "other"
    for word, ours in (("mixed", "mixed"), ("white", "white"), ("asian", "asian"), ("black", "black")):
        if key.startswith(word):
            return ours
    return None


def day(cell: object) -> date | None:
    """Return the date in a cell: a real one, a serial number, or text in the order day, month, year.

    ``None`` when the cell is empty; raises ``Unreadable`` when it holds anything else.
    """
    if isinstance(cell, datetime):
        return _sensible(cell.date())
    if isinstance(cell, date):
        return _sensible(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _serial(float(cell))
    value = stated(cell)
    if not value:
        return None
    if re.fullmatch(r"\d{5}(\.\d+)?", value):
        return _serial(float(value))
    for pattern in _TEXT_DATES:
        found = pattern.match(value)
        if found:
            return _sensible(_from_parts(found.groupdict()))
    raise Unreadable(value)


def _from_parts(parts: dict[str, str]) -> date:
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < 70 else 1900
    month = int(parts["m"]) if parts.get("m") else _MONTHS.get(parts["mon"][:3].casefold(), 0)
    try:
        return date(year, month, int(parts["d"]))
    except ValueError as error:
        raise Unreadable("no such day") from error


def _serial(number: float) -> date:
    if not 10_000 <= number <= 80_000:
        raise Unreadable(str(number))
    return _sensible(_DAY_ZERO + timedelta(days=int(number)))


def _sensible(value: date) -> date:
    if not 1900 <= value.year <= 2100:
        raise Unreadable(value.isoformat())
    return value


def birth(cell: object) -> tuple[int | None, int | None]:
    """Return year and month of birth; free text ("unborn", "due in May") is no birth date yet."""
    try:
        value = day(cell)
    except Unreadable:
        return None, None
    return (value.year, value.month) if value else (None, None)


def yes_no(cell: object) -> bool | None:
    """Return a yes or no, ``None`` where nothing is stated; raises ``Unreadable`` for anything else."""
    value = stated(cell).casefold()
    if not value:
        return None
    if value in {"y", "yes", "true", "1", "restricted"}:
        return True
    if value in {"n", "no", "false", "0"}:
        return False
    raise Unreadable(value)
