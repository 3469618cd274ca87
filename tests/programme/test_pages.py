"""The calendar's pages, and the links by which Outlook reads it."""

import hashlib
import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar as ICalendar

from audits.models import Assessment
from audits.programme.enums import OccurrenceKind as Kind
from audits.programme.models import Calendar, Feed, Occurrence
from audits.programme.selectors import people_of
from audits.programme.services import make_feed, plan_calendar, revoke_feed
from audits.services.cycles import open_cycle, prepare_cycle
from qaf.jobs import services as jobs
from qaf.lib import clock
from qaf.lib.clock import LONDON
from qaf.tenants.models import Access, Person, Unit, User
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import record_leaver
from tests.factories.audits import small_council
from tests.factories.people import make_council, make_person

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=LONDON)
YEAR = "/a/alder/calendar/"
PASSWORD = "correct horse battery"


@pytest.fixture
def world(db):
    """The small council on 5 October 2026: its month is open, its calendar planned."""
    council = make_council("alder", "Alder Council")
    with clock.travel(NOW):
        with authority_scope(council):
            small = small_council(cases_per_team=3, signs_in=True)
            plan_calendar()
            open_cycle(cycle=prepare_cycle(period=date(2026, 10, 1), seed="pages"), person=small.qa_lead)
        yield SimpleNamespace(council=council, small=small)


def signed_in(person) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def occurrence(world, kind: Kind, period: str) -> Occurrence:
    with authority_scope(world.council):
        return Occurrence.objects.select_related("moved_by").get(kind=kind, period=period)


# The year ------------------------------------------------------------------------------------------------------------


def test_the_year_shows_what_comes_next_and_twelve_months_to_everybody(world):
    page = signed_in(world.small.workers["Rowan team"][0]).get(YEAR)
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index("Audits submitted") < text.index("Twelve months from October 2026")
    assert "September 2027" in text
    assert "Months open by themselves on allocation day." in text
    assert "Change how months open" not in text, "only who runs the months may"


def test_what_the_framework_never_dates_has_no_column(world):
    client = signed_in(world.small.qa_lead)
    assert "Monthly briefing</th>" in client.get(YEAR).content.decode()
    with authority_scope(world.council):
        Occurrence.objects.filter(kind=Kind.MONTHLY_BRIEFING).delete()
    shown = client.get(YEAR).content.decode()
    assert "Monthly briefing" not in shown
    assert "Month ends</th>" in shown


def test_another_year_can_be_asked_for_and_nonsense_shows_this_one(world):
    client = signed_in(world.small.qa_lead)
    assert "Twelve months from March 2027" in client.get(f"{YEAR}?from=2027-03").content.decode()
    for nonsense in ("elephant", "9999-12", "0001-01", "%00"):
        assert "Twelve months from October 2026" in client.get(f"{YEAR}?from={nonsense}").content.decode()


def test_the_year_takes_as_many_queries_empty_as_full(world):
    client = signed_in(world.small.qa_lead)
    client.get(YEAR)
    with CaptureQueriesContext(connection) as full:
        client.get(YEAR)
    with authority_scope(world.council):
        Occurrence.objects.exclude(period="2026-10").delete()
    with CaptureQueriesContext(connection) as few:
        client.get(YEAR)
    assert len(full) == len(few)


def test_a_council_without_a_framework_is_told_kindly(world):
    empty = make_council("birch", "Birch Council")
    with authority_scope(empty):
        bea = make_person("Bea Birch", signs_in=True)
    assert "Nothing is planned yet" in signed_in(bea).get("/a/birch/calendar/").content.decode()


def test_a_date_is_moved_in_the_browser_with_a_reason_that_everybody_reads(world):
    row = occurrence(world, Kind.ALLOCATION, "2026-12")
    ash = signed_in(world.small.qa_lead)
    path = f"{YEAR}{row.pk}/"
    refused = ash.post(f"{path}move/", {"to_0": "5", "to_1": "12", "to_2": "2026", "reason": ""})
    assert refused.status_code == 200
    assert set(refused.context["form"].errors) == {"reason"}
    answer = ash.post(f"{path}move/", {"to_0": "3", "to_1": "12", "to_2": "2026", "reason": "Training week"})
    assert answer.url == path
    row = occurrence(world, Kind.ALLOCATION, "2026-12")
    assert (row.due_on, row.moved_by) == (date(2026, 12, 3), world.small.qa_lead)
    seen = signed_in(world.small.iros[0]).get(path).content.decode()
    assert "Thursday 3 December 2026" in seen
    assert "Training week" in seen
    assert "Move this date" not in seen


