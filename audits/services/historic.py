"""Bringing in the results of audits done before the product, scores of a former scale read as grades (WSX-22)."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audits.frameworks.schema import GradeSet
from audits.frameworks.selectors import framework_in_force
from audits.models import HistoricAudit
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import because

CHILD, DAY, SERVICE, RESULT = "child_id", "date", "service", "overall"
REQUIRED = (CHILD, DAY, RESULT)
MOST_ROWS = 20_000
LARGEST = 5_000_000
"""In bytes."""
FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


class HistoricFileRefused(Exception):
    """The file cannot be read; ``problems`` says everything that is wrong with it, nothing was kept."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(frozen=True)
class Reading:
    """One result as it stands in a file: the grade, and the score it was read from where it was one."""

    grade: str
    score: int | None = None


@dataclass
class Told:
    """What became of a file."""

    added: int = 0
    known: int = 0
    changed: int = 0
    converted: int = 0


@dataclass(frozen=True)
class _Row:
    local_id: str
    audited_on: date
    service: str
    overall: Reading
    domains: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def converted(self) -> bool:
        return self.overall.score is not None or any(one.score is not None for one in self.domains.values())


def read_result(text: str, grades: GradeSet) -> Reading:
    """Return the grade that a score or a grade's word means.

    A score is a whole number of the former scale; anything else is refused in words with ``ValueError``, a score of
    a framework without a former scale included.
    """
    text = text.strip()
    by_word = {word.casefold(): one.key for one in grades.grades for word in (one.key, one.label)}
    if (key := by_word.get(text.casefold())) is not None:
        return Reading(key)
    words = ", ".join(one.label for one in grades.best_first)
    if grades.former_scale is None:
        raise ValueError(f"“{text}” is not a grade. Write one of: {words}")
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"“{text}” is neither a grade ({words}) nor a whole number of the former scale")
    score = int(text)
    return Reading(grades.former_scale.convert(score), score)


def import_historic(*, content: bytes, person: Person | None) -> Told:
    """Keep every result of a CSV file; the same file twice adds nothing, a corrected row replaces its result.

    Columns: ``child_id``, ``date``, ``overall``, optionally ``service``; every other column is a domain, in which a
    cell may be empty. Raises ``HistoricFileRefused`` with every fault, by line; then nothing is kept.
    """
    rows = _read(content)
    told, now = Told(), clock.now()
    with transaction.atomic(), because("Bring in historic audits", person=person):
        found = {
            (one.local_id, one.audited_on): one
            for one in HistoricAudit.objects.filter(local_id__in=[row.local_id for row in rows])
        }
        new = []
        for row in rows:
            told.converted += row.converted
            values = _values(row)
            before = found.get((row.local_id, row.audited_on))
            if before is None:
                new.append(
                    HistoricAudit(
                        local_id=row.local_id,
                        audited_on=row.audited_on,
                        brought_in_by=person,
                        brought_in_at=now,
                        **values,
                    )
                )
                told.added += 1
            elif any(getattr(before, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(before, name, value)
                before.brought_in_by, before.brought_in_at = person, now
                before.save()
                told.changed += 1
            else:
                told.known += 1
        HistoricAudit.objects.bulk_create(new)
    return told


def _values(row: _Row) -> dict[str, Any]:
    domains = {
        name: {"grade": one.grade} | ({} if one.score is None else {"score": one.score})
        for name, one in row.domains.items()
    }
    return {
        "service": row.service,
        "score": row.overall.score,
        "grade": row.overall.grade,
        "domains": domains,
        "converted": row.converted,
    }


def _read(content: bytes) -> list[_Row]:
    reader = csv.DictReader(io.StringIO(_text(content)), restkey="", strict=True)
    rows: list[_Row] = []
    try:
        reader.fieldnames = names = [(name or "").strip() for name in reader.fieldnames or ()]
        if problems := list(_faulty_heading(names)):
            raise HistoricFileRefused(problems)
        for cells in reader:
            if len(rows) >= MOST_ROWS:
                raise HistoricFileRefused(
                    [f"The file has more than {MOST_ROWS:,} rows. Bring it in in parts."]
                )
            if any(value.strip() for value in cells.values() if isinstance(value, str)):
                _take(cells, reader.line_num, rows, problems)
    except csv.Error as error:
        raise HistoricFileRefused([f"Line {reader.line_num}: the file is not a CSV file."]) from error
    problems += _twice(rows)
    if not rows and not problems:
        problems.append("The file has no rows.")
    if problems:
        raise HistoricFileRefused(problems)
    return rows


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise HistoricFileRefused(
            [f"The file is larger than {LARGEST // 1_000_000} MB. Bring it in in parts."]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HistoricFileRefused(["The file is not text in UTF-8. Save it as CSV UTF-8."]) from error
    if "\0" in text:
        raise HistoricFileRefused(["The file is not a CSV file."])
    return text


def _faulty_heading(names: list[str]) -> Iterator[str]:
    for name in REQUIRED:
        if name not in names:
            yield f"The first line has no column “{name}”. It needs {', '.join(REQUIRED)}."
    if len(set(names)) != len(names):
        yield "The first line names a column twice."
    if "" in names:
        yield "The first line has a column without a name."


def _take(cells: Mapping[str, Any], line: int, rows: list[_Row], problems: list[str]) -> None:
    grades = framework_in_force().main_grades
    before = len(problems)
    if cells.get("") is not None:
        problems.append(f"Line {line}: there are more cells than columns.")
        return
    values = {name: (value or "").strip() for name, value in cells.items()}
    local_id, day = values[CHILD], _day(values[DAY])
    if not local_id or len(local_id) > 40:
        problems.append(f"Line {line}: child_id is empty or longer than 40 characters.")
    if day is None:
        problems.append(f"Line {line}: date “{values[DAY]}” is not a date like 2025-03-31 or 31/03/2025.")
    elif day > clock.today():
        problems.append(f"Line {line}: date “{values[DAY]}” lies in the future.")
    results: dict[str, Reading] = {}
    for name, text in values.items():
        if name in (CHILD, DAY, SERVICE) or (not text and name != RESULT):
            continue
        try:
            results[name] = read_result(text, grades)
        except ValueError as error:
            problems.append(f"Line {line}: {name}: {error}.")
    if len(problems) == before and day:
        overall = results.pop(RESULT)
        rows.append(_Row(local_id, day, values.get(SERVICE, "")[:120], overall, results))


def _day(text: str) -> date | None:
    for pattern in FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day, no moment)
        except ValueError:
            continue
    return None


def _twice(rows: list[_Row]) -> Iterator[str]:
    seen = set()
    for row in rows:
        key = (row.local_id, row.audited_on)
        if key in seen:
            yield f"Child {row.local_id} stands twice with an audit on {row.audited_on:%d/%m/%Y}."
        seen.add(key)
