"""A relay killed at each step: nothing is lost; twice only where the mail server's answer was unknown."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from qaf.lib import clock
from qaf.notices.models import Email, Notice
from qaf.notices.services import relay_council, tell
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_council, make_person
from tests.notices.conftest import london
from tests.peers.smtp import smtp_sink

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SCRIPT = Path(__file__).with_name("dying_relay.py")


def address() -> str:
    given = django_settings.DATABASES["default"]
    host = f"@{given['HOST']}:{given['PORT']}" if not given["HOST"].startswith("/") else f"@/{given['HOST']}"
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    return f"postgres://{given['USER']}{password}{host}/{given['NAME']}"


def run_relay(port: int, council, point: str) -> int:
    environment = {**os.environ, "DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "qaf.settings.test"}
    environment["PYTHONPATH"] = str(django_settings.BASE_DIR)
    command = [sys.executable, str(SCRIPT), str(port), str(council.pk), point]
    return subprocess.run(command, env=environment, timeout=120).returncode


@pytest.mark.parametrize(
    ("point", "copies"),
    [
        ("before the e-mail is committed", 1),
        ("when it is committed", 1),
        ("before the mail server is asked", 1),
        ("when the mail server has taken it", 2),
        ("before the answer is committed", 2),
        ("never", 1),
    ],
)
def test_a_killed_relay_loses_nothing_and_repeats_only_what_may_have_gone(point, copies, settings):
    council = make_council("alder", "Alder Council")
    with clock.travel(london(2026, 10, 5, 9)), authority_scope(council):
        people = [make_person(name) for name in ("Anna Auditor", "Ben Boss")]
        tell(people=people, kind="news", key="1", subject="News", href="/a/alder/")
    with smtp_sink() as sink:
        code = run_relay(sink.port, council, point)
        assert code == (0 if point == "never" else -signal.SIGKILL)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        first = relay_council(council)
        with authority_scope(council):
            Email.objects.filter(delivery="sending").update(
                lease_until=datetime.now(UTC) - timedelta(seconds=1)
            )
        second = relay_council(council)
        third = relay_council(council)
    assert third == 0
    assert first == (2 if point == "before the e-mail is committed" else 0), "a lease is respected"
    assert first + second == {"never": 0}.get(point, 2)
    with authority_scope(council):
        assert set(Notice.objects.values_list("delivery", flat=True)) == {"sent"}
        assert set(Email.objects.values_list("delivery", flat=True)) == {"sent"}
    times = Counter(sink.recipients)
    assert set(times) == {"anna.auditor@example.org", "ben.boss@example.org"}
    assert max(times.values()) == copies
    twice = [message_id for message_id, count in Counter(sink.message_ids).items() if count == 2]
    assert len(sink.messages) == 2 + len(twice), "a repeated message carries the same Message-ID"


def test_control_a_relay_that_wrote_sent_before_sending_would_lose_the_message(settings):
    """Shows that the test above would see a loss."""
    council = make_council("alder", "Alder Council")
    with clock.travel(london(2026, 10, 5, 9)), authority_scope(council):
        tell(people=[make_person("Anna Auditor")], kind="news", key="1", subject="News", href="/a/alder/")
    with smtp_sink() as sink:
        assert run_relay(sink.port, council, "control: it counts as sent before it is") == -signal.SIGKILL
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        assert relay_council(council) == 0
    assert sink.recipients == []