def test_a_bank_holiday_is_refused_beside_the_date_and_nothing_typed_is_lost(world):
    row = occurrence(world, Kind.SUBMISSION, "2026-12")
    page = signed_in(world.small.qa_lead).post(
        f"{YEAR}{row.pk}/move/", {"to_0": "28", "to_1": "12", "to_2": "2026", "reason": "Keep this"}
    )
    assert "Monday 28 December 2026 is a bank holiday (Boxing Day (observed))" in page.content.decode()
    assert "Keep this" in page.content.decode()


def test_only_who_runs_the_months_moves_dates_or_changes_how_they_open(world):
    row = occurrence(world, Kind.ALLOCATION, "2026-12")
    iris = signed_in(world.small.iros[0])
    assert iris.get(f"{YEAR}{row.pk}/move/").status_code == 403
    assert iris.post(f"{YEAR}opening/", {"automatic": "no"}).status_code == 403
    assert iris.get(f"{YEAR}{row.pk}/").status_code == 200


def test_how_months_open_is_switched(world):
    ash = signed_in(world.small.qa_lead)
    assert ash.post(f"{YEAR}opening/", {"automatic": "no"}).url == YEAR
    with authority_scope(world.council):
        assert Calendar.objects.get().automatic_opening is False
    assert "Months are opened by hand." in ash.get(YEAR).content.decode()


def test_a_date_that_did_not_work_leads_who_may_to_trying_it_again(world, monkeypatch):
    row = occurrence(world, Kind.SUBMISSION, "2026-10")
    with authority_scope(world.council):
        job = jobs.ask_for(
            kind="programme.occurrence",
            key="submission:2026-10",
            payload={"kind": row.kind, "period": row.period},
        )
    assert jobs.run(world.council.pk, job.pk) == "failed", "it is not due yet"
    ash = signed_in(world.small.qa_lead)
    assert f"/a/alder/jobs/{job.pk}/" in ash.get(f"{YEAR}{row.pk}/").content.decode()
    assert "1 piece of work has failed: see why, and try again" in ash.get("/a/alder/").content.decode()
    page = ash.get(f"/a/alder/jobs/{job.pk}/").content.decode()
    assert "This date was moved to a later day." in page
    assert ash.post(f"/a/alder/jobs/{job.pk}/retry/").url == f"/a/alder/jobs/{job.pk}/"
    with authority_scope(world.council):
        job.refresh_from_db()
        assert job.status == "waiting"
    worker = signed_in(world.small.workers["Rowan team"][0])
    assert worker.post(f"/a/alder/jobs/{job.pk}/retry/").status_code == 403
    assert worker.get(f"/a/alder/jobs/{job.pk}/").status_code == 404
    assert "Your QA lead has been told" not in worker.get(f"{YEAR}{row.pk}/").content.decode()


def test_the_queue_shows_what_waits_ran_and_failed_and_is_filtered_in_the_address(world):
    with authority_scope(world.council):
        job = jobs.ask_for(
            kind="programme.occurrence", key="x", payload={"kind": "allocation", "period": "1999-01"}
        )
    ash = signed_in(world.small.qa_lead)
    assert (
        "Calendar: Allocation day, January 1999" in ash.get("/a/alder/jobs/?status=waiting").content.decode()
    )
    assert f"/a/alder/jobs/{job.pk}/" not in ash.get("/a/alder/jobs/?status=done").content.decode()
    assert ash.post(f"/a/alder/jobs/{job.pk}/cancel/").status_code == 302
    assert "Cancelled" in ash.get(f"/a/alder/jobs/{job.pk}/").content.decode()


# Links for Outlook ---------------------------------------------------------------------------------------------------


def link(world, person, unit=None) -> str:
    with authority_scope(world.council):
        _, token = make_feed(person=person, unit=unit)
    return reverse("calendar_feed", args=["alder", token])


