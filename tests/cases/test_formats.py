"""What councils' files really look like, and what becomes of each oddity. No database."""

from datetime import date
from pathlib import Path

import pytest

from audits.cases.enums import CaseStatus
from audits.cases.formats import values
from audits.cases.formats.process import expand, read_upload
from audits.cases.formats.rows import STATUSES, CaseRow, FrontDoor, Reading
from tests.factories import annex_a
from tests.factories.annex_a import child

AS_OF = date(2026, 9, 30)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "annex_a"


def read(*paths: Path, as_of: date = AS_OF) -> Reading:
    return read_upload(expand(list(paths)), as_of=as_of)


def only(reading: Reading) -> CaseRow:
    assert (len(reading.rows), reading.refused) == (1, [])
    return reading.rows[0]


def test_a_row_of_list_6_becomes_what_audit_needs_and_nothing_more(tmp_path):
    row = only(read(annex_a.list_6(tmp_path / "a.xlsx", child("00017", "b) Child Protection plan"))))
    assert row == CaseRow(
        local_id="00017",
        birth_year=2014,
        birth_month=5,
        gender="female",
        ethnicity="white",
        disability="no",
        status="child_protection",
        open=True,
        opened_on=date(2026, 3, 2),
        status_from=date(2026, 3, 2),
        last_seen_on=date(2026, 9, 21),
        worker="Wren Sedge",
        team="Rowan team",
        lists=("6",),
        file="a.xlsx",
        row=2,
    )


def test_no_other_column_crosses_the_process_boundary(tmp_path):
    canary = {**child("17"), "Primary Need Code": "CANARY-NEED", "Reason for Closure": "CANARY-REASON"}
    sheets = [
        ("List 6", annex_a.LIST_6, [canary]),
        ("List 8", annex_a.LIST_8, [{**child("17"), "Placement postcode": "CANARY-POSTCODE"}]),
    ]
    reading = read(annex_a.workbook(tmp_path / "a.xlsx", *sheets))
    assert "CANARY" not in repr(reading)
    assert "17/05" not in repr(reading)
    assert date(2014, 5, 17).isoformat() not in repr(reading.to_json())


def test_the_parsers_statuses_are_the_case_lists(tmp_path):
    assert set(STATUSES) == set(CaseStatus.values)


@pytest.mark.parametrize(
    ("spelling", "status"),
    [
        ("a) Looked after child", "looked_after"),
        ("CLA&CP", "looked_after"),
        ("CP/CLA", "looked_after"),
        ("LAC", "looked_after"),
        ("CPP", "child_protection"),
        ("CiN Plan", "child_in_need"),
        ("Open asmt", "open_assessment"),
        ("  d)\xa0Open   assessment ", "open_assessment"),
    ],
)
def test_the_statuses_that_councils_write_are_understood(tmp_path, spelling, status):
    assert only(read(annex_a.list_6(tmp_path / "a.xlsx", child("1", spelling)))).status == status


@pytest.mark.parametrize("spelling", ["e) Closed episode", "Closed - stepdown", "Care leaver"])
def test_a_closed_episode_is_closed_and_care_leaver_in_list_6_means_closed(tmp_path, spelling):
    row = only(read(annex_a.list_6(tmp_path / "a.xlsx", child("1", spelling, closed=date(2026, 8, 1)))))
    assert (row.open, row.status, row.closed_on) == (False, None, date(2026, 8, 1))


def test_a_status_nobody_knows_is_refused_with_what_was_expected(tmp_path):
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", child("1", "On holiday"), child("2")))
    assert [row.local_id for row in reading.rows] == ["2"]
    assert [refusal.to_json() for refusal in reading.refused] == [
        {
            "file": "a.xlsx",
            "list": "6",
            "row": 2,
            "column": "Case status",
            "value": "On holiday",
            "expected": values.EXPECTED["status"],
        }
    ]


@pytest.mark.parametrize("title", ["", "List 6: Children in Need"])
@pytest.mark.parametrize("sheet", ["List_6", "List 6", "Sheet1", "CIN as at Sept"])
def test_a_list_is_known_by_its_headings_wherever_they_stand(tmp_path, title, sheet):
    path = annex_a.workbook(tmp_path / "a.xlsx", (sheet, annex_a.LIST_6, [child("1")]), title=title)
    reading = read(path)
    assert [(seen.sheet, seen.list, seen.rows) for seen in reading.lists] == [(sheet, "6", 1)]
    assert only(reading).row == (4 if title else 2)


