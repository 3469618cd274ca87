"""Who is reminded of what, and when: by the framework's days, once, and never of what is done."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.followup.enums import FollowUpKind
from audits.followup.models import Action
from audits.followup.services import chase, complete_action, open_action, open_follow_up, propose_action
from audits.services.reminding import remind_auditors
from moderation.services import remind_late
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.notices.services import relay_council
from qaf.tenants.services import record_absence
from tests.factories import assessments as made
from tests.factories.moderation import make_seniors
from tests.notices.conftest import london

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.req("HER-24", "HER-25")]


@pytest.fixture
def cast(scope):
    return made.make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


@pytest.fixture
def audit(cast):
    """Allocated on Monday 5 October, due on Monday 26 October."""
    return made.make_audit(cast)


def ask_what_is_due() -> None:
    remind_auditors()
    chase()
    remind_late()


@pytest.fixture
def post(scope, mailoutbox):
    """Live one moment: what is due is asked twice, what may leave is sent twice. Returns who got what."""

    def live(moment: datetime) -> dict[str, list[str]]:
        got = defaultdict(list)
        with clock.travel(moment):
            for _ in range(2):
                ask_what_is_due()
                relay_council(scope)
        for message in mailoutbox:
            got[message.to[0].partition(".")[0]].append(message.subject.removeprefix("ALD-2026-0001: "))
        mailoutbox.clear()
        return dict(got)

    return live


def days(post, first: date, last: date) -> dict[date, dict[str, list[str]]]:
    """Live from day to day: asked just after midnight, sent at seven."""
    found = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        night = post(london(day.year, day.month, day.day, 0, 10))
        assert night == {}, "nobody is woken"
        if got := post(london(day.year, day.month, day.day, 7)):
            found[day] = got
    return found


def test_a_late_audit_from_the_first_reminder_to_the_service_manager(audit, cast, seniors, post):
    ask = "your question to the family about being contacted is"
    weekly = "your audit is 10 working days late"
    assert days(post, date(2026, 10, 6), date(2026, 11, 9)) == {
        date(2026, 10, 19): {
            "lena": ["your audit is due in 5 working days"],
            "petra": ["your audit is due in 5 working days"],
            "wyn": [f"{ask} due in 5 working days"],
        },
        # Two days before is a Saturday: what was written then leaves on Monday, with Monday's words and once.
        date(2026, 10, 26): {
            "lena": ["your audit is due today"],
            "petra": ["your audit is due today"],
            "wyn": [f"{ask} due today"],
        },
        date(2026, 10, 27): {
            "lena": ["your audit is 1 working day late"],
            "petra": ["your audit is 1 working day late"],
            "wyn": [f"{ask} 1 working day late"],
        },
        date(2026, 11, 2): {
            "lena": ["your audit is 5 working days late"],
            "petra": ["your audit is 5 working days late"],
            "sam": ["2 notices from Alder Council"],
            "wyn": [f"{ask} 5 working days late"],
        },
        date(2026, 11, 9): {"lena": [weekly], "petra": [weekly], "wyn": [f"{ask} 10 working days late"]},
    }
    body = [one.body for one in Notice.objects.filter(person=cast.sam).order_by("id")]
    assert body == [
        f"It was due on Monday 26 October 2026. Who has it to do: {name}."
        for name in ("Lena Lead", "Petra Peer")
    ]


def test_a_run_missed_for_ten_days_says_late_and_once_what_still_matters(audit, cast, post):
    assert post(london(2026, 10, 29, 9)) == {}
    assert post(london(2026, 10, 29, 9, 5)) == {
        "lena": ["your audit is 3 working days late"],
        "petra": ["your audit is 3 working days late"],
        "wyn": ["your question to the family about being contacted is 3 working days late"],
    }
    assert post(london(2026, 10, 29, 9, 30)) == {}
    assert Notice.objects.filter(person=cast.lena).count() == 1


def test_a_reminder_whose_audit_was_submitted_a_minute_earlier_is_not_sent(audit, cast, post):
    with clock.travel(london(2026, 10, 27, 6)):
        ask_what_is_due()
        assert Notice.objects.filter(person=cast.lena, kind="assessment_overdue").count() == 1
    with clock.travel(london(2026, 10, 27, 6, 59)):
        made.reveal(audit)
        made.submit(audit, "lead")
    got = post(london(2026, 10, 27, 7))
    assert not any("your audit" in subject for subject in got.get("lena", []))
    assert any("your audit" in subject or "notices" in subject for subject in got["petra"])
    reminder = Notice.objects.get(person=cast.lena, kind="assessment_overdue")
    assert (reminder.delivery, reminder.read_at) == ("dropped", london(2026, 10, 27, 7))


def test_control_without_asking_again_it_would_be_sent(audit, cast, scope, mailoutbox, monkeypatch):
    """Shows that the test above would see it."""
    from qaf.notices import registry

    with clock.travel(london(2026, 10, 27, 6)):
        ask_what_is_due()
        made.reveal(audit)
        made.submit(audit, "lead")
    monkeypatch.setattr(registry, "_checks", {})
    with clock.travel(london(2026, 10, 27, 7)):
        relay_council(scope)
    mine = [message.body for message in mailoutbox if message.to == [cast.lena.email]]
    assert any(
        "your audit is 1 working day late" in text for text in [*mine, *(m.subject for m in mailoutbox)]
    )


def test_nine_things_due_are_one_message(cast, post, mailoutbox):
    for number in range(9):
        made.make_audit(cast, local_id=f"000{number}")
    with clock.travel(london(2026, 10, 19, 0, 10)):
        ask_what_is_due()
        relay_council(cast.lena.authority)
    assert mailoutbox == []
    assert post(london(2026, 10, 19, 7)) == {
        name: ["9 notices from Alder Council"] for name in ("lena", "petra", "wyn")
    }


def test_asking_what_is_due_costs_the_same_however_much_is_open(cast):
    def cost() -> int:
        with clock.travel(london(2026, 10, 28, 9)):
            ask_what_is_due()
            with CaptureQueriesContext(connection) as asked:
                ask_what_is_due()
        return len(asked)

    made.make_audit(cast, local_id="0001")
    one = cost()
    for number in range(2, 6):
        audit = made.make_audit(cast, local_id=f"000{number}")
        action_of(audit, cast.wyn, due_on=date(2026, 10, 26))
    action_of(audit, cast.lena, due_on=date(2026, 10, 20))
    two = cost()
    for number in range(6, 9):
        action_of(made.make_audit(cast, local_id=f"000{number}"), cast.wyn, due_on=date(2026, 10, 26))
    assert cost() == two
    assert two - one < 10


def test_reminders_written_by_day_wait_for_each_other_and_leave_as_one(cast, audit, scope, mailoutbox):
    """Each app asks in a transaction of its own, and the relay may come in between."""
    lena = cast.lena
    with clock.travel(london(2026, 10, 27, 10)):
        remind_auditors()
        relay_council(scope)
        action_of(audit, lena, due_on=date(2026, 10, 26))
        chase()
        relay_council(scope)
    assert [
        message for message in mailoutbox if message.to == [lena.email] and "audit" in message.subject
    ] == []
    with clock.travel(london(2026, 10, 27, 10, 5)):
        relay_council(scope)
    late = [message for message in mailoutbox if message.to == [lena.email] and "late" in message.body]
    assert len(late) == 1
    assert "your audit is 1 working day late" in late[0].body
    assert "an action of yours is 1 working day late" in late[0].body.lower()


def action_of(audit, owner, *, due_on: date) -> Action:
    with clock.travel(london(2026, 10, 5, 9)):
        action = propose_action(
            case=audit.case,
            text="Visit",
            intended_change="Heard",
            owner=owner,
            owner_role="",
            due_on=due_on,
            latest_on=None,
            proposed_by=owner,
        )
        open_action(action=action)
    return action


def test_a_late_action_climbs_the_line_step_by_step_until_it_is_done(audit, cast, seniors, post):
    action = action_of(audit, cast.wyn, due_on=date(2026, 10, 12))
    post(london(2026, 10, 5, 9))
    steps = {
        day: [*got]
        for day, got in days(post, date(2026, 10, 6), date(2026, 11, 10)).items()
        if Notice.objects.filter(kind="escalation", key__startswith="action", created_at__date=day).exists()
    }
    climbed = [
        (notice.created_at.astimezone(clock.LONDON).date(), notice.person.name)
        for notice in Notice.objects.filter(kind="escalation", key__startswith="action").order_by("id")
    ]
    assert climbed == [
        (date(2026, 10, 13), "Lena Lead"),
        (date(2026, 10, 26), "Sam Service"),
        (date(2026, 11, 9), "Hetty Head"),
    ]
    assert list(steps) == [date(2026, 10, 13), date(2026, 10, 26), date(2026, 11, 9)]
    with clock.travel(london(2026, 11, 10, 10)):
        complete_action(action=action, person=cast.wyn, evidence="Visited.", change_for_child="Heard.")
    assert post(london(2026, 11, 10, 10))["lena"] == ["An action waits for your sign-off"]
    before = Notice.objects.filter(key__startswith=f"action-{action.pk}:").count()
    days(post, date(2026, 11, 11), date(2026, 11, 24))
    assert Notice.objects.filter(key__startswith=f"action-{action.pk}:").count() == before


def test_the_manager_whose_own_action_is_late_is_not_told_as_manager_the_next_one_is(
    audit, cast, seniors, post
):
    action_of(audit, cast.lena, due_on=date(2026, 10, 12))
    post(london(2026, 10, 5, 9))
    days(post, date(2026, 10, 13), date(2026, 10, 14))
    told = Notice.objects.filter(kind="escalation").values_list("person__name", flat=True)
    assert list(told) == ["Sam Service"]


@pytest.mark.req("HER-50")
def test_a_supervision_entry_is_asked_for_until_it_is_made(audit, cast, seniors, post):
    open_follow_up(
        kind=FollowUpKind.SUPERVISION,
        title=f"Discuss {audit.reference} in supervision",
        case=audit.case,
        assignee=cast.lena,
        party="team_manager",
        due_on=date(2026, 10, 14),
    )
    post(london(2026, 10, 5, 9, 0))
    days(post, date(2026, 10, 6), date(2026, 11, 3))
    reminders = Notice.objects.filter(kind__startswith="follow_up_", person=cast.lena).exclude(
        kind="follow_up_opened"
    )
    written = [notice.created_at.astimezone(clock.LONDON).date() for notice in reminders.order_by("id")]
    assert written == [
        date(2026, 10, 7),
        date(2026, 10, 12),
        date(2026, 10, 14),
        date(2026, 10, 15),
        date(2026, 10, 19),
        date(2026, 10, 26),
        date(2026, 11, 2),
    ]


def test_a_moved_due_day_begins_again(audit, cast, post):
    action = action_of(audit, cast.wyn, due_on=date(2026, 10, 12))
    with clock.travel(london(2026, 10, 13, 9)):
        chase()
        action.due_on = date(2026, 10, 30)
        action.save()
        chase()
    with clock.travel(london(2026, 10, 31, 9)):
        chase()
    kinds = Notice.objects.filter(person=cast.wyn, key__startswith="action-")
    late = kinds.filter(kind="action_overdue").order_by("id").values_list("key", flat=True)
    assert [key.partition(":")[2] for key in late] == ["2026-10-13", "2026-10-31"]


def test_the_deputy_gets_a_copy_while_somebody_is_away_and_afterwards_no_more(audit, cast, post):
    record_absence(
        person=cast.lena, starts_on=date(2026, 10, 12), ends_on=date(2026, 10, 23), deputy=cast.stranger
    )
    got = days(post, date(2026, 10, 18), date(2026, 10, 26))
    assert got[date(2026, 10, 19)]["stan"] == [
        "For Lena Lead: ALD-2026-0001: your audit is due in 5 working days"
    ]
    assert got[date(2026, 10, 19)]["lena"] == ["your audit is due in 5 working days"]
    assert "stan" not in got[date(2026, 10, 26)]
