"""Write one month's Annex A workbook (Lists 1 to 9) and the council's local supplement.

The workbook carries every column of the return, including those the product never keeps, so that the
importer meets what a council really sends. Headings follow the 2019 or the 2024 edition.
"""

import csv
import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from qaf.demo.world.annex_a_rows import LISTS, Facts
from qaf.demo.world.children import Child, last_supervision
from qaf.demo.world.population import World

TITLES = {
    1: "Contacts",
    2: "Early Help",
    3: "Referral",
    4: "Assessments",
    5: "Section 47 enquiries and Initial Child Protection Conferences",
    6: "Children in Need",
    7: "Child protection",
    8: "Children in care",
    9: "Care leavers",
}
SUPPLEMENT_COLUMNS = (
    "Child Unique ID",
    "Initials",
    "Family ID",
    "IRO or Chair",
    "Team Manager",
    "Last supervision",
    "Restricted",
)


def write_month(
    world: World, folder: Path, spoil: Callable[[int, list], None] | None = None
) -> tuple[Path, Path]:
    """Write workbook and supplement for the world's present day into ``folder`` and return both paths.

    ``spoil(list_number, rows)`` may damage the rows of a list in place, to show how refusals look.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{world.plan.framework}-{world.as_of:%Y-%m-%d}"
    workbook, supplement = folder / f"{stem}-annex-a.xlsx", folder / f"{stem}-supplement.csv"
    _write_workbook(world, workbook, spoil)
    _write_supplement(world, supplement)
    return workbook, supplement


def _rng(world: World, purpose: str) -> random.Random:
    """Return a generator of its own for a file, so that writing files never changes what happens next."""
    return random.Random(f"{world.plan.framework}:{world.as_of}:{purpose}")


def _write_workbook(world: World, path: Path, spoil: Callable[[int, list], None] | None) -> None:
    plan = world.plan
    facts = Facts(as_of=world.as_of, rng=_rng(world, "annex a"), edition=plan.edition)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        dates = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, build in LISTS.items():
            headings, rows = build(facts, world.children)
            if spoil is not None:
                spoil(number, rows)
            sheet = book.add_worksheet(plan.sheet.format(n=number))
            top = [[f"List {number}: {TITLES[number]}"]] if plan.title_row else []
            for index, row in enumerate([*top, headings, *rows]):
                _write_row(sheet, index, row, dates)


def _write_row(sheet: Any, index: int, row: Iterable[Any], dates: Any) -> None:
    for column, value in enumerate(row):
        if isinstance(value, date):
            sheet.write_datetime(index, column, value, dates)
        elif isinstance(value, int):
            sheet.write_number(index, column, value)
        elif value:
            sheet.write_string(index, column, value)


def _write_supplement(world: World, path: Path) -> None:
    rng = _rng(world, "supplement")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(SUPPLEMENT_COLUMNS)
        for child in world.open_children():
            writer.writerow(_supplement_row(world, child, last_supervision(rng, world.as_of)))


def _supplement_row(world: World, child: Child, supervised: date | None) -> list[str]:
    if supervised is not None and supervised < child.opened_on:
        supervised = None if world.as_of - child.opened_on < timedelta(days=7) else child.opened_on
    return [
        child.reference,
        child.initials,
        child.family.reference,
        child.reviewer.name if child.reviewer else "",
        world.staff.managers[child.team].name,
        supervised.strftime("%d/%m/%Y") if supervised else "",
        "Yes" if child.family.restricted else "No",
    ]