def test_the_heading_age_and_headings_with_odd_spaces_are_the_same_headings(tmp_path):
    headings = tuple(
        {"Age of Child (Years)": "Age", "Case status": "Case\xa0 Status "}.get(h, h) for h in annex_a.LIST_6
    )
    row = child("1") | {"Case\xa0 Status ": "CP"}
    assert (
        only(read(annex_a.workbook(tmp_path / "a.xlsx", ("x", headings, [row])))).status == "child_protection"
    )


def test_headings_without_spaces_text_dates_and_a_byte_order_mark_are_read(tmp_path):
    headings = tuple(heading.replace(" ", "").replace("(Years)", "") for heading in annex_a.LIST_6)
    rows = [
        {heading.replace(" ", "").replace("(Years)", ""): cell for heading, cell in child("0042").items()}
    ]
    row = only(read(annex_a.csv_file(tmp_path / "List6.csv", headings, rows, encoding="utf-8-sig")))
    assert (row.local_id, row.opened_on, row.team) == ("0042", date(2026, 3, 2), "Rowan team")


@pytest.mark.parametrize(("encoding", "comma"), [("cp1252", ";"), ("utf-16", "\t"), ("utf-8", "|")])
def test_csv_files_of_every_spreadsheet_are_read(tmp_path, encoding, comma):
    path = annex_a.csv_file(
        tmp_path / "6.csv", annex_a.LIST_6, [child("7", worker="Zoë Ash")], encoding, comma
    )
    assert only(read(path)).worker == "Zoë Ash"


@pytest.mark.parametrize(("headings", "columns"), [(annex_a.LIST_9, 13), (annex_a.LIST_9_OF_2024, 17)])
def test_list_9_adds_care_leavers_with_13_columns_or_17(tmp_path, headings, columns):
    leaver = child("9") | {"Eligibility Category": "Former relevant", "Allocated Worker": "#N/A"}
    leaver["Allocated Personal Advisor"] = "Teal Marsh"
    row = only(read(annex_a.workbook(tmp_path / "a.xlsx", ("List_9", headings, [leaver]))))
    worker = "Teal Marsh" if columns == 17 else ""
    assert (len(headings), row.status, row.open, row.worker) == (columns, "care_leaver", True, worker)


def test_list_2_adds_early_help_with_an_organisation_for_a_team(tmp_path):
    rows = [
        {
            "Child Unique ID": "1",
            "Assessment start date": date(2026, 6, 1),
            "Organisation completing assessment": "Elm hub",
        },
        {
            "Child Unique ID": "2",
            "Assessment start date": date(2026, 6, 1),
            "Assessment completion date": date(2026, 7, 1),
        },
    ]
    first, second = read(annex_a.workbook(tmp_path / "a.xlsx", ("2", annex_a.LIST_2, rows))).rows
    assert (first.status, first.open, first.team, first.worker) == ("early_help", True, "Elm hub", None)
    assert (second.status, second.open, second.closed_on) == ("early_help", False, date(2026, 7, 1))


def test_contacts_and_referrals_of_the_last_month_are_the_front_door(tmp_path):
    long_ago = date.fromordinal(AS_OF.toordinal() - FrontDoor().days)
    contacts = [
        {"Child Unique ID": "1", "Date of Contact": date(2026, 9, 20)},
        {"Child Unique ID": "2", "Date of Contact": long_ago},
    ]
    referrals = [
        {"Child Unique ID": "1", "Date of referral": date(2026, 9, 22), "Allocated Team": "Gorse desk"},
        {"Child Unique ID": "3", "Date of referral": date(2026, 9, 29)},
    ]
    path = annex_a.workbook(
        tmp_path / "a.xlsx", ("1", annex_a.LIST_1, contacts), ("3", annex_a.LIST_3, referrals)
    )
    found = {row.local_id: (row.status, row.opened_on, row.team) for row in read(path).rows}
    assert found == {
        "1": ("front_door", date(2026, 9, 22), "Gorse desk"),
        "3": ("front_door", date(2026, 9, 29), ""),
    }


