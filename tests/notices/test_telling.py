"""Who is told, and who reads in their stead."""

from datetime import date
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command

from qaf.lib import clock
from qaf.notices.models import Email, Notice
from qaf.notices.services import tell, without_email
from qaf.tenants.services import record_absence
from tests.factories.people import make_person, make_role, make_service, make_team
from tests.notices.conftest import london

pytestmark = pytest.mark.usefixtures("frozen", "scope")


def news(*people, **more):
    return tell(people=people, kind="news", key="1", subject="News", **more)


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("id").values_list("person__name", "subject"))


def away(person, deputy=None) -> None:
    record_absence(person=person, starts_on=date(2026, 10, 5), ends_on=date(2026, 10, 9), deputy=deputy)


def test_whoever_is_away_is_told_and_the_deputys_deputy_gets_the_copy(anna, ben):
    cara = make_person("Cara Cover")
    away(anna, ben)
    away(ben, cara)
    news(anna)
    assert told() == [("Anna Auditor", "News"), ("Cara Cover", "For Anna Auditor: News")]


def test_a_deputy_who_is_told_anyway_gets_no_second_copy(anna, ben):
    away(anna, ben)
    news(anna, ben)
    assert told() == [("Anna Auditor", "News"), ("Ben Boss", "News")]


def test_without_a_deputy_only_what_is_urgent_goes_to_the_next_in_line_who_is_here():
    service = make_service("Safeguarding")
    team = make_team("Rowan", service)
    for rank, key in enumerate(("social_worker", "team_manager", "service_manager", "head_of_service")):
        make_role(key, in_line=rank > 0, rank=rank)
    wyn = make_person("Wyn Worker", "social_worker", unit=team)
    tess = make_person("Tess Team", "team_manager", unit=team)
    make_person("Olga Other", "team_manager", unit=make_team("Hazel", make_service("Other")))
    make_person("Sam Service", "service_manager", unit=service)
    make_person("Hetty Head", "head_of_service")
    for person in (wyn, tess):
        away(person)
    news(wyn)
    assert told() == [("Wyn Worker", "News")]
    tell(people=[wyn], kind="alarm", key="1", subject="Alarm", urgent=True)
    assert told()[1:] == [("Wyn Worker", "Alarm"), ("Sam Service", "For Wyn Worker: Alarm")]


def test_a_deputy_who_is_away_too_with_nobody_in_their_stead_gets_no_copy(anna, ben):
    away(anna, ben)
    away(ben)
    news(anna)
    assert told() == [("Anna Auditor", "News")]


def test_somebody_who_goes_away_before_the_digest_leaves_is_stood_in_for_then(anna, ben, relay, sent):
    with clock.travel(london(2026, 10, 2, 20)):
        news(anna)
    away(anna, ben)
    relay()
    relay()
    assert sent() == [("anna.auditor", "News"), ("ben.boss", "For Anna Auditor: News")]


def test_invented_history_stays_in_the_inbox(anna, relay, sent):
    with without_email():
        news(anna)
    tell(people=[anna], kind="real", key="1", subject="Real")
    relay()
    assert sent() == [("anna.auditor", "Real")]
    assert [subject for _, subject in told()] == ["News", "Real"]


def test_a_returned_message_is_found_by_the_message_id_in_it(anna, relay, monkeypatch):
    news(anna)
    relay()
    email = Email.objects.get()
    returned = (
        b"From: MAILER-DAEMON\n\n550 kein Empf\xe4nger\n\nMessage-ID: %s\nSubject: News\n"
        % email.message_id.encode()
    )
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(returned)))
    call_command("record_bounce", stdout=StringIO())
    email.refresh_from_db()
    assert (email.delivery, email.reason) == ("failed", "The message came back.")
    for words in (b"nothing of ours", returned):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(words)))
        with pytest.raises(CommandError, match="names no message"):
            call_command("record_bounce", stdout=StringIO())
