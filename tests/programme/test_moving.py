"""Moving a date of the calendar, and what follows it."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.models import Assessment, Audit, Cycle
from audits.programme.enums import OccurrenceKind as Kind
from audits.programme.models import Occurrence
from audits.programme.services import move_date
from audits.programme.tasks import tick
from moderation.models import Moderation
from qaf.jobs.models import Job
from qaf.lib import clock
from qaf.lib.clock import LONDON
from qaf.tenants.models import TrailEvent
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person
from tests.factories.programme import one, work


def moved(world, kind: Kind, period: str, to: date, reason: str = "Half term", person=None) -> Occurrence:
    return move_date(occurrence=one(kind, period), to=to, reason=reason, person=person or world.small.qa_lead)


def test_a_moved_day_is_the_day_and_the_trail_says_who_and_why(world):
    with authority_scope(world.council):
        moved(world, Kind.ALLOCATION, "2026-10", date(2026, 10, 6))
        row = one(Kind.ALLOCATION, "2026-10")
        assert (row.planned_on, row.moved_on, row.due_on) == (
            date(2026, 10, 1),
            date(2026, 10, 6),
            date(2026, 10, 6),
        )
        assert (row.moved_by, row.reason) == (world.small.qa_lead, "Half term")
        event = (
            TrailEvent.objects.filter(table_name="programme_occurrence", row_id=row.pk).order_by("id").last()
        )
        assert event.why == "Date moved: Half term"
        assert one(Kind.SUBMISSION, "2026-10").due_on == date(2026, 10, 27), "three weeks later, as before"
    with clock.travel(datetime(2026, 10, 5, 9, 0, tzinfo=LONDON)):
        work(world.council)
        with authority_scope(world.council):
            assert not Cycle.objects.exists()
    with clock.travel(datetime(2026, 10, 6, 9, 0, tzinfo=LONDON)):
        work(world.council)
        with authority_scope(world.council):
            assert Cycle.objects.get().allocated_on == date(2026, 10, 6)


def test_a_job_that_waits_or_failed_gives_way_to_the_new_day(world):
    with clock.travel(datetime(2026, 9, 22, 9, 0, tzinfo=LONDON)):
        tick()
        with authority_scope(world.council):
            assert Job.objects.get().key == "submission:2026-09"
            moved(world, Kind.SUBMISSION, "2026-09", date(2026, 9, 24))
            assert not Job.objects.exists()
        assert work(world.council) == ["moderation_opens:2026-09"]
    with clock.travel(datetime(2026, 9, 24, 9, 0, tzinfo=LONDON)):
        assert work(world.council) == ["submission:2026-09"]


@pytest.mark.parametrize(
    ("kind", "period", "to", "reason", "said"),
    [
        (
            Kind.SUBMISSION,
            "2026-10",
            date(2026, 10, 24),
            "x",
            "Saturday 24 October 2026 is not a working day",
        ),
        (Kind.SUBMISSION, "2026-12", date(2026, 12, 28), "x", "is a bank holiday (Boxing Day (observed))"),
        (
            Kind.SUBMISSION,
            "2026-10",
            date(2026, 10, 1),
            "x",
            "It must be after allocation day, Thursday 1 October",
        ),
        (Kind.MODERATION_ENDS, "2026-10", date(2026, 10, 22), "x", "It must be after moderation opens"),
        (Kind.ALLOCATION, "2026-10", date(2026, 9, 11), "x", "The day must be today or in the future"),
        (Kind.ALLOCATION, "2026-10", date(2026, 10, 1), "x", "It is on Thursday 1 October 2026 already"),
        (Kind.ALLOCATION, "2026-10", date(2026, 10, 2), "  ", "Say why the date is moved"),
        (
            Kind.MONTHLY_BRIEFING,
            "2026-10",
            date(2026, 10, 30),
            "x",
            "The period ends on Saturday 31 October 2026",
        ),
        (
            Kind.QUARTERLY_REPORT,
            "2026-Q4",
            date(2026, 12, 30),
            "x",
            "The period ends on Thursday 31 December 2026",
        ),
        (Kind.MONTH_END, "2026-10", date(2026, 10, 30), "x", "A month and a quarter end when they end"),
    ],
)
def test_a_day_that_will_not_do_is_refused_in_words(world, kind, period, to, reason, said):
    with authority_scope(world.council):
        with pytest.raises(ValidationError) as refused:
            moved(world, kind, period, to, reason)
        assert said in " ".join(refused.value.messages)
        assert one(kind, period).moved_on is None


def test_what_is_done_cannot_be_moved_and_a_stranger_moves_nothing(world):
    with clock.travel(datetime(2026, 9, 22, 9, 0, tzinfo=LONDON)):
        work(world.council)
        with authority_scope(world.council):
            with pytest.raises(ValidationError, match="has been done already"):
                moved(world, Kind.MODERATION_OPENS, "2026-09", date(2026, 9, 24))
            with pytest.raises(PermissionDenied):
                moved(world, Kind.ALLOCATION, "2026-10", date(2026, 10, 2), person=make_person("Nick Nobody"))


def test_auditors_and_moderators_get_the_moved_day_and_who_has_submitted_keeps_theirs(world):
    with clock.travel(datetime(2026, 10, 1, 9, 0, tzinfo=LONDON)):
        work(world.council)
        with authority_scope(world.council):
            done = Assessment.objects.order_by("pk").first()
            Assessment.objects.filter(pk=done.pk).update(status="submitted")
            moderation = Moderation.objects.create(
                audit=Audit.objects.order_by("pk").last(),
                opened_at=clock.now(),
                available_on=date(2026, 10, 22),
                due_on=date(2026, 10, 28),
            )
            moved(world, Kind.SUBMISSION, "2026-10", date(2026, 10, 26))
            moved(world, Kind.MODERATION_OPENS, "2026-10", date(2026, 10, 27))
            moved(world, Kind.MODERATION_ENDS, "2026-10", date(2026, 10, 30))
            moderation.refresh_from_db()
            assert (moderation.available_on, moderation.due_on) == (date(2026, 10, 27), date(2026, 10, 30))
            days = set(Assessment.objects.exclude(pk=done.pk).values_list("due_on", flat=True))
            assert days == {date(2026, 10, 26)}
            assert Assessment.objects.get(pk=done.pk).due_on == date(2026, 10, 22)
            assert Cycle.objects.get().due_on == date(2026, 10, 26)