OLD_EXCEL = Path(__file__).parents[1] / "fixtures" / "invented" / "list_6.xls"
"""Invented children in Excel's format of 1997, as older systems still write it."""


def test_a_workbook_of_the_old_format_is_read_like_a_new_one():
    assert OLD_EXCEL.read_bytes().startswith(b"\xd0\xcf\x11\xe0")
    first, second = read(OLD_EXCEL).rows
    assert (first.local_id, first.status, first.team, first.worker) == (
        "0004711",
        "child_protection",
        "Rowan team",
        "Wren Sedge",
    )
    assert (first.birth_year, first.birth_month, first.opened_on) == (2014, 5, date(2026, 3, 2))
    assert (second.local_id, second.status, second.team) == ("0004712", "looked_after", "Heron team")


def test_how_long_a_contact_is_a_case_and_whether_without_further_action_is_the_frameworks_to_say(tmp_path):
    contacts = [{"Child Unique ID": "1", "Date of Contact": date(2026, 9, 29)}]
    referrals = [
        {"Child Unique ID": "2", "Date of referral": date(2026, 9, 29), "Referral NFA?": "Yes"},
        {"Child Unique ID": "3", "Date of referral": date(2026, 9, 29), "Referral NFA?": "No"},
        {"Child Unique ID": "4", "Date of referral": date(2026, 9, 1), "Referral NFA?": "N"},
        {"Child Unique ID": "5", "Date of referral": date(2026, 9, 29), "Referral NFA?": "perhaps"},
    ]
    path = annex_a.workbook(
        tmp_path / "a.xlsx", ("1", annex_a.LIST_1, contacts), ("3", annex_a.LIST_3, referrals)
    )

    def ids(**rule):
        reading = read_upload(expand([path]), as_of=AS_OF, front_door=FrontDoor(**rule))
        return {row.local_id for row in reading.rows}, [refusal.value for refusal in reading.refused]

    assert ids() == ({"1", "2", "3", "4", "5"}, [])
    assert ids(days=7) == ({"1", "2", "3", "5"}, [])
    assert ids(without_further_action=False) == ({"3", "4"}, ["perhaps"])
    assert ids(days=7, without_further_action=False) == ({"3"}, ["perhaps"])


def test_the_most_protective_status_wins_over_every_other_list(tmp_path):
    path = annex_a.workbook(
        tmp_path / "a.xlsx",
        ("9", annex_a.LIST_9, [child("1") | {"Eligibility Category": "Eligible"}]),
        ("6", annex_a.LIST_6, [child("1", "a) Looked after child")]),
        ("1", annex_a.LIST_1, [{"Child Unique ID": "1", "Date of Contact": AS_OF}]),
    )
    row = only(read(path))
    assert (row.status, row.lists) == ("looked_after", ("1", "6", "9"))


def test_a_child_closed_in_list_6_and_present_in_list_9_is_a_care_leaver(tmp_path):
    path = annex_a.workbook(
        tmp_path / "a.xlsx",
        ("6", annex_a.LIST_6, [child("1", "e) Closed episode")]),
        ("9", annex_a.LIST_9, [child("1") | {"Eligibility Category": "Relevant"}]),
    )
    assert (only(read(path)).status, only(read(path)).open) == ("care_leaver", True)


def test_lists_7_and_8_enrich_but_bring_nobody(tmp_path):
    plan = child("1") | {
        "Child Protection Plan Start Date": date(2026, 5, 4),
        "Date of latest review conference": date(2026, 8, 3),
    }
    stranger = child("2") | {"Date Started to be Looked After": date(2026, 1, 5)}
    ceased = child("3") | {
        "Date Started to be Looked After": date(2025, 1, 5),
        "Date Ceased to be Looked After ": date(2026, 5, 5),
    }
    path = annex_a.workbook(
        tmp_path / "a.xlsx",
        ("7", annex_a.LIST_7, [plan]),
        ("6", annex_a.LIST_6, [child("1", "b) Child Protection plan")]),
        ("8", annex_a.LIST_8, [stranger, ceased]),
    )
    reading = read(path)
    assert [(row.local_id, row.status_from, row.last_review_on) for row in reading.rows] == [
        ("1", date(2026, 5, 4), date(2026, 8, 3))
    ]
    assert [(refusal.list, refusal.row, refusal.local_id) for refusal in reading.refused] == [("8", 2, "2")]


