"""A month that runs by itself while worker, Redis and PostgreSQL are killed: nothing lost, nothing twice."""

import os
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.faults.conftest import house_of
from tests.faults.month import MOMENTS, Facts, Month, month_of
from tests.peers.notify import API_KEY, TEMPLATE, notify_peer
from tests.peers.smtp import smtp_sink

LONG = bool(os.environ.get("QAF_LONG"))
SEED = int(os.environ.get("QAF_FAULTS_SEED") or 20261001)
RUNS = 7 if LONG else 1
VICTIMS = ("child", "worker", "redis", "postgres", "everything")
# A writer that takes its time, so that two that do the same thing at once meet in the middle of it.
SLOW = """
    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$;
    CREATE TRIGGER slowly BEFORE INSERT ON notices_notice FOR EACH STATEMENT EXECUTE FUNCTION slowly();
"""
# The link that every notice has; rows' numbers have gaps where something was undone.
NOTICE, NUMBER = re.compile(r"^http\S+/a/"), re.compile(r"/\d+/")
NO_KEY = "ALTER TABLE notices_notice DROP CONSTRAINT notices_once"


@pytest.fixture(scope="module")
def house(base, tmp_path_factory):
    """Engines with the seeded councils in the database that every month copies."""
    folder = tmp_path_factory.mktemp("month")
    with house_of(base, folder, "seeded", settings_module="tests.faults.settings") as house:
        house.site.move_to(MOMENTS[0].replace(month=9, day=30, hour=12))
        house.python("from tests.faults.world import make_world; make_world()")
        yield house


@pytest.fixture(scope="module")
def post():
    """The mail server of every month."""
    with smtp_sink() as sink:
        yield sink


@dataclass
class Calm:
    """What an undisturbed month comes to: after each moment, its statements, its rows and its mail."""

    costs: list[int] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)
    mail: list[Counter] = field(default_factory=list)


@pytest.fixture(scope="module")
def calm(house, post):
    """An undisturbed month."""
    found = Calm()
    with month_of(house.site, house.engines, "calm", QAF_SMTP_PORT=str(post.port)) as month:
        month.move_to(MOMENTS[0])
        month.start_worker()
        for moment in MOMENTS:
            found.costs.append(live(month, moment))
            found.facts.append(month.facts())
            found.mail.append(told(post))
    post.messages.clear()
    return found


def live(month: Month, moment) -> int:
    """Let a moment pass undisturbed; return how many statements it took."""
    before = month.move_to(moment)
    month.wait_until_quiet()
    return month.statements() - before


def told(post) -> Counter:
    """What has reached people, each message counted once whichever way it came: to whom, and its text."""
    return Counter(
        {one["Message-ID"]: (one["To"], one["Subject"], one.get_content()) for one in post.messages}.values()
    )


def lines_of(mail: Counter) -> Counter:
    """Who was told how often to look where: a relay that comes late gathers several notices in one message."""
    found: Counter = Counter()
    for (to, subject, text), times in mail.items():
        for line in (subject, *text.splitlines()):
            if NOTICE.search(line):
                found[to, NUMBER.sub("/n/", line)] += times
    return found


def doubles(facts: Facts) -> list[str]:
    """Return what is there more than once although it is the same thing."""
    return [
        f"{times} times in {name}: {row}"
        for name, rows in facts.items()
        for row, times in rows.items()
        if times > 1
    ]


def differences(calm: Facts, now: Facts) -> list[str]:
    """Return what was lost, and what is new, against an undisturbed month."""
    found = [f"lost from {name}: {row}" for name in calm for row in calm[name] - now[name]]
    return found + [f"new in {name}: {row}" for name in calm for row in now[name] - calm[name]]


