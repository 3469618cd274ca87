"""A council's calendar: planned, looked at, moved; each thing once and in order."""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.enums import CycleStatus
from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.models import Audit, Cycle
from audits.programme import registry
from audits.programme.enums import OccurrenceKind as Kind
from audits.programme.models import Calendar, Occurrence
from audits.programme.services import look, move_date, plan_calendar, run_missed, switch_opening, ticking
from audits.programme.tasks import tick
from audits.services.cycles import open_cycle, prepare_cycle
from qaf.jobs import services as jobs
from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.lib import calendar, clock
from qaf.lib.clock import LONDON
from qaf.notices.models import Notice
from qaf.tenants.models import TrailEvent
from qaf.tenants.scope import authority_scope, current_authority_id
from reporting.models import ReportSnapshot
from tests.factories.audits import FRAMEWORK
from tests.factories.people import make_council
from tests.factories.programme import kinds_done, one, work

MONTHS = 120 if os.environ.get("QAF_LONG") else 14
"""How long a council is followed: ten years where there is time."""
BEGINS = date(2026, 9, 14)

# Planning ------------------------------------------------------------------------------------------------------------


def test_a_first_look_plans_thirteen_months_and_nothing_of_the_past(world):
    with authority_scope(world.council):
        planned = Occurrence.objects.all()
        assert min(row.due_on for row in planned) == date(2026, 9, 22)
        assert max(row.period for row in planned.filter(kind=Kind.ALLOCATION)) == "2027-10"
        assert planned.filter(kind=Kind.ALLOCATION).count() == 13
        assert not planned.exclude(done_at=None).exists()
        assert not Job.objects.exists()


def test_planning_again_changes_nothing(world):
    with authority_scope(world.council):
        before = list(Occurrence.objects.values())
        trail = TrailEvent.objects.count()
        plan_calendar()
        assert list(Occurrence.objects.values()) == before
        assert TrailEvent.objects.count() == trail


def test_a_council_without_a_framework_has_no_calendar_and_holds_up_no_other(world):
    empty = make_council("birch", "Birch Council")
    with clock.travel(datetime(2026, 10, 1, 0, 0, tzinfo=LONDON)):
        assert tick() == 1
    with authority_scope(empty):
        assert (Calendar.objects.count(), Job.objects.count()) == (0, 0)


def test_a_new_version_of_the_framework_moves_what_lies_ahead_and_leaves_what_somebody_moved(world):
    with authority_scope(world.council):
        move_date(
            occurrence=one(Kind.ALLOCATION, "2026-11"),
            to=date(2026, 11, 4),
            reason="Half term",
            person=world.small.qa_lead,
        )
        text = loader.builtin_text(FRAMEWORK).replace(
            "issued_on: {kind: day_of_month, day: 1}", "issued_on: {kind: day_of_month, day: 3}"
        )
        publish_framework(text=text, effective_from=date(2026, 9, 14))
    tick()
    with authority_scope(world.council):
        days = dict(Occurrence.objects.filter(kind=Kind.ALLOCATION).values_list("period", "due_on"))
    assert (days["2026-10"], days["2026-11"], days["2026-12"]) == (
        date(2026, 10, 3),
        date(2026, 11, 4),
        date(2026, 12, 3),
    )


# A month that runs itself --------------------------------------------------------------------------------------------


