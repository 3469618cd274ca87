"""The wording of dates, counts and shares."""

from datetime import UTC, date, datetime

import pytest

from qaf.lib import clock
from qaf.ui import words


def test_a_date_is_written_out_with_its_weekday():
    assert words.long_date(date(2026, 12, 3)) == "Thursday 3 December 2026"
    assert words.short_date(date(2026, 12, 3)) == "3 Dec 2026"
    assert words.month(date(2026, 12, 3)) == "December 2026"


def test_an_instant_is_told_in_englands_time_on_both_sides_of_the_clock_change():
    assert words.date_time(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "Thursday 2 July 2026 at 12:30am"
    assert words.date_time(datetime(2026, 12, 3, 14, 3, tzinfo=UTC)) == "Thursday 3 December 2026 at 2:03pm"
    assert words.time_of_day(datetime(2026, 12, 3, 12, 0, tzinfo=UTC)) == "midday"
    assert words.time_of_day(datetime(2026, 12, 3, 0, 0, tzinfo=UTC)) == "midnight"


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2026, 12, 24), "due in 2 working days"),
        (date(2026, 12, 23), "due in 1 working day"),
        (date(2026, 12, 22), "due today"),
        (
            date(2026, 12, 29),
            "due in 3 working days",
        ),  # over Christmas Day, Boxing Day's substitute and a weekend
        (date(2026, 12, 21), "1 working day late"),
        (date(2026, 12, 18), "2 working days late"),
    ],
)
def test_a_due_date_is_counted_in_working_days(due, said):
    with clock.travel(date(2026, 12, 22)):
        assert words.due_text(due) == said


def test_what_was_due_on_saturday_is_late_on_sunday_and_what_is_due_on_sunday_is_not():
    with clock.travel(date(2026, 11, 22)):  # a Sunday
        assert words.due_text(date(2026, 11, 21)) == "1 day late"
        assert words.due_text(date(2026, 11, 22)) == "due today"
    with clock.travel(date(2026, 11, 21)):
        assert words.due_text(date(2026, 11, 22)) == "due before the next working day"


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 12, 24), "due today"),
        (date(2026, 12, 25), "1 day late"),
        (date(2026, 12, 28), "4 days late"),
        (date(2026, 12, 29), "1 working day late"),
    ],
)
def test_over_a_long_weekend_days_are_counted_until_a_working_day_has_gone_by(today, said):
    with clock.travel(today):
        assert words.due_text(date(2026, 12, 24)) == said


def test_a_share_names_its_number_and_is_no_percentage_below_five():
    assert words.percent_n(13, 21) == "62% (13 of 21)"
    assert words.percent_n(1, 8) == "13% (1 of 8)"  # half is rounded up
    assert words.percent_n(3, 4) == "3 of 4"
    assert words.percent_n(0, 5) == "0% (0 of 5)"
    assert words.percent_n(0, 0) == "none"


def test_nouns_follow_their_count():
    assert [words.plural(n, "case") for n in (0, 1, 2)] == ["0 cases", "1 case", "2 cases"]
    assert words.plural(1204, "child", "children") == "1,204 children"
