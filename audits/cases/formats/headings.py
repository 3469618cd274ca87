"""Which list a table is, told by its headings wherever they stand; sheet names are never asked."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from audits.cases.formats.rows import SUPPLEMENT
from audits.cases.formats.tables import Table

HEADING_ROWS = 30
"""How far down the headings are looked for."""

FIELDS: dict[str, dict[str, str]] = {
    "1": {"Date of Contact": "contact_on"},
    "2": {
        "Assessment start date": "opened_on",
        "Assessment completion date": "closed_on",
        "Organisation completing assessment": "team",
    },
    "3": {
        "Date of referral": "contact_on",
        "Referral NFA?": "nfa",
        "Number of Referrals in Last 12 Months": "count",
    },
    "4": {"Continuous Assessment Start Date": "ignored"},
    "5": {"Strategy discussion initiating Section 47 Enquiry Start Date": "ignored"},
    "6": {
        "CIN Start Date": "opened_on",
        "CIN Closure Date": "closed_on",
        "Date Child Was Last Seen": "last_seen_on",
        "Case Status": "status",
    },
    "7": {
        "Child Protection Plan Start Date": "status_from",
        "Child Protection Plan End Date": "ended_on",
        "Date of latest review conference": "last_review_on",
        "Date of the Last Statutory Visit": "last_seen_on",
    },
    "8": {
        "Date Started to be Looked After": "status_from",
        "Date Ceased to be Looked After": "ended_on",
        "Date of Latest Statutory Review": "last_review_on",
        "Date of Last Social Work Visit": "last_seen_on",
    },
    "9": {
        "Eligibility Category": "eligibility",
        "Allocated Personal Advisor": "advisor",
        "Latest Date of Contact": "last_seen_on",
        "Latest Pathway Plan Review Date": "last_review_on",
    },
    "10": {"Date of Decision that Child Should be Placed for Adoption": "ignored"},
    "11": {"Individual adopter identifier": "ignored"},
}
COMMON = {
    "Child Unique ID": "local_id",
    "Gender": "gender",
    "Ethnicity": "ethnicity",
    "Date of Birth": "birth",
    "Does the Child have a Disability": "disability",
    "Allocated Team": "team",
    "Allocated Worker": "worker",
}
REQUIRED = {
    "1": ("local_id", "contact_on"),
    "2": ("local_id", "opened_on", "closed_on"),
    "3": ("local_id", "contact_on"),
    "4": ("local_id", "ignored"),
    "5": ("local_id", "ignored"),
    "6": ("local_id", "status"),
    "7": ("local_id", "status_from"),
    "8": ("local_id", "status_from"),
    "9": ("local_id", "eligibility"),
    "10": ("local_id", "ignored"),
    "11": ("ignored",),
}
TELLING = {"1": "contact source", "2": "organisation completing assessment", "3": "referral nfa"}
"""Lists 1 to 3 share most headings: one more is needed to tell them."""

OURS = {
    "local_id": (
        r"\b(childs?|person|client|case)\b.*\b(id|identifier|ref|reference|number)\b"
        r"|^(local |unique )?(id|identifier)$"
    ),
    "initials": r"\binitials?\b",
    "family_id": r"\bfamily\b.*\b(id|identifier|ref|number)\b|^family$",
    "iro": r"\biro\b|independent reviewing officer|\bchair(person)?\b",
    "manager": r"\b(team )?manager\b",
    "last_supervision_on": r"\bsupervision\b",
    "restricted": r"\brestricted\b|\bsensitive\b",
}


def plain(cell: object) -> str:
    """Return a heading in lower-case words: ``ChildUniqueID`` and ``Child Unique  ID`` are one."""
    text = unicodedata.normalize("NFKC", str(cell or "")).replace("\ufeff", "")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    text = re.sub(r"['‘’`]", "", text).casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that a list is known by, and the field it fills (if any)."""

    name: str
    field: str | None
    pattern: re.Pattern[str]