def test_an_undisturbed_month_opens_its_cycles_gives_every_case_one_audit_and_reports(calm):
    facts, mail = calm.facts[-1], calm.mail[-1]
    opened = [row for row in facts["months"] if row[2] == "open"]
    assert sorted(row[:2] for row in opened) == [("alder", "2026-10-01"), ("alder", "2026-11-01")]
    assert len(facts["audits"]) == len(facts["cases"]) > 20
    assert len({row[:3] for row in facts["audits"]}) == len(facts["audits"])
    assert {row[1] for row in facts["reports"]} == {"monthly", "quarterly"}
    assert {row[6] for row in facts["notices"]} <= {"sent", "dropped", "not_wanted", "waiting"}
    assert min(calm.costs) > 10
    assert any("your audit" in subject for _, subject, _ in mail)
    assert doubles(facts) == []


@pytest.mark.parametrize("run", range(RUNS))
def test_a_month_in_which_everything_is_killed_comes_to_the_same(house, post, calm, run):
    chance = random.Random(SEED + run)
    sys.stdout.write(f"seed {SEED + run}\n")
    post.messages.clear()
    with month_of(house.site, house.engines, f"killed{run}", QAF_SMTP_PORT=str(post.port)) as month:
        month.move_to(MOMENTS[0])
        month.start_worker()
        for number, moment in enumerate(MOMENTS):
            what = VICTIMS[(number + run) % len(VICTIMS)]
            at = month.move_to(moment) + chance.randint(1, int(calm.costs[number] * 0.8))
            month.plan(what, at)
            if month.wait_for_death():
                month.deaths.append(f"{moment:%d %B %H:%M}: {what} at {at}")
                month.revive()
            month.wait_until_quiet()
        found = month.facts()
        sys.stdout.write("\n".join([*month.deaths, f"quiet again after at most {month.slowest:.1f} s\n"]))
        assert doubles(found) == []
        assert "\n".join(differences(calm.facts[-1], found)) == ""
        assert lines_of(told(post)) == lines_of(calm.mail[-1])
        assert len([death for death in month.deaths if " at " in death]) >= len(MOMENTS) - 2


def twice(house, notify, name: str, statements: str, moments) -> Facts:
    """Run ``moments`` on a slow database with two workers, two beats, and every task delivered twice."""
    by_notify = {
        "QAF_MAIL": "notify",
        "QAF_NOTIFY_API_KEY": API_KEY,
        "QAF_NOTIFY_TEMPLATE_ID": TEMPLATE,
        "QAF_NOTIFY_URL": notify.url,
        "QAF_FAULTS_TWICE": "1",
    }
    with month_of(house.site, house.engines, name, **by_notify) as month:
        with month.eyes() as cursor:
            cursor.execute(statements)
        month.move_to(moments[0])
        month.start_worker()
        month.start_worker("second")
        for moment in moments:
            live(month, moment)
        return month.facts()


def test_two_beats_two_workers_and_every_task_twice_come_to_the_same(house, calm):
    last = len(MOMENTS) if LONG else 4
    with notify_peer() as notify:
        found = twice(house, notify, "twice", SLOW, MOMENTS[:last])
    assert doubles(found) == []
    assert differences(calm.facts[last - 1], found) == []
    assert len(notify.sent) == len({one["reference"] for one in notify.sent})
    sent = Counter((one["email_address"], *one["personalisation"].values()) for one in notify.sent)
    assert lines_of(sent) == lines_of(calm.mail[last - 1])


def test_control_without_the_unique_key_of_notices_somebody_is_told_twice(house):
    with notify_peer() as notify:
        found = twice(house, notify, "keyless", SLOW + NO_KEY, [MOMENTS[0], MOMENTS[2]])
    assert any("times in notices" in line for line in doubles(found))


@pytest.mark.skipif(not LONG, reason="waits for a real lease: --long")
def test_a_worker_killed_in_the_middle_of_opening_a_month_has_a_successor_within_five_minutes(
    house, post, calm
):
    with month_of(house.site, house.engines, "patient", QAF_SMTP_PORT=str(post.port)) as month:
        month.plan("everything", month.move_to(MOMENTS[0]) + calm.costs[0] // 2)
        month.start_worker()
        assert month.wait_for_death()
        began = time.monotonic()
        month.start_worker()
        month.wait_until_quiet(300)
        assert time.monotonic() - began < 300
        assert doubles(month.facts()) == []
