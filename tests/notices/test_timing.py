"""When a message may leave."""

from datetime import datetime, time

import pytest

from qaf.lib.clock import LONDON
from qaf.notices.enums import Rhythm
from qaf.notices.timing import Wishes, leaves_at


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


DAILY, WEEKLY = Wishes(rhythm=Rhythm.DAILY), Wishes(rhythm=Rhythm.WEEKLY)


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        ("2026-10-05 09:00", "2026-10-05 09:00"),
        ("2026-10-05 18:59", "2026-10-05 18:59"),
        ("2026-10-05 19:00", "2026-10-06 07:00"),
        ("2026-10-06 06:59", "2026-10-06 07:00"),
        ("2026-10-09 19:30", "2026-10-12 07:00"),  # Friday evening
        ("2026-10-10 12:00", "2026-10-12 07:00"),  # Saturday
        ("2026-12-24 20:00", "2026-12-29 07:00"),  # Christmas, Boxing Day on a Saturday, its Monday instead
        ("2026-10-24 23:30", "2026-10-26 07:00"),  # the clocks go back in between
    ],
)
def test_at_once_means_outside_quiet_hours_and_days_off(written, leaves):
    assert leaves_at(at(written), Wishes()) == at(leaves)


@pytest.mark.parametrize("written", ["2026-10-05 03:00", "2026-10-10 23:59", "2026-12-25 12:00"])
@pytest.mark.parametrize("wishes", [Wishes(), DAILY, WEEKLY], ids=["at once", "daily", "weekly"])
def test_what_is_urgent_leaves_at_any_hour_whatever_was_chosen(written, wishes):
    assert leaves_at(at(written), wishes, urgent=True) == at(written)


@pytest.mark.parametrize(
    ("wishes", "written", "leaves"),
    [
        (DAILY, "2026-10-05 07:59", "2026-10-05 08:00"),
        (DAILY, "2026-10-05 08:00", "2026-10-06 08:00"),
        (DAILY, "2026-10-09 15:00", "2026-10-12 08:00"),
        (WEEKLY, "2026-10-05 07:00", "2026-10-05 08:00"),
        (WEEKLY, "2026-10-05 09:00", "2026-10-12 08:00"),
        (WEEKLY, "2026-10-10 09:00", "2026-10-12 08:00"),
        (WEEKLY, "2026-08-26 09:00", "2026-09-01 08:00"),  # that Monday is a bank holiday
    ],
)
def test_digests_leave_in_the_morning_and_the_weekly_one_on_monday(wishes, written, leaves):
    assert leaves_at(at(written), wishes) == at(leaves)


def test_somebody_who_works_nights_and_weekends_can_say_so():
    wishes = Wishes(quiet_from=time(8), quiet_until=time(11), quiet_days_off=False)
    assert leaves_at(at("2026-10-10 02:00"), wishes) == at("2026-10-10 02:00")
    assert leaves_at(at("2026-10-10 09:00"), wishes) == at("2026-10-10 11:00")


def test_a_reminder_waits_some_minutes_for_others():
    assert leaves_at(at("2026-10-05 09:00"), Wishes(), can_wait=True) == at("2026-10-05 09:05")
    assert leaves_at(at("2026-10-05 18:58"), Wishes(), can_wait=True) == at("2026-10-06 07:00")
