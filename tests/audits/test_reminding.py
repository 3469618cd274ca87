"""Late audits are reminded on the framework's days, each day once, late where a run was missed."""

from datetime import date

import pytest

from audits.followup import due
from audits.services.reminding import remind_auditors
from qaf.jobs.services import daily_work
from qaf.lib import clock
from qaf.notices.models import Notice
from tests.factories import assessments as made

pytestmark = [pytest.mark.usefixtures("scope", "frozen"), pytest.mark.req("HER-24", "HER-25")]


@pytest.fixture
def cast():
    return made.make_cast()


@pytest.fixture
def audit(cast):
    """Allocated on Monday 5 October, due on Monday 26 October."""
    return made.make_audit(cast)


def told(person):
    return [
        (notice.created_at.date(), notice.subject.partition(": ")[2])
        for notice in Notice.objects.filter(kind__startswith="assessment_", person=person).order_by("id")
    ]


def days(*numbers):
    for month, day in numbers:
        with clock.travel(date(2026, month, day)):
            remind_auditors()
            remind_auditors()


def test_an_auditor_is_reminded_seven_and_two_days_before_on_the_day_and_one_and_five_days_after(audit, cast):
    days(*((10, day) for day in range(6, 32)), (11, 1), (11, 2))
    assert told(cast.lena) == [
        (date(2026, 10, 19), "your audit is due in 5 working days"),
        (date(2026, 10, 24), "your audit is due in 1 working day"),
        (date(2026, 10, 26), "your audit is due today"),
        (date(2026, 10, 27), "your audit is 1 working day late"),
        (date(2026, 10, 31), "your audit is 4 working days late"),
    ]


def test_a_missed_run_reminds_late_and_once(audit, cast):
    days((10, 29), (10, 30))
    assert [day for day, _ in told(cast.lena)] == [date(2026, 10, 29)]


def test_whoever_has_submitted_is_left_in_peace(audit, cast):
    made.reveal(audit)
    made.submit(audit, "lead")
    days((10, 27))
    assert told(cast.lena) == []
    assert [day for day, _ in told(cast.petra)] == [date(2026, 10, 27)]


def test_every_kind_of_thing_that_is_due_is_reminded_of_once_a_day(monkeypatch):
    asked = []
    for kind in due._providers:
        monkeypatch.setitem(due._providers, kind, lambda ids, kind=kind: asked.append(kind) or [])
    for work in daily_work():
        work()
    assert sorted(asked) == sorted(due._providers)
