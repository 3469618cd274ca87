"""The case list as a file. No cell may start a formula when a spreadsheet opens it."""

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from audits.cases.models import Case

COLUMNS = (
    "id", "status", "open", "service", "team", "worker", "iro", "manager", "opened_on", "closed_on", "last_seen_on",
    "last_review_on", "last_supervision_on",
)  # fmt: skip


def safe_cell(value: object) -> str:
    """Return a cell that a spreadsheet shows and never runs."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def export_rows(cases: Iterable[Case]) -> Iterator[list[str]]:
    """Yield the lines of the export, headings first; ``cases`` come with their relations selected."""
    yield list(COLUMNS)
    for case in cases:
        cells = (
            case.local_id, case.status, "yes" if case.is_open else "no", case.service, case.team, case.worker,
            case.chair, case.manager, case.opened_on, case.closed_on, case.last_seen_on, case.last_review_on,
            case.last_supervision_on,
        )  # fmt: skip
        yield [safe_cell(cell) for cell in cells]


def write_csv(cases: Iterable[Case], target: TextIO) -> int:
    """Write the export to an open file; return how many cases it holds."""
    writer = csv.writer(target, lineterminator="\n")
    written = -1
    for line in export_rows(cases):
        writer.writerow(line)
        written += 1
    return written