@pytest.mark.req("HER-02", "HER-14", "HER-15", "HER-37", "HER-59", "HER-60")
def test_a_council_that_does_nothing_has_its_month_opened_and_its_reports_made_each_once(world):
    for moment in (
        datetime(2026, 9, 30, 23, 59, tzinfo=LONDON),
        datetime(2026, 10, 1, 0, 1, tzinfo=LONDON),
        datetime(2026, 10, 14, 6, 0, tzinfo=LONDON),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON),  # the clocks go back
        datetime(2026, 11, 1, 0, 0, tzinfo=LONDON),
        datetime(2026, 11, 7, 0, 0, tzinfo=LONDON),
    ):
        with clock.travel(moment):
            work(world.council, rings=2)
    with authority_scope(world.council):
        cycles = list(
            Cycle.objects.order_by("period").values_list("period", "status", "allocated_on", "opened_by")
        )
        assert cycles == [
            (date(2026, 10, 1), CycleStatus.OPEN, date(2026, 10, 1), None),
            (date(2026, 11, 1), CycleStatus.OPEN, date(2026, 11, 1), None),
        ]
        assert Audit.objects.filter(cycle__period=date(2026, 10, 1)).count() == 16
        made = ReportSnapshot.objects.order_by("id").values_list("kind", "period", "number", "made_by")
        assert list(made) == [
            ("monthly", "2026-09", 1, None),
            ("quarterly", "2026-Q3", 1, None),
            ("monthly", "2026-10", 1, None),
        ]
        assert Job.objects.exclude(status=JobStatus.DONE).count() == 0
        assert one(Kind.ALLOCATION, "2026-10").outcome == "Opened with 16 audits."
    assert kinds_done(world.council) == [
        "submission 2026-09",
        "moderation_opens 2026-09",
        "moderation_ends 2026-09",
        "month_end 2026-09",
        "quarter_end 2026-Q3",
        "allocation 2026-10",
        "monthly_briefing 2026-09",
        "quarterly_report 2026-Q3",
        "submission 2026-10",
        "moderation_opens 2026-10",
        "moderation_ends 2026-10",
        "month_end 2026-10",
        "allocation 2026-11",
        "monthly_briefing 2026-10",
    ]


def test_what_was_missed_is_done_late_in_order_and_once(world):
    with clock.travel(datetime(2026, 11, 10, 9, 0, tzinfo=LONDON)):
        done = work(world.council)
        assert work(world.council) == []
    assert done == [
        "submission:2026-09",
        "moderation_opens:2026-09",
        "moderation_ends:2026-09",
        "month_end:2026-09",
        "quarter_end:2026-Q3",
        "allocation:2026-10",
        "monthly_briefing:2026-09",
        "quarterly_report:2026-Q3",
        "moderation_opens:2026-10",
        "moderation_ends:2026-10",
        "month_end:2026-10",
        "allocation:2026-11",
        "monthly_briefing:2026-10",
    ]


def test_a_month_opened_by_hand_before_its_day_is_left_alone(world):
    with clock.travel(datetime(2026, 9, 30, 15, 0, tzinfo=LONDON)), authority_scope(world.council):
        ash = world.small.qa_lead
        open_cycle(cycle=prepare_cycle(period=date(2026, 10, 1), seed="by hand"), person=ash)
        opened = one(Kind.ALLOCATION, "2026-10")
        assert (opened.done_at, opened.outcome) == (clock.now(), "Opened by Ash Rowan.")
        assert one(Kind.SUBMISSION, "2026-10").due_on == date(2026, 10, 21), (
            "three weeks from the day it was opened"
        )
    with clock.travel(datetime(2026, 10, 1, 9, 0, tzinfo=LONDON)):
        work(world.council)
    with authority_scope(world.council):
        assert Cycle.objects.get().seed == "by hand"
        assert not Job.objects.filter(key="allocation:2026-10").exists()


def test_a_council_that_opens_by_hand_is_told_and_nothing_is_opened(world):
    with authority_scope(world.council):
        switch_opening(automatic=False, person=world.small.qa_lead)
    with clock.travel(datetime(2026, 10, 1, 9, 0, tzinfo=LONDON)):
        work(world.council, rings=2)
        with authority_scope(world.council):
            assert not Cycle.objects.exists()
            told = Notice.objects.filter(kind="month_to_open").values_list("person__name", "subject")
            assert list(told) == [("Ash Rowan", "Allocation day: open the audits of October 2026")]