def events(answer) -> list[tuple[date, str]]:
    found = ICalendar.from_ical(answer.content)
    return [(one.decoded("dtstart"), str(one["summary"])) for one in found.walk("VEVENT")]


def lead_auditor(world):
    with authority_scope(world.council):
        place = (
            Assessment.objects.filter(slot="lead").select_related("assessor", "audit").order_by("pk").first()
        )
        return place.assessor, place.audit


def test_a_link_shows_my_due_dates_and_the_councils_and_nothing_of_a_child(world):
    person, audit = lead_auditor(world)
    answer = Client().get(link(world, person))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer["Cache-Control"] == "private, max-age=300"
    found = events(answer)
    assert (date(2026, 10, 1), "Allocation day, October 2026") not in found
    assert (date(2026, 11, 1), "Allocation day, November 2026") in found
    with authority_scope(world.council):
        mine = [todo for todo in todo_for(person) if todo.due_on]
        assert mine
        expected = {(todo.due_on, f"{todo.text}, {todo.about}" if todo.about else todo.text) for todo in mine}
        assert expected <= set(found)
        child = audit.case
        text = answer.content.decode().replace("\r\n ", "")
        assert child.local_id not in text
        assert child.family_id not in text
    assert f"/a/alder/audits/{audit.reference}" in text


