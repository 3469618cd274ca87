"""GOV.UK Notify as the carrier, against a stand-in that speaks its language."""

import pytest

from qaf.notices.mail import Answer, Letter, postbox
from qaf.notices.models import Email
from qaf.notices.services import record_bounce, tell
from qaf.notices.tasks import ask_after
from tests.peers.notify import API_KEY, TEMPLATE, notify_peer


@pytest.fixture
def notify(settings):
    with notify_peer() as peer:
        settings.EMAIL_BACKEND = "qaf.notices.backends.notify.NotifyBackend"
        settings.MAIL_BY_NOTIFY = True
        settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID, settings.NOTIFY_URL = (
            API_KEY,
            TEMPLATE,
            peer.url,
        )
        yield peer


def post(maybe_sent: bool = False):
    with postbox() as box:
        return box.post(Letter("anna@example.org", "News", "Words", "<1@qaf.example>", maybe_sent))


def test_subject_and_body_go_into_the_councils_template_and_the_message_id_along(notify):
    result = post()
    (given,) = notify.sent
    assert result.answer is Answer.TAKEN
    assert result.provider_id == given.pop("id")
    assert given == {
        "email_address": "anna@example.org",
        "template_id": TEMPLATE,
        "personalisation": {"subject": "News", "body": "Words"},
        "reference": "<1@qaf.example>",
    }


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (400, Answer.REFUSED),
        (
            403,
            Answer.LATER,
        ),  # a wrong key is put right by those who run the service: the message outlives that
        (404, Answer.LATER),
        (429, Answer.LATER),
        (500, Answer.UNKNOWN),
        (503, Answer.UNKNOWN),
        ("keep, then hang up", Answer.UNKNOWN),
    ],
)
def test_each_fault_means_what_it_means(notify, fault, answer):
    notify.faults.append(fault)
    result = post()
    assert result.answer is answer
    assert result.reason.startswith("GOV.UK Notify ")


def test_nobody_there_means_unknown_and_never_raises(settings, notify):
    settings.NOTIFY_URL = "http://127.0.0.1:9"
    assert post().answer is Answer.UNKNOWN
    assert post(maybe_sent=True).answer is Answer.LATER, "asking whether it went sends nothing"


def test_where_the_answer_was_lost_notify_is_asked_and_nothing_goes_twice(notify):
    notify.faults.append("keep, then hang up")
    assert post().answer is Answer.UNKNOWN
    again = post(maybe_sent=True)
    assert (again.answer, again.provider_id) == (Answer.TAKEN, notify.sent[0]["id"])
    assert len(notify.sent) == 1


def test_a_fault_before_it_was_taken_is_sent_the_second_time(notify):
    notify.faults.append(500)
    assert post().answer is Answer.UNKNOWN
    assert post(maybe_sent=True).answer is Answer.TAKEN
    assert len(notify.sent) == 1


@pytest.mark.parametrize(
    ("fate", "status", "reason"),
    [
        ("delivered", "sent", ""),
        ("sending", "sent", ""),
        ("permanent-failure", "failed", "The address does not exist, or does not take messages."),
        ("temporary-failure", "failed", "The mailbox could not be reached for days: it may be full."),
    ],
)
def test_what_became_of_a_message_is_asked_and_shown(
    notify, scope, frozen, anna, relay, fate, status, reason
):
    tell(people=[anna], kind="news", key="1", subject="News")
    relay()
    notify.statuses[notify.sent[0]["id"]] = fate
    ask_after()
    ask_after()
    email = Email.objects.get()
    assert (email.delivery, email.reason) == (status, reason)
    assert (email.settled_at is None) is (fate == "sending")
    assert email.notices.get().delivery == status


def test_a_bounce_is_written_down_for_the_message_that_it_names_only(frozen, anna, relay, mailoutbox):
    tell(people=[anna], kind="news", key="1", subject="News")
    relay()
    email = Email.objects.get()
    assert not record_bounce(message_id="<other@qaf>", reason="No")
    assert record_bounce(message_id=email.message_id, reason="Mailbox full")
    email.refresh_from_db()
    assert (email.delivery, email.reason) == ("failed", "Mailbox full")
