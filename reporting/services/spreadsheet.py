"""A report as a spreadsheet: the figures, then one sheet for each table and chart. Texts stay texts."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from reporting.services.figures.model import Cell, ChartBlock, Column, Figure, Table

LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
# A text typed by a person must never become a formula, a link or a number in somebody's spreadsheet.
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def workbook(
    *,
    title: str,
    about: Sequence[tuple[str, str]],
    figures: Sequence[tuple[str, Figure]],
    tables: Sequence[tuple[str, Table | ChartBlock]],
    made_on: date,
) -> bytes:
    """Return the spreadsheet's bytes: About, Figures, then every table under its own name."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _PLAIN)
    book.set_properties({"title": title, "created": datetime.combine(made_on, time())})
    look = {
        "bold": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "quiet": book.add_format({"font_color": "#46545C", "text_wrap": True, "valign": "top"}),
    }
    _about(book, look, title, about)
    _figures(book, look, figures)
    used = {"about", "figures"}
    for section, block in tables:
        _table(book, look, section, block, _name(block.title, used))
    book.close()
    return stream.getvalue()


def _about(book: Any, look: dict[str, Any], title: str, about: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, title, look["title"])
    for number, (label, text) in enumerate(about, start=2):
        sheet.write_string(number, 0, label, look["wrap"])
        sheet.write_string(number, 1, text, look["wrap"])


def _figures(book: Any, look: dict[str, Any], figures: Sequence[tuple[str, Figure]]) -> None:
    sheet = book.add_worksheet("Figures")
    widths = (26, 40, 12, 12, 20, 60, 60)
    for column, (label, width) in enumerate(
        zip(
            ("Section", "Figure", "Number", "Of (n)", "In words", "Definition", "Counted"),
            widths,
            strict=True,
        )
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label, look["bold"])
    for row, (section, figure) in enumerate(figures, start=1):
        sheet.write_string(row, 0, section, look["wrap"])
        sheet.write_string(row, 1, figure.label, look["wrap"])
        sheet.write_number(row, 2, figure.value)
        if figure.n is not None:
            sheet.write_number(row, 3, figure.n)
        sheet.write_string(row, 4, figure.text, look["wrap"])
        sheet.write_string(row, 5, figure.definition, look["wrap"])
        sheet.write_string(row, 6, figure.population, look["wrap"])
    sheet.freeze_panes(1, 2)


def _table(book: Any, look: dict[str, Any], section: str, block: Table | ChartBlock, name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, block.title, look["title"])
    sheet.write_string(1, 0, f"{section}. {block.definition} Counted: {block.population}.", look["quiet"])
    columns, rows = _grid(block)
    place = 0
    for column in columns:
        for part in (column.label, f"{column.label}: of (n)") if column.kind == "share" else (column.label,):
            sheet.set_column(place, place, 34 if column.kind == "text" else 14)
            sheet.write_string(3, place, part, look["bold"])
            place += 1
    for number, row in enumerate(rows, start=4):
        place = 0
        for column, cell in zip(columns, row, strict=True):
            place = _cell(sheet, number, place, column, cell)
    sheet.freeze_panes(4, 1)
    if not rows and isinstance(block, Table):
        sheet.write_string(4, 0, block.empty, look["wrap"])


def _cell(sheet: Any, row: int, place: int, column: Column, cell: Cell) -> int:
    """Write a cell and return the place of the next: a share takes two, part and whole."""
    values = cell if isinstance(cell, tuple | list) else (cell,)
    for offset, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(row, place + offset, value)
        elif value is not None:
            sheet.write_string(row, place + offset, value)
    return place + (2 if column.kind == "share" else 1)


def _grid(block: Table | ChartBlock) -> tuple[Sequence[Column], Sequence[Sequence[Cell]]]:
    """Return a table, or the numbers a chart is drawn from."""
    if isinstance(block, Table):
        return block.columns, block.rows
    first = block.data.get("first_column", "Month")
    if block.kind == "stacked":
        columns = [Column(first, "text"), *(Column(label) for _, label in block.data["series"]), Column("n")]
        return columns, [(g["label"], *g["counts"], sum(g["counts"])) for g in block.data["groups"]]
    if block.kind == "bars":
        shares = any(bar.get("text") for bar in block.data["bars"])
        columns = [
            Column(first, "text"),
            Column(block.data.get("unit") or "Number", "text" if shares else "count"),
        ]
        return columns, [(bar["label"], bar.get("text") or int(bar["value"])) for bar in block.data["bars"]]
    columns = [Column(first, "text")]
    columns += [Column(line["label"] or "Figure", "share") for line in block.data["lines"]] + [
        Column("Final", "text")
    ]
    return columns, [
        (
            point["label"],
            *(
                None if one["whole"] is None else (one["part"], one["whole"])
                for one in (line["points"][index] for line in block.data["lines"])
            ),
            "yes" if all(line["points"][index]["final"] for line in block.data["lines"]) else "not yet",
        )
        for index, point in enumerate(block.data["lines"][0]["points"])
    ]


def _name(title: str, used: set[str]) -> str:
    """Return a sheet name that Excel accepts and the book does not have yet."""
    base = _FORBIDDEN.sub(" ", title)[:LONGEST_NAME].strip()
    name, number = base, 2
    while name.lower() in used:
        suffix = f" {number}"
        name, number = base[: LONGEST_NAME - len(suffix)] + suffix, number + 1
    used.add(name.lower())
    return name
