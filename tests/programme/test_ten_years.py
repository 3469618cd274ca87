"""Ten years of looks at the calendar: every month runs once, whatever the clocks and the workers do. No database."""

import os
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from audits.frameworks import loader
from audits.programme.dates import Planned, year_dates
from audits.programme.enums import OccurrenceKind as Kind
from qaf.lib import calendar

FRAMEWORK = loader.builtin("herefordshire")
BEGINS, ENDS = date(2026, 1, 1), date(2035, 12, 31)
LONG = bool(os.environ.get("QAF_LONG"))
MINUTES = 5 if LONG else 30


class Council:
    """The rows of one council: what is planned, and how often each was done. A unique key may be taken away."""

    def __init__(self, *, keyed: bool = True) -> None:
        self.keyed = keyed
        self.planned: list[Planned] = []
        self.planned_until = BEGINS
        self.done: Counter[tuple[str, str]] = Counter()
        self.order: list[Planned] = []
        self.first = 0

    def look(self, now: datetime) -> list[Planned]:
        """What is due on the day that it is in England, and not yet done."""
        today = calendar.local_date(now)
        if today >= self.planned_until:
            self.planned_until = calendar.add_months(today, 12)
            self.planned = year_dates(
                lambda day: (FRAMEWORK, date(2020, 1, 1)), starts=BEGINS, ends=self.planned_until
            )
        while self.first < len(self.planned) and self._is_done(self.planned[self.first]):
            self.first += 1
        due = []
        for one in self.planned[self.first :]:
            if one.on > today:
                break
            if not self._is_done(one):
                due.append(one)
        return due

    def _is_done(self, one: Planned) -> bool:
        return self.done[one.kind, one.period] > 0

    def do(self, one: Planned) -> None:
        """The job, which may be delivered twice: the key refuses the second."""
        if self.keyed and self._is_done(one):
            return
        self.done[one.kind, one.period] += 1
        self.order.append(one)


def live(council: Council, *, outages: bool) -> None:
    """Two beats ring every few minutes; each job is delivered twice; now and then nothing runs for up to forty days."""
    chance = random.Random("ten years")
    now = datetime.combine(BEGINS, datetime.min.time(), calendar.LONDON).astimezone(UTC)
    end = datetime.combine(ENDS, datetime.max.time(), calendar.LONDON).astimezone(UTC)
    while now <= end:
        first, second = council.look(now), council.look(now)
        for one in [*first, *second]:
            council.do(one)
            council.do(one)
        now += timedelta(minutes=MINUTES)
        if outages and chance.random() < MINUTES / (60 * 24 * 60):
            now = min(now + timedelta(hours=chance.randint(1, 960)), max(end, now))


@pytest.mark.req("HER-02")
@pytest.mark.parametrize("outages", [False, True], ids=["running on", "with outages"])
def test_ten_years_are_exactly_a_hundred_and_twenty_months_each_opened_once(outages):
    council = Council()
    live(council, outages=outages)
    runs = Counter(kind for (kind, _), times in council.done.items() for _ in range(times))
    assert {kind: runs[kind] for kind in (Kind.ALLOCATION, Kind.SUBMISSION, Kind.MODERATION_OPENS)} == {
        Kind.ALLOCATION: 120,
        Kind.SUBMISSION: 120,
        Kind.MODERATION_OPENS: 120,
    }
    assert runs[Kind.QUARTER_END] == 40
    assert max(council.done.values()) == 1
    assert [one.on for one in council.order] == sorted(one.on for one in council.order), "in order"


def test_without_the_unique_key_the_ten_years_see_doubles():
    council = Council(keyed=False)
    live(council, outages=False)
    assert max(council.done.values()) > 1


def test_a_month_opens_in_its_first_minutes_in_england_on_both_sides_of_a_change_of_the_clocks():
    for month, offset in (
        (date(2026, 3, 1), 0),
        (date(2026, 4, 1), -1),
        (date(2026, 10, 1), -1),
        (date(2026, 11, 1), 0),
    ):
        council = Council()
        midnight = datetime.combine(month, datetime.min.time(), UTC) + timedelta(hours=offset)
        before = {
            one.period for one in council.look(midnight - timedelta(minutes=1)) if one.kind == Kind.ALLOCATION
        }
        after = {one.period for one in council.look(midnight) if one.kind == Kind.ALLOCATION}
        assert after - before == {f"{month:%Y-%m}"}
