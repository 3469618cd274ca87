from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaf.lib import calendar

days = st.dates(min_value=date(2015, 1, 1), max_value=date(2045, 12, 31))
moments = st.integers(min_value=1_420_000_000, max_value=2_360_000_000).map(
    lambda s: datetime.fromtimestamp(s, UTC)
)


def slow_count(start, end):
    return sum(calendar.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 28), "Boxing Day"),  # Boxing Day fell on a Saturday
        (date(2022, 6, 3), "Jubilee"),
        (date(2022, 9, 19), "Funeral"),
        (date(2023, 5, 8), "Coronation"),
        (date(2020, 5, 8), "May"),  # moved for VE Day
        (date(2026, 4, 6), "Easter Monday"),
    ],
)
def test_englands_bank_holidays_are_no_working_days(day, name):
    assert name in calendar.bank_holiday(day)
    assert not calendar.is_working_day(day)


def test_scotlands_second_of_january_is_a_working_day_in_england():
    assert calendar.is_working_day(date(2026, 1, 2))
    assert calendar.bank_holiday(date(2026, 1, 2)) is None


def test_five_working_days_over_christmas_skip_the_weekend_and_three_holidays():
    assert calendar.add_working_days(date(2026, 12, 22), 5) == date(2026, 12, 31)
    assert calendar.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert calendar.working_days_left(date(2026, 12, 31), date(2026, 12, 22)) == 5
    assert calendar.working_days_left(date(2026, 12, 22), date(2026, 12, 23)) == -1
    assert calendar.working_days_left(date(2026, 12, 22), date(2026, 12, 22)) == 0


@given(days, st.integers(min_value=-60, max_value=60))
def test_counting_working_days_undoes_adding_them(day, count):
    end = calendar.add_working_days(day, count)
    if count > 0:
        assert calendar.working_days_between(day, end) == count
    assert count == 0 or calendar.is_working_day(end)
    if calendar.is_working_day(day):
        assert calendar.working_days_between(day, end) == count
        assert calendar.add_working_days(end, -count) == day


@given(days, st.integers(min_value=0, max_value=800))
def test_the_fast_count_of_working_days_agrees_with_walking_the_days(day, span):
    end = day + timedelta(days=span)
    assert calendar.working_days_between(day, end) == slow_count(day, end)
    assert calendar.working_days_between(end, day) == -slow_count(day, end)


@given(days)
def test_neighbouring_working_days_have_no_working_day_between_them(day):
    before, after = calendar.previous_working_day(day), calendar.next_working_day(day)
    assert before < day < after
    assert calendar.is_working_day(before)
    assert calendar.is_working_day(after)
    assert slow_count(before, after) == 1 + calendar.is_working_day(day)
    assert calendar.working_day_on_or_after(day) == (day if calendar.is_working_day(day) else after)
    assert calendar.working_day_on_or_before(day) == (day if calendar.is_working_day(day) else before)


@given(days)
def test_the_weeks_of_a_month_cover_it_once_in_order(day):
    weeks = [calendar.week_of_month(day.year, day.month, n) for n in range(1, 5)]
    if calendar.month_end(day).day > 28:
        weeks.append(calendar.week_of_month(day.year, day.month, 5))
    else:
        with pytest.raises(ValueError, match="no week 5"):
            calendar.week_of_month(day.year, day.month, 5)
    covered = [start + timedelta(days=n) for start, end in weeks for n in range((end - start).days + 1)]
    assert covered == [day.replace(day=n) for n in range(1, calendar.month_end(day).day + 1)]


def test_week_four_is_the_22nd_to_the_28th():
    assert calendar.week_of_month(2026, 2, 4) == (date(2026, 2, 22), date(2026, 2, 28))
    assert calendar.last_week_of_previous_month(date(2026, 3, 17)) == (date(2026, 2, 22), date(2026, 2, 28))
    assert calendar.last_week_of_previous_month(date(2026, 2, 1)) == (date(2026, 1, 25), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_adding_months_stops_at_the_end_of_a_shorter_month(start, months, end):
    assert calendar.add_months(start, months) == end


@given(days, st.integers(min_value=-100, max_value=100))
def test_adding_months_moves_the_month_and_never_the_day_forward(day, months):
    end = calendar.add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == min(day.day, calendar.month_end(end).day)


@given(days, st.integers(min_value=0, max_value=100))
def test_whole_months_are_counted_back(day, months):
    assert calendar.whole_months_between(day, calendar.add_months(day, months)) == months
    assert calendar.whole_months_between(calendar.add_months(day, months), day) == -months


@given(days)
def test_every_day_lies_in_its_quarter_and_quarters_follow_on(day):
    start, end = calendar.quarter_bounds(*calendar.quarter_of(day))
    assert start <= day <= end
    assert calendar.quarter_bounds(*calendar.next_quarter(*calendar.quarter_of(day)))[0] == end + timedelta(
        days=1
    )
    assert calendar.parse_quarter(calendar.quarter_label(*calendar.quarter_of(day))) == calendar.quarter_of(
        day
    )


def test_a_quarter_is_named_for_people_and_for_commands():
    assert calendar.quarter_label(2026, 3) == "2026-Q3"
    assert calendar.quarter_title(2026, 3) == "July to September 2026"
    assert calendar.quarter_bounds(2026, 3) == (date(2026, 7, 1), date(2026, 9, 30))


@pytest.mark.parametrize("label", ["2026", "2026-Q5", "Q3-2026", "26-Q1", "", "2026-Q"])
def test_what_is_no_quarter_is_refused_in_words(label):
    with pytest.raises(ValueError, match="write it as 2026-Q3"):
        calendar.parse_quarter(label)


def test_twenty_four_clock_hours_are_twenty_four_hours_across_both_changes_of_the_clocks():
    spring = datetime(2026, 3, 28, 12, 0, tzinfo=calendar.LONDON)
    autumn = datetime(2026, 10, 24, 12, 0, tzinfo=calendar.LONDON)
    assert calendar.add_hours(spring, 24).strftime("%d %H:%M") == "29 13:00"
    assert calendar.add_hours(autumn, 24).strftime("%d %H:%M") == "25 11:00"
    assert (
        calendar.hours_between(
            calendar.local_midnight(date(2026, 3, 29)), calendar.end_of_local_day(date(2026, 3, 29))
        )
        == 23
    )
    assert (
        calendar.hours_between(
            calendar.local_midnight(date(2026, 10, 25)), calendar.end_of_local_day(date(2026, 10, 25))
        )
        == 25
    )


@given(moments, st.integers(min_value=-500, max_value=500))
def test_hours_added_are_hours_counted(moment, hours):
    assert calendar.hours_between(moment, calendar.add_hours(moment, hours)) == hours


@given(moments)
def test_a_moment_lies_within_its_local_day(moment):
    day = calendar.local_date(moment)
    assert calendar.local_midnight(day) <= moment < calendar.end_of_local_day(day)


def test_late_evening_in_summer_already_belongs_to_the_next_day_in_london():
    assert calendar.local_date(datetime(2026, 7, 31, 23, 30, tzinfo=UTC)) == date(2026, 8, 1)
    with pytest.raises(ValueError, match="without a time zone"):
        calendar.local_date(datetime(2026, 7, 31, 23, 30))  # noqa: DTZ001 the case in question


def test_age_counts_the_birthday_from_the_first_of_its_month():
    assert calendar.age_on(2010, 6, date(2026, 5, 31)) == 15
    assert calendar.age_on(2010, 6, date(2026, 6, 1)) == 16