def strictly(raw: bytes) -> list[dict[str, str]]:
    """Read an iCalendar file by the letter of RFC 5545; return each event's properties. Refuses what Outlook may."""
    assert raw.endswith(b"\r\n")
    lines = raw[:-2].split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines), "a bare line end"
    assert max(map(len, lines)) <= 75, "longer than 75 octets: not folded"
    assert not any(control in raw for control in range(32) if chr(control) not in "\r\n\t")
    unfolded = raw[:-2].replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    assert (unfolded[0], unfolded[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    found: list[dict[str, str]] = []
    head: dict[str, str] = {}
    now = head
    for line in unfolded[1:-1]:
        if line in {"BEGIN:VEVENT", "END:VEVENT"}:
            now = {} if line.startswith("BEGIN") else head
            found += [now] if now is not head else []
            continue
        name, value = re.fullmatch(r"([A-Z-]+(?:;[A-Z-]+=[\w-]+)*):(.*)", line).groups()
        assert name not in now, f"{name} twice"
        now[name] = value
    assert (head["VERSION"], head["METHOD"]) == ("2.0", "PUBLISH")
    assert head["PRODID"]
    for one in found:
        assert re.fullmatch(r"\d{8}T\d{6}Z", one["DTSTAMP"])
        assert re.fullmatch(r"\d{8}", one["DTSTART;VALUE=DATE"])
        assert re.fullmatch(r"https?://[^\s,;]+", one["URL"])
        assert not re.search(r"(?<!\\)[,;]", one["SUMMARY"]), "a comma that is not escaped"
    uids = [one["UID"] for one in found]
    assert len(uids) == len(set(uids)) > 0
    return found


def test_a_link_is_read_by_the_letter_of_the_standard_and_keeps_the_names_of_its_events(world):
    manager = world.small.managers["Rowan team"]
    with authority_scope(world.council):
        Unit.objects.filter(pk=world.small.teams["Rowan team"].pk).update(name="Rowan; \\ “Åsa”, team")
        Person.objects.filter(name=manager.name).update(
            name="Zoë Ünder-Wood, the very long named manager of it all"
        )
    address = link(world, manager, world.small.teams["Rowan team"])
    first = strictly(Client().get(address).content)
    assert any("the very long named manager" in one["SUMMARY"] for one in first)
    with clock.travel(clock.now() + timedelta(hours=5)):
        again = strictly(Client().get(address).content)
    assert {one["UID"] for one in again} == {one["UID"] for one in first}, "else Outlook shows each twice"


def test_a_wrong_a_revoked_and_a_strangers_link_are_all_not_found(world):
    person, _ = lead_auditor(world)
    good = link(world, person)
    birch = make_council("birch", "Birch Council")
    with authority_scope(world.council):
        feed = Feed.objects.get(person=person)
        assert good.endswith(".ics")
        assert feed.token_hash not in good
        assert feed.token_hash == hashlib.sha256(good.split("/")[-1][:-4].encode()).hexdigest()
    assert Client().get(good).status_code == 200
    assert Client().get(good[:-5] + "x.ics").status_code == 404
    assert Client().get(good.replace("/alder/", f"/{birch.slug}/")).status_code == 404
    assert Client().get(good.replace("/alder/", "/nowhere/")).status_code == 404
    assert Client().post(good).status_code == 405
    with authority_scope(world.council):
        revoke_feed(feed=feed, person=person)
    assert Client().get(good).status_code == 404


@pytest.mark.parametrize("how", ["left", "access", "account"])
def test_who_may_no_longer_sign_in_is_shown_nothing(world, how):
    person, _ = lead_auditor(world)
    address = link(world, person)
    with authority_scope(world.council):
        if how == "left":
            record_leaver(person=person, left_on=date(2026, 10, 4))
        elif how == "access":
            Access.objects.filter(user=person.user).delete()
        else:
            User.objects.filter(pk=person.user_id).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_who_leaves_next_week_reads_their_dates_until_then_and_stands_in_their_teams(world):
    person, _ = lead_auditor(world)
    mine, teams = (
        link(world, person),
        link(world, world.small.managers["Rowan team"], world.small.teams["Rowan team"]),
    )
    before = len(events(Client().get(teams)))
    with authority_scope(world.council):
        for one in people_of(world.small.teams["Rowan team"]):
            record_leaver(person=one, left_on=date(2026, 10, 12))
    assert Client().get(mine).status_code == 200
    assert len(events(Client().get(teams))) == before
    with clock.travel(date(2026, 10, 13)):
        assert Client().get(teams).status_code == 404


def test_a_team_link_names_who_has_to_do_what_and_ends_with_the_post(world):
    team = world.small.teams["Rowan team"]
    manager = world.small.managers["Rowan team"]
    address = link(world, manager, team)
    found = [text for _, text in events(Client().get(address))]
    assert any(text.startswith(f"{manager.name}: The audit, ALD-2026-") for text in found)
    assert not any(text.startswith("Morgan Maple") for text in found), "who works elsewhere"
    with authority_scope(world.council):
        manager.posts.all().update(ends_on=date(2026, 10, 4))
    assert Client().get(address).status_code == 404


def test_a_teams_link_takes_as_many_queries_for_a_few_people_as_for_many(world):
    manager, head = world.small.managers["Rowan team"], world.small.service_managers["safeguarding"]
    few = link(world, manager, world.small.teams["Rowan team"])
    many = link(world, head, world.small.services["safeguarding"])
    cost, length = {}, {}
    for address in (few, many):
        Client().get(address)  # notes that it was read today
        with CaptureQueriesContext(connection) as asked:
            length[address] = len(events(Client().get(address)))
        cost[address] = len(asked)
    assert length[many] > length[few]
    assert cost[many] <= cost[few]


def test_a_team_is_shown_only_to_who_manages_it(world):
    other = world.small.managers["Maple team"]
    client = signed_in(other)
    team = world.small.teams["Rowan team"]
    assert f"unit-{team.pk}" not in client.get(f"{YEAR}links/").content.decode()
    page = client.post(f"{YEAR}links/", {"whose": f"unit-{team.pk}"})
    assert page.context["form"].errors
    with authority_scope(world.council):
        assert not Feed.objects.exists()


def test_a_link_is_made_shown_once_and_revoked_in_the_browser(world):
    ash = signed_in(world.small.qa_lead)
    page = ash.post(f"{YEAR}links/", {"whose": "mine"}).content.decode()
    with authority_scope(world.council):
        feed = Feed.objects.get()
    start = page.index("/calendar/alder/")
    address = page[start : page.index(".ics", start) + 4]
    assert Client().get(address).status_code == 200
    assert address not in ash.get(f"{YEAR}links/").content.decode()
    assert signed_in(world.small.iros[0]).post(f"{YEAR}links/{feed.pk}/revoke/").status_code == 404
    assert ash.post(f"{YEAR}links/{feed.pk}/revoke/").url == f"{YEAR}links/"
    assert Client().get(address).status_code == 404