def test_what_cannot_be_done_fails_in_words_is_told_holds_up_nothing_and_can_be_tried_again(world):
    with authority_scope(world.council):
        cases = list(world.small.cases)
        from audits.cases.models import Case

        teams = {case.pk: case.team_id for case in cases}
        Case.objects.update(closed_on=date(2026, 9, 1))
    with clock.travel(datetime(2026, 10, 8, 9, 0, tzinfo=LONDON)):
        work(world.council)
        with authority_scope(world.council):
            job = Job.objects.get(key="allocation:2026-10")
            assert job.status == JobStatus.FAILED
            assert job.error == "Nobody can be drawn: bring in the case list, and map its teams to services."
            assert one(Kind.ALLOCATION, "2026-10").done_at is None
            assert one(Kind.MONTHLY_BRIEFING, "2026-09").done_at is not None, "what came after was done"
            told = Notice.objects.filter(kind="job_ended").values_list("person__name", "subject", "href")
            assert list(told) == [
                (
                    "Ash Rowan",
                    "Calendar: Allocation day, October 2026: did not work",
                    f"/a/alder/jobs/{job.pk}/",
                )
            ]
            Case.objects.filter(pk__in=teams).update(closed_on=None)
            assert jobs.try_again(job=job, person=world.small.qa_lead)
        work(world.council)
        with authority_scope(world.council):
            assert Cycle.objects.get().allocated_on == date(2026, 10, 8)
            assert one(Kind.ALLOCATION, "2026-10").done_at is not None


def test_a_submission_day_that_passed_while_the_month_could_not_be_opened_comes_again(world):
    with authority_scope(world.council):
        from audits.cases.models import Case

        Case.objects.update(closed_on=date(2026, 9, 1))
    with clock.travel(datetime(2026, 10, 28, 9, 0, tzinfo=LONDON)):
        work(world.council)
        with authority_scope(world.council):
            passed = one(Kind.SUBMISSION, "2026-10")
            assert (passed.done_at is None, passed.due_on) == (False, date(2026, 10, 22))
    with clock.travel(datetime(2026, 10, 28, 11, 0, tzinfo=LONDON)):
        with authority_scope(world.council):
            Case.objects.update(closed_on=None)
            jobs.try_again(job=Job.objects.get(key="allocation:2026-10"), person=world.small.qa_lead)
        assert work(world.council) == ["allocation:2026-10"]
        with authority_scope(world.council):
            again = one(Kind.SUBMISSION, "2026-10")
            assert (again.done_at, again.due_on) == (None, date(2026, 11, 18)), (
                "three weeks after the opening"
            )
            assert not Job.objects.filter(key="submission:2026-10").exists()
            assert one(Kind.SUBMISSION, "2026-09").done_at is not None, "another month's stays as it is"
    with clock.travel(datetime(2026, 11, 18, 9, 0, tzinfo=LONDON)):
        assert "submission:2026-10" in work(world.council)
        with authority_scope(world.council):
            said = one(Kind.SUBMISSION, "2026-10").outcome
            assert said.endswith("parts of the month’s audits not submitted yet.")
        assert work(world.council) == [], "once"


def test_a_look_with_nothing_due_is_one_query(world):
    with authority_scope(world.council):
        with CaptureQueriesContext(connection) as captured:
            assert look() is None
        assert len(captured) == 1


def test_the_next_thing_is_asked_for_only_when_the_one_before_is_done(world):
    with clock.travel(datetime(2026, 10, 1, 9, 0, tzinfo=LONDON)):
        tick()
        tick()
        with authority_scope(world.council):
            assert [job.key for job in Job.objects.all()] == ["submission:2026-09"]


# Catching up ---------------------------------------------------------------------------------------------------------


def test_catching_up_does_here_and_now_what_was_missed_and_nothing_the_second_time(world, capsys):
    with clock.travel(datetime(2026, 10, 8, 9, 0, tzinfo=LONDON)):
        call_command("catch_up", "alder")
        first = capsys.readouterr().out.splitlines()
        call_command("catch_up", "alder")
        second = capsys.readouterr().out.splitlines()
    assert [line.partition(".")[0] for line in first] == [
        "alder: Audits submitted 2026-09, due Tuesday 22 September 2026",
        "alder: Moderation opens 2026-09, due Tuesday 22 September 2026",
        "alder: Moderation ends 2026-09, due Monday 28 September 2026",
        "alder: Month ends 2026-09, due Wednesday 30 September 2026",
        "alder: Quarter ends 2026-Q3, due Wednesday 30 September 2026",
        "alder: Allocation day 2026-10, due Thursday 1 October 2026",
        "alder: Monthly briefing 2026-09, due Wednesday 7 October 2026",
    ]
    assert second == ["alder: the calendar has missed nothing."]
    with authority_scope(world.council):
        assert Cycle.objects.get().audits.count() == 16


def test_catching_up_with_a_council_that_is_not_there_says_so(world):
    with pytest.raises(CommandError, match="There is no council 'oak'"):
        call_command("catch_up", "oak")


