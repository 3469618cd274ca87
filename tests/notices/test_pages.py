"""The inbox, a person's choice, and what could not be delivered."""

import pytest

from qaf.notices.models import Email, Notice, Preference
from qaf.notices.services import tell
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person, make_role
from tests.peers.smtp import smtp_sink

SEE = "notices.see_undelivered"
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def enter(client, council):
    """Sign somebody of a council in as the form does."""

    def go(person):
        client.logout()
        client.post("/account/login/", {"login": person.user.email, "password": "correct horse battery"})
        return client

    return go


@pytest.fixture
def lead(council):
    with authority_scope(council):
        make_role("qa_lead", "notices.see_undelivered")
        return make_person("Quinn Lead", "qa_lead", signs_in=True)


@pytest.fixture
def worker(council):
    with authority_scope(council):
        make_role("social_worker")
        return make_person("Wyn Worker", "social_worker", signs_in=True)


@pytest.fixture
def failed(council, worker, settings):
    """An e-mail to Wyn that the mail server refused."""
    from qaf.notices.services import relay_council

    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        sink.replies["RCPT"] = "550 nobody"
        with authority_scope(council):
            tell(people=[worker], kind="news", key="1", subject="ALD-2026-0001: news", href="/a/alder/")
        relay_council(council)
    with authority_scope(council):
        return Email.objects.get()


def now(council, email) -> Email:
    """The e-mail as it stands."""
    with authority_scope(council):
        return Email.objects.get(pk=email.pk)


def test_somebody_chooses_when_they_get_e_mail_and_finds_their_choice_again(enter, worker, council):
    client = enter(worker)
    page = client.get("/a/alder/notices/settings/").content.decode()
    assert "What is urgent, such as a concern about a child, reaches you at once" in page
    chosen = {"rhythm": "weekly", "quiet_from": "18:00", "quiet_until": "09:00", "quiet_days_off": "yes"}
    answer = client.post("/a/alder/notices/settings/", chosen)
    assert (answer.status_code, answer.url) == (302, "/a/alder/notices/")
    with authority_scope(council):
        kept = Preference.objects.get(person=worker)
    assert (kept.rhythm, kept.quiet_from.hour, kept.quiet_until.hour, kept.quiet_days_off) == (
        "weekly",
        18,
        9,
        False,
    )
    client.post("/a/alder/notices/settings/", {**chosen, "rhythm": "daily"})
    with authority_scope(council):
        assert Preference.objects.get(person=worker).rhythm == "daily", "one choice a person"
    assert 'value="daily" checked' in client.get("/a/alder/notices/settings/").content.decode()


def test_a_choice_that_is_none_keeps_what_was_and_says_so(enter, worker, council):
    page = enter(worker).post("/a/alder/notices/settings/", {"rhythm": "never"})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    with authority_scope(council):
        assert not Preference.objects.exists()


def test_the_lead_sees_what_was_not_delivered_and_why_and_sends_it_again(enter, lead, failed, council):
    client = enter(lead)
    assert "1 message could not be delivered" in client.get("/a/alder/").content.decode()
    assert "/a/alder/notices/undelivered/" in client.get("/a/alder/notices/").content.decode()
    page = client.get("/a/alder/notices/undelivered/").content.decode()
    for text in (
        "Wyn Worker",
        "ALD-2026-0001: news",
        "wyn.worker@example.org",
        "The mail server answered 550.",
    ):
        assert text in page
    answer = client.post(f"/a/alder/notices/undelivered/{failed.pk}/again/")
    assert answer.url == "/a/alder/notices/undelivered/"
    assert (now(council, failed).delivery, now(council, failed).attempts) == ("waiting", 0)
    assert client.post(f"/a/alder/notices/undelivered/{failed.pk}/again/").status_code == 404, (
        "it is not there now"
    )
    assert "Every message was delivered" in client.get("/a/alder/notices/undelivered/").content.decode()


def test_nobody_else_sees_or_resends_it(enter, worker, failed, council):
    client = enter(worker)
    assert client.get("/a/alder/notices/undelivered/").status_code == 403
    assert client.post(f"/a/alder/notices/undelivered/{failed.pk}/again/").status_code == 403
    assert "undelivered" not in client.get("/a/alder/notices/").content.decode()
    assert "could not be delivered" not in client.get("/a/alder/").content.decode()
    assert now(council, failed).delivery == "failed"


def test_a_stranger_of_another_council_finds_nothing(enter, other_council, failed):
    with authority_scope(other_council):
        make_role("qa_lead", "notices.see_undelivered")
        bob = make_person("Bob Birch", "qa_lead", signs_in=True)
    client = enter(bob)
    for path in ("", "settings/", "undelivered/", f"undelivered/{failed.pk}/again/"):
        assert client.get(f"/a/alder/notices/{path}").status_code == 404
    assert client.post(f"/a/birch/notices/undelivered/{failed.pk}/again/").status_code == 404
    assert "Wyn" not in client.get("/a/birch/notices/undelivered/").content.decode()


def test_the_right_belongs_to_who_runs_the_month():
    from audits.frameworks.capabilities import permissions_for
    from audits.frameworks.loader import builtin

    framework = builtin("herefordshire")
    may_see = {role.key for role in framework.roles if SEE in permissions_for(framework, role.key)}
    assert may_see == {"qa_lead"}


def test_reading_a_notice_of_somebody_else_is_not_possible(enter, worker, lead, council):
    with authority_scope(council):
        tell(people=[lead], kind="news", key="1", subject="For Quinn")
        notice = Notice.objects.get()
    assert enter(worker).post(f"/a/alder/notices/{notice.pk}/open/").status_code == 404
    with authority_scope(council):
        assert Notice.objects.get().read_at is None
