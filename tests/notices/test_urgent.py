"""An urgent concern reaches somebody who is there, at any hour, and climbs by the hour until it is answered."""

from datetime import date

import pytest

from audits.followup.services import answer_concern, chase, raise_concern
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.notices.services import choose, relay_council, tell
from qaf.tenants.services import record_absence
from tests.factories import assessments as made
from tests.factories.moderation import make_seniors
from tests.factories.people import make_person
from tests.notices.conftest import london

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.req("HER-48")]
FRIDAY = london(2026, 8, 28, 17, 30)  # Monday 31 August 2026 is a bank holiday
RAISED = "Urgent: a concern about a child needs an answer"
ASKED = "Urgent: The answer to an urgent concern about a child is {}"


@pytest.fixture
def cast(scope):
    return made.make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


@pytest.fixture
def audit(cast):
    with clock.travel(FRIDAY):
        return made.make_audit(cast)


@pytest.fixture
def hour(scope, mailoutbox):
    """Live one moment as the beat does; return who got what."""

    def live(*parts: int) -> list[tuple[str, str]]:
        with clock.travel(london(2026, *parts)):
            for _ in range(2):
                chase()
                relay_council(scope)
        found = [(message.to[0].partition(".")[0], message.subject) for message in mailoutbox]
        mailoutbox.clear()
        return sorted(found)

    return live


def raised(audit, by):
    with clock.travel(FRIDAY):
        return raise_concern(
            case=audit.case, raised_by=by, text="Nobody has seen her.", about=audit.reference
        )


def away(person, deputy=None) -> None:
    record_absence(person=person, starts_on=date(2026, 8, 24), ends_on=date(2026, 9, 4), deputy=deputy)


def test_friday_half_past_five_before_a_bank_holiday_with_the_service_manager_on_leave_and_a_deputy(
    audit, cast, seniors, hour
):
    deputy = make_person("Dora Deputy", "service_manager", unit=cast.stranger.unit)
    away(cast.sam, deputy)
    concern = raised(audit, cast.petra)
    assert concern.responder == deputy
    assert concern.due_at == london(2026, 8, 29, 17, 30), "24 hours that truly pass: on Saturday"
    assert hour(8, 28, 17, 30) == [("dora", RAISED), ("quinn", RAISED)], "at once, not on Tuesday"
    assert hour(8, 28, 22) == hour(8, 29, 9) == hour(8, 29, 17, 29) == []
    assert hour(8, 29, 17, 30) == [("dora", ASKED.format("late")), ("hetty", ASKED.format("late"))], (
        "on Saturday"
    )
    assert hour(8, 29, 23) == hour(8, 30, 12) == []
    assert hour(8, 30, 17, 30) == [("dora", ASKED.format("24 hours late"))], "on Sunday, every 24 hours"
    with clock.travel(london(2026, 8, 31, 10)):
        answer_concern(concern=concern, answer="She was seen today.", person=deputy)
    later = [hour(8, 31, 17, 30), hour(9, 1, 7), hour(9, 1, 17, 30)]
    assert later == [[("petra", "Your urgent concern has been answered")] if n == 1 else [] for n in range(3)]


def test_without_a_deputy_it_goes_to_the_next_in_line_and_the_answer_is_theirs(audit, cast, seniors, hour):
    away(cast.sam)
    concern = raised(audit, cast.petra)
    assert concern.responder == seniors.hetty
    assert hour(8, 28, 17, 30) == [("hetty", RAISED), ("quinn", RAISED)]


def test_where_deputy_and_head_are_away_too_whoever_stands_in_for_them_is_told(audit, cast, seniors, hour):
    away(cast.sam)
    away(seniors.hetty, seniors.dev)
    concern = raised(audit, cast.petra)
    assert concern.responder == seniors.dev
    assert hour(8, 28, 17, 30) == [("dev", RAISED), ("quinn", RAISED)]


def test_a_responder_who_goes_on_leave_meanwhile_is_stood_in_for(audit, cast, seniors, hour):
    raised(audit, cast.petra)
    assert hour(8, 28, 17, 30) == [("quinn", RAISED), ("sam", RAISED)]
    record_absence(person=cast.sam, starts_on=date(2026, 8, 29), ends_on=date(2026, 9, 4))
    late = ASKED.format("late")
    # Hetty is the next in line of Sam, and the framework's next step: she is told as both.
    assert hour(8, 29, 17, 30) == [
        ("hetty", "Urgent: 2 notices from Alder Council"),
        ("sam", late),
    ]


def test_who_wants_a_weekly_digest_gets_what_is_urgent_at_once_all_the_same(audit, cast, seniors, hour):
    for person in (cast.sam, cast.quinn):
        choose(
            person=person,
            rhythm="weekly",
            quiet_from=london(2026, 8, 1, 12).time(),
            quiet_until=london(2026, 8, 1, 11).time(),
            quiet_days_off=True,
        )
    tell(people=[cast.sam], kind="news", key="1", subject="News")
    raised(audit, cast.petra)
    assert hour(8, 28, 17, 30) == [("quinn", RAISED), ("sam", RAISED)]


def test_a_concern_answered_a_minute_before_is_not_chased(audit, cast, seniors, hour, scope):
    concern = raised(audit, cast.petra)
    hour(8, 28, 17, 30)
    with clock.travel(london(2026, 8, 29, 17, 30)):
        chase()
        answer_concern(concern=concern, answer="Seen.", person=cast.sam)
    assert hour(8, 29, 17, 30) == []
    assert set(Notice.objects.filter(kind="concern_overdue").values_list("delivery", flat=True)) == {
        "dropped"
    }


def test_the_clocks_going_back_do_not_shorten_the_hours(cast, seniors, scope, hour):
    with clock.travel(london(2026, 10, 24, 17, 30)):
        audit = made.make_audit(cast)
        concern = raise_concern(case=audit.case, raised_by=cast.petra, text="Look.", about=audit.reference)
    assert concern.due_at == london(2026, 10, 25, 16, 30), "24 hours, 25 on the wall"
    hour(10, 24, 17, 30)
    assert hour(10, 25, 16, 29) == []
    assert ("sam", ASKED.format("late")) in hour(10, 25, 16, 30)