def test_na_in_team_and_worker_means_that_nobody_is_allocated(tmp_path):
    row = only(read(annex_a.list_6(tmp_path / "a.xlsx", child("1", team="#N/A", worker="#N/A"))))
    assert (row.team, row.worker) == ("", "")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 2)),
        (46083, date(2026, 3, 2)),
        ("46083", date(2026, 3, 2)),
        ("02/03/2026", date(2026, 3, 2)),
        ("2/3/26", date(2026, 3, 2)),
        ("2026-03-02T00:00:00", date(2026, 3, 2)),
        ("02-Mar-2026", date(2026, 3, 2)),
        ("2nd March 2026", date(2026, 3, 2)),
        ("02.03.2026 00:00", date(2026, 3, 2)),
        ("#N/A", None),
        ("", None),
    ],
)
def test_dates_of_every_kind_are_the_same_date(tmp_path, cell, expected):
    assert only(read(annex_a.list_6(tmp_path / "a.xlsx", child("1", start=cell)))).opened_on == expected


@pytest.mark.parametrize("cell", ["31/02/2026", "13/13/2026", "last spring", 7, "01/01/0001"])
def test_a_date_that_is_none_refuses_the_row_and_names_the_column(tmp_path, cell):
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", child("1", start=cell)))
    assert [(r.column, r.value, r.expected, r.local_id) for r in reading.refused] == [
        ("CIN Start Date", str(cell), "a date such as 31/01/2026", "1")
    ]
    assert reading.rows == []


@pytest.mark.parametrize("cell", ["unborn", "EDD May 2027", "approx. 2012", "", "#N/A"])
def test_a_birth_date_in_free_text_is_not_yet_a_birth_date(tmp_path, cell):
    row = only(read(annex_a.list_6(tmp_path / "a.xlsx", child("1", born=cell, age=-1))))
    assert (row.birth_year, row.birth_month) == (None, None)


@pytest.mark.parametrize("age", [-1, 3.5, "unborn", "#N/A"])
def test_an_age_is_never_needed_whatever_it_holds(tmp_path, age):
    assert only(read(annex_a.list_6(tmp_path / "a.xlsx", child("1", age=age)))).local_id == "1"


def test_ids_are_text_as_they_come(tmp_path):
    reading = read(
        annex_a.list_6(
            tmp_path / "a.xlsx", child("000123"), child(456), child(" AB 7\xa0"), child(9876543210123)
        )
    )
    assert [row.local_id for row in reading.rows] == ["000123", "456", "AB 7", "9876543210123"]


def test_an_unknown_spelling_of_ethnicity_keeps_the_child_and_is_told(tmp_path):
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", child("1", ethnicity="Martian")))
    assert only(reading).ethnicity == "not_stated"
    assert ["Martian" in notice.text for notice in reading.notices] == [True]


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("gender", "1 - Male", "male"),
        ("gender", "Non-Binary", "neither"),
        ("ethnicity", "WROM-Gypsy/Roma", "white"),
        ("ethnicity", "MWBA - B2 - Mixed -White and Black African", "mixed"),
        ("ethnicity", "Any Other Black Background: BOTH - recorded 2024", "black"),
        ("disability", "AUTISM", "yes"),
        ("disability", "NONE", "no"),
    ],
)
def test_spellings_that_councils_returned_are_known(field, cell, value):
    assert values.spelling(field, cell) == value


def test_the_same_row_twice_is_one_child_and_told(tmp_path):
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", child("1"), child("1")))
    assert only(reading).row == 2
    assert [(notice.row, "word for word" in notice.text) for notice in reading.notices] == [(3, True)]


def test_two_different_open_rows_of_one_child_keep_the_first_and_refuse_the_second(tmp_path):
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", child("1"), child("1", worker="Merle Finch")))
    assert [(row.worker, row.row) for row in reading.rows] == [("Wren Sedge", 2)]
    assert [(r.row, r.value, r.expected) for r in reading.refused] == [
        (3, "1", "one row for each child: row 2 holds this child too and says something else")
    ]


def test_an_earlier_closed_episode_beside_an_open_one_is_no_fault(tmp_path):
    old = child("1", "e) Closed episode", start=date(2025, 9, 1), closed=date(2026, 5, 1))
    assert only(read(annex_a.list_6(tmp_path / "a.xlsx", old, child("1", "CP")))).status == "child_protection"


