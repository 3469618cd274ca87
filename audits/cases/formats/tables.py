"""Workbooks, CSV files and archives as tables: a name and rows of cells, one sheet in memory at a time."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from audits.cases.formats.guard import USE, Kind, Limits, kind_of, password_words, too_much_words
from audits.cases.formats.rows import FileFault

csv.field_size_limit(1_000_000)


@dataclass(slots=True)
class Table:
    """One sheet or one CSV file; ``rows`` can be read once."""

    file: str
    sheet: str
    rows: Iterator[list[object]]


class Meter:
    """Counts cells over the whole upload and stops at the cap."""

    def __init__(self, limits: Limits):
        self.left = limits.cells

    def take(self, cells: int, file: str) -> None:
        """Count ``cells``; raise ``FileFault`` when the upload holds too many."""
        self.left -= cells
        if self.left < 0:
            raise FileFault(file, too_much_words())


def tables_of(path: Path, name: str, limits: Limits, meter: Meter) -> Iterator[Table]:
    """Yield the tables of one file; raise ``FileFault`` when it cannot be used."""
    kind = kind_of(path, name, limits)
    if kind is Kind.WORKBOOK:
        yield from _sheets(path, name, limits, meter)
    elif kind is Kind.ZIP:
        yield from _members(path, name, limits, meter)
    else:
        yield Table(name, Path(name).stem, _csv_rows(path.read_bytes(), name, meter))


def _sheets(path: Path, name: str, limits: Limits, meter: Meter) -> Iterator[Table]:
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
    except calamine.PasswordError as error:
        raise FileFault(name, password_words()) from error
    except Exception as error:
        raise FileFault(name, _damaged()) from error
    if len(names) > limits.sheets:
        raise FileFault(name, too_much_words())
    for sheet_name in names:
        try:
            sheet = workbook.get_sheet_by_name(sheet_name)
        except Exception as error:
            raise FileFault(name, _damaged()) from error
        meter.take(sheet.total_height * sheet.total_width, name)
        # Leading empty rows are left out of the iteration: the reader is told real row numbers.
        above = sheet.start[0] if sheet.start else 0
        blank: list[object] = []
        yield Table(name, sheet_name, _after(above, blank, _rows(sheet)))
        del sheet


def _rows(sheet: calamine.CalamineSheet) -> Iterator[list[object]]:
    for row in sheet.iter_rows():
        yield list(row)


def _after(count: int, blank: list[object], rows: Iterator[list[object]]) -> Iterator[list[object]]:
    first = next(rows, None)
    if first is None:
        return
    # Calamine has been seen both to give and to leave out the rows above the first cell.
    if any(cell not in ("", None) for cell in first):
        for _ in range(count):
            yield blank
    yield first
    yield from rows


def _damaged() -> str:
    return f"This workbook is damaged or of a kind that cannot be read. Save it again from Excel. {USE}"


def _members(path: Path, name: str, limits: Limits, meter: Meter) -> Iterator[Table]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir() or not member.filename.casefold().endswith(".csv"):
                continue
            if Path(member.filename).name.startswith("._"):
                continue
            inner = f"{name}/{Path(member.filename).name}"
            try:
                with archive.open(member) as stream:
                    content = stream.read(limits.unpacked_bytes // 4 + 1)
            except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
                raise FileFault(
                    name, "This archive is damaged. Make it again and upload the new copy."
                ) from error
            if len(content) > limits.unpacked_bytes // 4:
                raise FileFault(name, too_much_words())
            yield Table(inner, Path(member.filename).stem, _csv_rows(content, inner, meter))


def _csv_rows(content: bytes, name: str, meter: Meter) -> Iterator[list[object]]:
    text = _decoded(content, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            meter.take(len(row), name)
            yield list(row)
    except csv.Error as error:
        raise FileFault(name, f"Line {reader.line_num} of this CSV file cannot be read. {USE}") from error


def _decoded(content: bytes, name: str) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFault(name, f"The letters of this CSV file cannot be read: save it as CSV UTF-8. {USE}")


def _delimiter(text: str) -> str:
    lines = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    counts = {mark: max((line.count(mark) for line in lines), default=0) for mark in (",", ";", "\t", "|")}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","
