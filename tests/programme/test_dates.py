"""From a framework to its dates, without a database."""

from datetime import date, timedelta

import pytest

from audits.frameworks import loader
from audits.programme.dates import month_dates, month_of, quarter_dates, review_dates, year_dates
from audits.programme.enums import OccurrenceKind as Kind
from qaf.lib import calendar

HEREFORDSHIRE = loader.builtin("herefordshire")


def dates(found) -> dict[str, date]:
    return {f"{one.kind} {one.period}": one.on for one in found}


@pytest.mark.req("HER-02", "HER-15", "HER-37")
def test_october_has_its_days_from_the_framework():
    assert dates(month_dates(HEREFORDSHIRE, date(2026, 10, 17), {})) == {
        "allocation 2026-10": date(2026, 10, 1),
        "submission 2026-10": date(2026, 10, 22),
        "moderation_opens 2026-10": date(2026, 10, 22),
        "moderation_ends 2026-10": date(2026, 10, 28),
        "month_end 2026-10": date(2026, 10, 31),
        "monthly_briefing 2026-10": date(2026, 11, 6),
    }


def test_days_that_people_must_keep_leave_weekends_and_bank_holidays_and_others_stay():
    found = dates(month_dates(HEREFORDSHIRE, date(2027, 3, 1), {}))
    assert found["moderation_ends 2027-03"] == date(2027, 3, 25), (
        "Good Friday and the weekend come before the 28th"
    )
    assert found["moderation_opens 2027-03"] == date(2027, 3, 22)
    assert found["monthly_briefing 2027-03"] == date(2027, 4, 7), (
        "the 29th of March was Easter Monday, before"
    )
    january = dates(month_dates(HEREFORDSHIRE, date(2027, 1, 1), {}))
    assert january["allocation 2027-01"] == date(2027, 1, 1), "the product may act on New Year's Day"


def test_what_hangs_on_a_moved_day_moves_with_it():
    moved = {(Kind.ALLOCATION, "2026-10"): date(2026, 10, 5)}
    found = dates(month_dates(HEREFORDSHIRE, date(2026, 10, 1), moved))
    assert found["allocation 2026-10"] == date(2026, 10, 1), "what the framework says is still known"
    assert found["submission 2026-10"] == date(2026, 10, 26)
    assert found["moderation_ends 2026-10"] == date(2026, 10, 28), "counted within the month"


@pytest.mark.req("HER-60")
def test_a_quarter_ends_and_its_report_is_due_ten_working_days_later():
    assert dates(quarter_dates(HEREFORDSHIRE, 2026, 4)) == {
        "quarter_end 2026-Q4": date(2026, 12, 31),
        "quarterly_report 2026-Q4": date(2027, 1, 15),
    }


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_built_in_framework_gives_a_calendar_of_a_year(name):
    framework = loader.builtin(name)
    found = year_dates(
        lambda day: (framework, date(2020, 1, 1)), starts=date(2026, 4, 1), ends=date(2027, 3, 31)
    )
    counted = {kind: sum(one.kind == kind for one in found) for kind in Kind}
    assert {kind: counted[kind] for kind in (Kind.ALLOCATION, Kind.SUBMISSION, Kind.MONTH_END)} == {
        Kind.ALLOCATION: 12,
        Kind.SUBMISSION: 12,
        Kind.MONTH_END: 12,
    }
    assert (counted[Kind.QUARTER_END], counted[Kind.FRAMEWORK_REVIEW]) == (4, 1)
    assert len({(one.kind, one.period) for one in found}) == len(found)


def test_a_review_repeats_from_the_day_that_is_printed():
    sefton = loader.builtin("sefton")
    found = list(review_dates(sefton, date(2026, 1, 1), date(2026, 1, 1), date(2028, 12, 31)))
    assert [(one.on, one.period) for one in found] == [
        (date(2026, 6, 30), "2026-06"),
        (date(2027, 6, 30), "2027-06"),
        (date(2028, 6, 30), "2028-06"),
    ]


def test_a_review_without_a_printed_day_counts_from_the_day_the_framework_came_into_force():
    found = list(review_dates(HEREFORDSHIRE, date(2026, 2, 28), date(2026, 2, 28), date(2027, 12, 31)))
    assert [one.on for one in found] == [date(2027, 2, 26)], "the 28th of February 2027 is a Sunday"


def test_a_framework_that_begins_within_a_month_has_that_months_later_days():
    since = date(2026, 10, 12)
    found = year_dates(
        lambda day: (HEREFORDSHIRE, since) if day >= since else None,
        starts=date(2026, 10, 1),
        ends=date(2026, 10, 31),
    )
    assert [one.kind for one in found] == [
        Kind.MODERATION_OPENS,
        Kind.SUBMISSION,
        Kind.MODERATION_ENDS,
        Kind.MONTH_END,
    ]


def test_a_leap_day_is_a_day_like_any_other():
    found = dates(month_dates(HEREFORDSHIRE, date(2028, 2, 1), {}))
    assert found["month_end 2028-02"] == date(2028, 2, 29)
    assert found["monthly_briefing 2028-02"] == date(2028, 3, 7)


@pytest.mark.parametrize("period", ["2026-10", "2026-Q4"])
def test_a_period_leads_back_to_its_first_month(period):
    assert month_of(period) == date(2026, 10, 1)


def test_every_planned_day_of_ten_years_is_a_working_day_where_people_must_keep_it():
    found = year_dates(
        lambda day: (HEREFORDSHIRE, date(2020, 1, 1)), starts=date(2026, 1, 1), ends=date(2035, 12, 31)
    )
    kept = [one.on for one in found if one.kind in (Kind.SUBMISSION, Kind.MODERATION_ENDS)]
    assert len(kept) == 240
    assert [day for day in kept if not calendar.is_working_day(day)] == []
    assert max(kept) - min(kept) > timedelta(days=3600)