@cache
def known_columns() -> dict[str, tuple[Column, ...]]:
    """Return the headings of every list."""
    path = Path(__file__).parent / "data" / "annex_a_headings.json"
    lists: dict[str, list[dict]] = json.loads(path.read_text("utf-8"))
    out = {}
    for number, columns in lists.items():
        found = []
        for column in columns:
            target = FIELDS[number].get(column["name"]) or COMMON.get(column["name"])
            exact = rf"^{re.escape(plain(column['name']))}$"
            patterns = list(column["patterns"]) if target else []
            if target == "local_id":
                patterns.append(OURS["local_id"])
            found.append(
                Column(column["name"], target, re.compile("|".join([exact, *patterns]), re.IGNORECASE))
            )
        out[number] = tuple(found)
    return out


@dataclass(slots=True)
class Recognised:
    """A table whose list is known: where its headings stand and which column fills which field."""

    table: Table
    list_name: str
    columns: dict[str, int]
    names: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    heading_row: int = 0

    def rows(self) -> Iterator[tuple[int, list[object]]]:
        """Yield the number (as the spreadsheet shows it) and the cells of each row below the headings."""
        yield from enumerate(self.table.rows, start=self.heading_row + 1)

    def name(self, field_name: str) -> str:
        """Return the heading that the council wrote over the field."""
        return self.names.get(field_name, field_name)


def recognise(table: Table) -> Recognised | None:
    """Return the list that a table is, ``None`` when it is none of ours (guidance, codes, a cover)."""
    for number, cells in enumerate(islice(table.rows, HEADING_ROWS), start=1):
        headings = [plain(cell) for cell in cells]
        if sum(1 for heading in headings if heading) < 2:
            continue
        best = _best_list(headings)
        if best is None:
            continue
        list_name, columns = best
        missing = tuple(name for name in REQUIRED.get(list_name, ()) if name not in columns)
        names = {target: str(cells[index]).strip() for target, index in columns.items()}
        return Recognised(table, list_name, columns, names, missing, number)
    return None


def _best_list(headings: list[str]) -> tuple[str, dict[str, int]] | None:
    scored: list[tuple[float, str, dict[str, int]]] = []
    for number, known in known_columns().items():
        columns, share = _match(headings, known)
        whole = all(name in columns for name in REQUIRED[number])
        if number in TELLING and not any(TELLING[number] in heading for heading in headings):
            whole = False
        # Nearly the whole list but for a column we cannot do without: recognised, and its lack is told.
        nearly = "local_id" in columns and share >= 0.6
        if whole or nearly:
            scored.append((share + (1 if whole else 0), number, columns))
    if scored:
        _, number, columns = max(scored, key=lambda one: one[0])
        return number, columns
    return _supplement(headings)


def _match(headings: list[str], known: Iterable[Column]) -> tuple[dict[str, int], float]:
    columns: dict[str, int] = {}
    taken: set[int] = set()
    hits = total = 0
    for column in known:
        total += 1
        index = next((i for i, h in enumerate(headings) if h and i not in taken and _is(column, h)), None)
        if index is None:
            continue
        hits += 1
        taken.add(index)
        if column.field and column.field not in columns:
            columns[column.field] = index
    return columns, hits / max(total, 1)


def _is(column: Column, heading: str) -> bool:
    if column.pattern.search(heading) is not None:
        return True
    # "ChildUniqueId" and "Casestatus" have lost the spaces that tell the words.
    return heading.replace(" ", "") == plain(column.name).replace(" ", "")


def _supplement(headings: list[str]) -> tuple[str, dict[str, int]] | None:
    columns: dict[str, int] = {}
    for target, pattern in OURS.items():
        index = next((i for i, h in enumerate(headings) if h and re.search(pattern, h)), None)
        if index is not None and index not in columns.values():
            columns[target] = index
    if "local_id" in columns and len(columns) >= 2:
        return SUPPLEMENT, columns
    return None