def test_catching_up_says_when_something_could_not_be_done(world, monkeypatch):
    def refuse(occurrence) -> str:
        raise jobs.JobRefused("The printer is on fire.")

    monkeypatch.setitem(registry._work, Kind.MONTH_END, [refuse])
    with (
        clock.travel(datetime(2026, 9, 30, 9, 0, tzinfo=LONDON)),
        pytest.raises(CommandError, match="1 thing could not be done"),
    ):
        call_command("catch_up", "alder")


def test_catching_up_after_a_broken_piece_of_daily_work_does_the_rest_and_says_so(world, monkeypatch, capsys):
    done = []

    def broken() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    make_council("birch", "Birch Council")
    monkeypatch.setattr(jobs, "_daily", [broken, lambda: done.append(current_authority_id())])
    with (
        clock.travel(datetime(2026, 9, 15, 9, 0, tzinfo=LONDON)),
        pytest.raises(CommandError, match="2 things"),
    ):
        call_command("catch_up")
    assert len(set(done)) == 2, "in both councils"
    assert "birch: 1 piece of the daily work failed; the log says why." in capsys.readouterr().out


def test_catching_up_with_a_council_whose_calendar_is_broken_holds_up_no_other(world, monkeypatch, capsys):
    make_council("aaaa", "Another Council")
    real = ticking.look

    def look_or_fail():
        if current_authority_id() != world.council.pk:
            raise LookupError("no framework")
        return real()

    monkeypatch.setattr(ticking, "look", look_or_fail)
    with (
        clock.travel(datetime(2026, 9, 22, 9, 0, tzinfo=LONDON)),
        pytest.raises(CommandError, match="1 thing"),
    ):
        call_command("catch_up")
    said = capsys.readouterr().out
    assert "aaaa: its calendar could not be looked at; the log says why." in said
    assert "alder: Audits submitted 2026-09" in said


def test_catching_up_does_everything_that_waits_however_much_it_is(world, monkeypatch):
    did = []
    monkeypatch.setitem(jobs._handlers, "tests.many", lambda job: did.append(job.key))
    with clock.travel(datetime(2026, 9, 15, 9, 0, tzinfo=LONDON)):
        with authority_scope(world.council):
            Job.objects.bulk_create(Job(kind="tests.many", key=str(number)) for number in range(103))
        call_command("catch_up", "alder")
    assert len(did) == len(set(did)) == 103


# A year and more -----------------------------------------------------------------------------------------------------


def every_day(council, begins: date, days: int, step: int, visit: Callable[[], object]) -> None:
    for number in range(0, days, step):
        with clock.travel(datetime.combine(begins + timedelta(days=number), datetime.min.time(), LONDON)):
            visit()


@pytest.mark.req("HER-02")
def test_month_after_month_across_changes_of_the_clocks_and_leap_days_each_thing_runs_once(
    world, monkeypatch
):
    runs: list[str] = []
    for kind in Kind:

        def count(occurrence) -> str:
            runs.append(f"{occurrence.kind} {occurrence.period}")
            return "counted"

        monkeypatch.setitem(registry._work, kind, [count])
    months = [calendar.add_months(date(2026, 10, 1), number) for number in range(MONTHS)]
    days = (months[-1] - BEGINS).days + 15
    every_day(world.council, BEGINS, days, 1, lambda: work(world.council, rings=2))
    assert len(runs) == len(set(runs))
    assert [run for run in runs if run.startswith("allocation")] == [
        f"allocation {month:%Y-%m}" for month in months
    ]
    quarters = [run for run in runs if run.startswith("quarter_end")]
    assert len(quarters) == (MONTHS + 1) // 3


def test_run_missed_stops_where_a_worker_is_at_it(world):
    with clock.travel(datetime(2026, 9, 22, 9, 0, tzinfo=LONDON)):
        tick()
        with authority_scope(world.council):
            later = clock.now() + timedelta(days=365)
            Job.objects.filter(key="submission:2026-09").update(status="running", lease_until=later)
        found = [(occurrence.kind, job.status) for occurrence, job in run_missed(world.council)]
    assert found == [(Kind.SUBMISSION, JobStatus.RUNNING)]
