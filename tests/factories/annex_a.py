"""Annex A lists, the dataset and the supplement as files, from a few words a child. All invented."""

import csv
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

CHILD = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)")
LIST_6 = (
    *CHILD, "Does the Child have a Disability",
    "CIN Start Date", "Primary Need Code", "Date Child Was Last Seen", "CIN Closure Date", "Reason for Closure",
    "Case status", "Allocated Team", "Allocated Worker",
)  # fmt: skip
LIST_9 = (
    *CHILD, "Does the Child have a Disability",
    "Allocated Team", "Allocated Worker", "Eligibility Category", "LA In Touch ", "Type of Accommodation",
    "Suitability of Accommodation", "Activity Status",
)  # fmt: skip
LIST_9_OF_2024 = (
    "Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age",
    "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)",
    "Does the Child have a Disability", "Allocated Team", "Allocated Worker", "Allocated Personal Advisor",
    "Eligibility Category", "Latest Pathway Plan Review Date", "LA in Touch", "Latest Date of Contact",
    "Type of Accommodation", "Suitability of Accommodation", "Activity Status",
)  # fmt: skip
LIST_2 = (
    *CHILD, "Assessment start date",
    "Assessment completion date", "Organisation completing assessment",
)  # fmt: skip
LIST_1 = (
    *CHILD, "Date of Contact", "Contact Source",
)  # fmt: skip
LIST_3 = (
    *CHILD, "Date of referral", "Referral Source",
    "Referral NFA?", "Number of Referrals in Last 12 Months", "Allocated Team", "Allocated Worker",
)  # fmt: skip
LIST_7 = (
    *CHILD, "Does the Child have a Disability",
    "Child Protection Plan Start Date", "Initial Category of Abuse", "Latest Category of Abuse",
    "Date of the Last Statutory Visit", "Was the Child Seen Alone?", "Date of latest review conference",
    "Child Protection Plan End Date",
    "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
    "Number of Previous Child Protection Plans", "Allocated Team", "Allocated Worker",
)  # fmt: skip
LIST_8 = (
    *CHILD, "Date Started to be Looked After",
    "Date of Latest Statutory Review", "Date of Last Social Work Visit", "Date Ceased to be Looked After ",
    "Placement postcode", "Allocated Team", "Allocated Worker",
)  # fmt: skip


def child(local_id: Any, status: str = "c) Child in need plan", **cells: Any) -> dict[str, Any]:
    """A row of List 6; keyword arguments are short names of headings."""
    row = {
        "Child Unique ID": local_id,
        "Gender": "b) Female",
        "Ethnicity": "a) WBRI",
        "Date of Birth": date(2014, 5, 17),
        "Age of Child (Years)": 12,
        "Does the Child have a Disability": "b) No",
        "CIN Start Date": date(2026, 3, 2),
        "Primary Need Code": "N1",
        "Date Child Was Last Seen": date(2026, 9, 21),
        "Case status": status,
        "Allocated Team": "Rowan team",
        "Allocated Worker": "Wren Sedge",
    }
    names = {
        "born": "Date of Birth", "start": "CIN Start Date", "seen": "Date Child Was Last Seen",
        "closed": "CIN Closure Date", "team": "Allocated Team", "worker": "Allocated Worker",
        "gender": "Gender", "ethnicity": "Ethnicity",
        "disability": "Does the Child have a Disability", "age": "Age of Child (Years)",
    }  # fmt: skip
    return row | {names[name]: cell for name, cell in cells.items()}


def workbook(path: Path, *sheets: tuple[str, tuple[str, ...], list[dict[str, Any]]], title: str = "") -> Path:
    """Write sheets of (name, headings, rows); with ``title`` a line and a gap stand above the headings."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, headings, rows in sheets:
        sheet, top = book.add_worksheet(name), 0
        if title:
            sheet.write(0, 0, title)
            top = 2
        sheet.write_row(top, 0, headings)
        for number, row in enumerate(rows, start=top + 1):
            for column, heading in enumerate(headings):
                cell = row.get(heading)
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, days)
                elif cell == "#N/A":
                    sheet.write_formula(number, column, "=NA()", None, "#N/A")
                elif cell is not None:
                    sheet.write(number, column, cell)
    book.close()
    return path


def list_6(path: Path, *children: dict[str, Any], **options: Any) -> Path:
    """Write a workbook that holds List 6."""
    return workbook(path, ("List_6", LIST_6, list(children)), **options)


def csv_file(
    path: Path,
    headings: tuple[str, ...],
    rows: list[dict[str, Any]],
    encoding: str = "utf-8",
    comma: str = ",",
) -> Path:
    """Write a CSV file; dates as a British spreadsheet writes them."""
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=comma)
        writer.writerow(headings)
        for row in rows:
            cells = [row.get(heading, "") for heading in headings]
            writer.writerow([f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell for cell in cells])
    return path


SUPPLEMENT = (
    "Child ID",
    "Initials",
    "Family ID",
    "IRO or chair",
    "Team manager",
    "Last supervision",
    "Restricted",
)


def supplement(path: Path, *lines: tuple[Any, ...]) -> Path:
    """Write a local supplement, cells in the order of ``SUPPLEMENT``."""
    return csv_file(path, SUPPLEMENT, [dict(zip(SUPPLEMENT, line, strict=False)) for line in lines])


def dataset(folder: Path, tables: dict[str, list[dict[str, Any]]], *, zipped: bool = False) -> Path:
    """Write Standard Safeguarding Dataset tables as a folder or a zip of CSV files."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        headings = tuple(dict.fromkeys(key for row in rows for key in row))
        csv_file(folder / f"{name}.csv", headings, rows, encoding="utf-8-sig")
    if not zipped:
        return folder
    packed = folder.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(folder.iterdir()):
            archive.write(one, one.name)
    return packed
