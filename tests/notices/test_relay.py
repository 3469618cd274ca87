"""What waits leaves once: by one relay or several, through faults of the mail server, and with its last words."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connections

from qaf.lib import clock
from qaf.notices.mail import Answer, Letter, Postbox, Result
from qaf.notices.models import Email, Notice
from qaf.notices.registry import Words, add_check
from qaf.notices.services import choose, relay_council, send_again, tell
from qaf.notices.services.relay import ATTEMPTS
from qaf.notices.tasks import relay as relay_task
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import record_leaver
from tests.factories.people import make_council, make_person
from tests.notices.conftest import london
from tests.peers.smtp import smtp_sink

MORNING = london(2026, 10, 5, 9)


def news(*people, number: int = 1, **more) -> None:
    tell(people=people, kind="news", key=str(number), subject=f"News {number}", href="/a/alder/", **more)


@pytest.fixture
def smtp(settings):
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


def try_again_now() -> None:
    """Let the waiting time of every e-mail be over."""
    Email.objects.filter(delivery="waiting").update(not_before=datetime.now(UTC))


@pytest.fixture
def quick(frozen):
    """Waiting times between attempts are real time: tests end them by hand."""
    return try_again_now


@pytest.mark.usefixtures("frozen")
def test_nine_things_are_one_message_in_the_order_they_came_each_with_its_link(anna, relay, sent, mailoutbox):
    for number in range(1, 10):
        news(anna, number=number)
    assert relay() == 1
    body = mailoutbox[0].body
    assert sent() == [("anna.auditor", "9 notices from Alder Council")]
    assert [line for line in body.splitlines() if "News" in line] == [f"{n}. News {n}" for n in range(1, 10)]
    assert body.count("http://localhost:8000/a/alder/") == 9
    assert relay() == 0
    assert set(Notice.objects.values_list("delivery", flat=True)) == {"sent"}


@pytest.mark.usefixtures("frozen")
def test_the_same_thing_told_twice_is_sent_once_to_each(anna, ben, relay, sent):
    news(anna, ben)
    news(anna, ben, anna)
    relay()
    assert sorted(sent()) == [("anna.auditor", "News 1"), ("ben.boss", "News 1")]


@pytest.mark.usefixtures("frozen")
def test_an_urgent_message_does_not_wait_for_a_digest_nor_carry_others(anna, relay, sent):
    news(anna, number=1)
    news(anna, number=2, urgent=True)
    relay()
    assert sent() == [("anna.auditor", "News 2"), ("anna.auditor", "News 1")]


@pytest.mark.usefixtures("frozen")
def test_what_is_urgent_goes_first_however_much_waited_before_it(scope, anna, ben, sent):
    news(anna)
    news(ben, number=2, urgent=True)
    assert relay_council(scope, limit=1) == 1
    assert sent() == [("ben.boss", "News 2")]


@pytest.mark.usefixtures("frozen")
def test_what_is_over_when_it_would_leave_is_not_sent_and_counts_as_read(anna, relay, sent, monkeypatch):
    from qaf.notices import registry

    monkeypatch.setattr(registry, "_checks", {})
    add_check(
        ["news"], lambda notices: {one.pk: Words("Newer words", "") for one in notices if one.key == "2"}
    )
    news(anna, number=1)
    news(anna, number=2)
    relay()
    assert sent() == [("anna.auditor", "Newer words")]
    over = Notice.objects.get(key="1")
    assert (over.delivery, over.read_at) == ("dropped", clock.now())


@pytest.mark.usefixtures("frozen")
def test_somebody_without_address_or_who_has_left_gets_no_mail(scope, anna, relay, sent):
    nobody = make_person("Nora Nomail", email="")
    news(anna, nobody)
    record_leaver(person=anna, left_on=datetime(2026, 10, 4).date())  # noqa: DTZ001
    relay()
    assert sent() == []
    assert list(Notice.objects.values_list("delivery", flat=True)) == ["not_wanted", "not_wanted"]


def test_a_refused_address_fails_at_once_is_shown_and_can_be_sent_again(smtp, anna, relay, quick):
    smtp.replies["RCPT"] = "550 nobody of that name"
    news(anna)
    assert relay() == 0
    email = Email.objects.get()
    assert (email.delivery, email.attempts, email.reason) == ("failed", 1, "The mail server answered 550.")
    assert Notice.objects.get().delivery == "failed"
    quick()
    assert relay() == 0, "nothing is tried again by itself"
    del smtp.replies["RCPT"]
    assert send_again(email=email)
    assert not send_again(email=email), "a second click changes nothing"
    quick()
    assert relay() == 1
    assert smtp.message_ids == [email.message_id]
    assert Notice.objects.get().delivery == "sent"


@pytest.mark.parametrize("fault", ["MAIL", "RCPT", "DATA", "END"])
def test_a_mail_server_that_is_busy_is_asked_again_and_gets_one_message(smtp, anna, relay, quick, fault):
    smtp.replies[fault] = "451 later"
    news(anna)
    relay()
    email = Email.objects.get()
    assert (email.delivery, email.maybe_sent) == ("waiting", False)
    assert relay() == 0, "not before its time"
    del smtp.replies[fault]
    quick()
    assert relay() == 1
    assert smtp.message_ids == [email.message_id]


def waits_for(email: Email, wait: timedelta, *, since: datetime) -> bool:
    """Whether an e-mail that was tried between ``since`` and now waits so long, however long the trying took."""
    return since + wait <= email.not_before <= datetime.now(UTC) + wait


def test_a_mail_server_that_stays_away_is_asked_for_a_day_ever_more_rarely(settings, anna, relay, quick):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    news(anna)
    waits = [60, 120, 240, 480, 960, 1920, 3840, 7680, *[14400] * 5]
    assert timedelta(hours=22) < timedelta(seconds=sum(waits)) < timedelta(hours=25)
    for seconds in waits:
        before = datetime.now(UTC)
        relay()
        assert waits_for(Email.objects.get(), timedelta(seconds=seconds), since=before)
        quick()
    for _ in range(2):
        relay()
        quick()
    email = Email.objects.get()
    assert (email.delivery, email.attempts) == ("failed", ATTEMPTS)
    assert email.reason == "The mail server could not be reached."


def test_another_attempt_wakes_nobody_unless_it_is_urgent(smtp, anna, relay):
    smtp.replies["DATA"] = "451 later"
    with clock.travel(london(2026, 10, 9, 18, 59, 30)):
        news(anna, number=1)
        news(anna, number=2, urgent=True)
        before = datetime.now(UTC)
        relay()
    urgent, other = (Email.objects.get(urgent=one) for one in (True, False))
    assert waits_for(urgent, timedelta(seconds=60), since=before)
    monday = timedelta(days=2, hours=12, seconds=30)
    assert waits_for(other, monday, since=before), "seven o'clock on Monday"


def test_a_mail_server_that_is_away_is_asked_once_a_batch(settings, scope, relay, quick, monkeypatch):
    from django.core.mail.backends.smtp import EmailBackend

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    asked = []

    def away(self):
        asked.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", away)
    news(*(make_person(f"Pat {number}") for number in range(5)))
    relay()
    assert len(asked) == 1
    assert list(Email.objects.values_list("delivery", "attempts")) == [("waiting", 1)] * 5


def test_where_the_answer_was_lost_the_same_words_go_again_under_the_same_message_id(
    smtp, anna, relay, quick
):
    smtp.hang_up_after_data = 1
    news(anna, number=1)
    relay()
    email = Email.objects.get()
    assert (email.delivery, email.maybe_sent) == ("waiting", True)
    news(anna, number=2)
    quick()
    assert relay() == 2
    first, again, other = smtp.messages
    assert first["Message-ID"] == again["Message-ID"] == email.message_id
    assert first.get_content() == again.get_content()
    assert other["Message-ID"] != email.message_id
    assert relay() == 0


def test_after_a_certain_failure_the_message_is_written_anew_from_what_is_true_then(
    smtp, anna, relay, quick, monkeypatch
):
    from qaf.notices import registry

    monkeypatch.setattr(registry, "_checks", {})
    smtp.replies["DATA"] = "451 later"
    news(anna, number=1)
    news(anna, number=2)
    relay()
    del smtp.replies["DATA"]
    add_check(["news"], lambda notices: {one.pk: Words("Still so", "") for one in notices if one.key == "2"})
    quick()
    relay()
    assert [message["Subject"] for message in smtp.messages] == ["Still so"]
    assert dict(Notice.objects.values_list("key", "delivery")) == {"1": "dropped", "2": "sent"}


def test_a_message_that_nobody_needs_after_a_failure_is_never_sent(smtp, anna, relay, quick, monkeypatch):
    from qaf.notices import registry

    monkeypatch.setattr(registry, "_checks", {})
    smtp.replies["DATA"] = "451 later"
    news(anna)
    relay()
    del smtp.replies["DATA"]
    add_check(["news"], lambda notices: {})
    quick()
    relay()
    assert (smtp.messages, Email.objects.get().delivery) == ([], "dropped")


@pytest.mark.parametrize(
    ("code", "answer"),
    [(421, Answer.LATER), (550, Answer.REFUSED), (-1, Answer.UNKNOWN), (354, Answer.UNKNOWN)],
)
def test_only_a_reply_of_400_to_599_says_that_a_message_was_not_taken(code, answer):
    def break_off(messages):
        raise smtplib.SMTPDataError(code, b"")

    server = SimpleNamespace(open=lambda: True, close=lambda: None, send_messages=break_off)
    letter = Letter("anna@example.org", "News", "Words", "<1@qaf.example>", False)
    assert Postbox(server).post(letter).answer is answer


@pytest.mark.usefixtures("frozen")
def test_a_choice_made_now_holds_for_what_waits_already(anna, relay, sent):
    with clock.travel(london(2026, 10, 5, 20)):
        news(anna)
        news(anna, number=2, urgent=True)
    wishes = {
        "rhythm": "weekly",
        "quiet_from": MORNING.time().replace(19),
        "quiet_until": MORNING.time().replace(7),
    }
    choose(person=anna, **wishes, quiet_days_off=True)
    for day in range(6, 12):
        with clock.travel(london(2026, 10, day, 12)):
            relay()
    assert sent() == [("anna.auditor", "News 2")]
    with clock.travel(london(2026, 10, 12, 8)):
        relay()
    assert sent() == [("anna.auditor", "News 1")]


# Several relays at once, on real transactions ------------------------------------------------------------------------

several = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@several
def test_four_relays_at_once_send_each_person_one_message():
    council = make_council("alder", "Alder Council")
    with clock.travel(MORNING), authority_scope(council):
        people = [make_person(f"Pat {number}") for number in range(12)]
        for number in range(3):
            news(*people, number=number)

    def run(_: int) -> int:
        try:
            with clock.travel(MORNING):
                return relay_council(council) + relay_council(council)
        finally:
            connections.close_all()

    with smtp_sink() as sink, pytest.MonkeyPatch.context() as patch:
        from django.conf import settings

        patch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
        patch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
        patch.setattr(settings, "EMAIL_PORT", sink.port)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, range(4)))
        run(0)
    assert sorted(sink.recipients) == sorted(person.email for person in people)
    assert {message["Subject"] for message in sink.messages} == {"3 notices from Alder Council"}


@several
def test_control_without_the_lock_on_the_person_two_relays_would_both_write(monkeypatch, mailoutbox):
    """Shows that the test above would see it."""
    from qaf.notices.services import relay
    from qaf.tenants.models import Person

    council, together = make_council("alder", "Alder Council"), Barrier(2)
    with clock.travel(MORNING), authority_scope(council):
        news(make_person("Pat One"))
    begin = relay._begin

    def begin_together(*given):
        together.wait(10)
        return begin(*given)

    monkeypatch.setattr(relay, "_begin", begin_together)
    monkeypatch.setattr(Person.objects, "select_for_update", lambda **_: Person.objects.all())

    def run(_: int) -> None:
        try:
            with clock.travel(MORNING):
                relay_council(council)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    assert [message.to for message in mailoutbox] == [["pat.one@example.org"]] * 2


@several
def test_a_relay_that_lost_its_lease_leaves_the_message_to_the_other():
    from qaf.notices.services.relay import take, write_result

    council = make_council("alder", "Alder Council")
    with clock.travel(MORNING), authority_scope(council):
        news(make_person("Pat One"))
        (slow,) = take(council, limit=5)
        Email.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
        (quick_one,) = take(council, limit=5)
        assert quick_one.letter.message_id == slow.letter.message_id
        known = (slow.letter.maybe_sent, quick_one.letter.maybe_sent)
        assert known == (False, True), "what became of the first is asked before it goes again"
        write_result(slow, Result(Answer.LATER, "too slow"))
        assert Email.objects.get().delivery == "sending", "the other relay is at work"
        write_result(quick_one, Result(Answer.TAKEN))
        assert Email.objects.get().delivery == "sent"


@several
def test_what_goes_wrong_in_one_council_holds_up_no_other(monkeypatch, mailoutbox):
    alder, birch = make_council("alder", "Alder Council"), make_council("birch", "Birch Council")
    with clock.travel(MORNING):
        for council in (alder, birch):
            with authority_scope(council):
                news(make_person(f"Pat {council.slug}"))
        from qaf.notices import tasks

        def relay_or_fail(authority):
            if authority == alder:
                raise RuntimeError("asked for")
            return relay_council(authority)

        monkeypatch.setattr(tasks, "relay_council", relay_or_fail)
        relay_task()
        relay_task()
    assert [message.to for message in mailoutbox] == [["pat.birch@example.org"]]