def test_a_row_without_an_id_is_refused_and_its_list_closes_nobody(tmp_path):
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", child(""), child("2")))
    assert [(r.row, r.column, r.expected) for r in reading.refused] == [
        (2, "Child Unique ID", "the child's unique id")
    ]
    assert reading.complete_lists == frozenset()


def test_empty_rows_between_and_after_are_no_rows(tmp_path):
    nothing = dict.fromkeys(annex_a.LIST_6, " ")
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", nothing, child("1"), nothing))
    assert (only(reading).row, reading.lists[0].rows) == (3, 1)


def test_a_list_of_headings_only_is_told(tmp_path):
    reading = read_upload(expand([annex_a.list_6(tmp_path / "a.xlsx")]), as_of=AS_OF)
    assert reading.rows == []
    assert [(one.list, one.text) for one in reading.notices] == [
        ("6", "This list has headings and no row: it brings nobody in and closes nobody.")
    ]


def test_one_child_with_and_without_leading_zeros_in_two_lists_is_one_child(tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child(123))
    extra = annex_a.supplement(tmp_path / "s.csv", ("000123", "AB", "", "Robin Thorne"))
    reading = read(path, extra)
    assert (only(reading).local_id, only(reading).initials, only(reading).iro) == (
        "000123",
        "AB",
        "Robin Thorne",
    )
    assert ["leading zeros" in notice.text for notice in reading.notices] == [True]


def test_two_children_of_one_list_whose_ids_differ_by_zeros_stay_two(tmp_path):
    reading = read(annex_a.list_6(tmp_path / "a.xlsx", child("123"), child("0123")))
    assert [row.local_id for row in reading.rows] == ["123", "0123"]


def test_the_supplement_lays_over_the_list_only_what_it_states(tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child("1"))
    extra = annex_a.supplement(
        tmp_path / "s.csv", ("1", "ab", "F9", "Robin Thorne", "Hazel Brook", "14/09/2026", "Yes")
    )
    row = only(read(path, extra))
    assert (row.initials, row.family_id, row.iro, row.manager, row.last_supervision_on, row.restricted) == (
        "AB", "F9", "Robin Thorne", "Hazel Brook", date(2026, 9, 14), True,
    )  # fmt: skip
    assert (row.worker, row.team, row.lists) == ("Wren Sedge", "Rowan team", ("6", "supplement"))


def test_a_supplement_line_with_a_name_for_initials_is_refused_without_repeating_the_name(tmp_path):
    reading = read(
        annex_a.supplement(
            tmp_path / "s.csv",
            ("1", "Annabel Canary"),
            ("2", "", "", "", "", "soon"),
            ("3", "", "", "", "", "", "maybe"),
        )
    )
    assert [(r.column, r.value) for r in reading.refused] == [
        ("Initials", "(too long)"), ("Last supervision", "soon"), ("Restricted", "maybe"),
    ]  # fmt: skip
    assert "Canary" not in repr(reading)


@pytest.mark.parametrize(
    "name", ["cscdp_2015-01-sample.xlsx", "cscdp_2016-01-sample.xlsx", "liia_annex_a_2024_headers_only.xlsx"]
)
def test_every_list_of_the_public_workbooks_is_recognised(name):
    reading = read(FIXTURES / name, as_of=date(2015, 3, 31))
    assert [seen.list for seen in reading.lists] == ["1", "2", "3", "6", "7", "8", "9"]
    assert reading.refused == []
    found = [(row.local_id, row.status, row.team, row.worker) for row in reading.rows]
    assert found == ([(str(n), "front_door", "AT", "AW") for n in range(1, 6)] if "2015" in name else [])
    assert reading.complete_lists == (frozenset({"3"}) if "2015" in name else frozenset())


def test_a_reading_survives_the_process_boundary_word_for_word(tmp_path):
    reading = read(
        annex_a.list_6(tmp_path / "a.xlsx", child("1"), child("2", "?"), child("3", ethnicity="Martian")),
        annex_a.supplement(tmp_path / "s.csv", ("1", "AB", "", "", "", "14/09/2026", "no")),
    )
    assert Reading.from_json(reading.to_json()) == reading
