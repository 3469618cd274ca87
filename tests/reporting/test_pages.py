"""Who sees which figures, and what stands on the pages."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.frameworks.selectors import framework_in_force
from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.jobs.services import run
from qaf.tenants.scope import authority_scope
from reporting.models import ReportDraft, ReportSnapshot
from reporting.selectors.reach import Reach, openable, practitioners_reach, reach_of
from reporting.services.freezing import freeze
from tests.factories.people import make_person
from tests.factories.reporting import make_world

PAGES = ("dashboard", "audits", "issues", "practitioners", "reports")


def page(name: str, *args: object) -> str:
    return reverse(f"reporting:{name}", args=["alder", *args])


def shown(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


@pytest.mark.req("HER-52")
def test_each_sees_the_part_of_the_council_they_answer_for(world):
    framework = framework_in_force()
    safeguarding, rowan = world.services["safeguarding"].pk, world.teams["Rowan team"].pk
    assert reach_of(world.hope, framework) == Reach(whole=True)
    assert reach_of(world.quinn, framework) == Reach(whole=True)
    assert reach_of(world.sam, framework) == Reach(services=frozenset({safeguarding}))
    assert reach_of(world.mo, framework) == Reach(teams=frozenset({rowan}))
    assert reach_of(world.wyn, framework).is_empty


def test_a_manager_whose_post_has_no_unit_sees_nothing_rather_than_everything(world, enter):
    lost = make_person("Lost Larch", "service_manager", signs_in=True)
    assert reach_of(lost, framework_in_force()).is_empty
    answer = enter(lost).get(page("dashboard"))
    assert answer.status_code == 403
    assert "no service or team is yours yet" in answer.content.decode()


@pytest.mark.req("HER-52")
def test_a_worker_opens_none_of_these_pages(world, enter):
    client = enter(world.wyn)
    assert [client.get(page(name)).status_code for name in PAGES] == [403] * 5
    report = freeze(kind="monthly", label="2026-09")
    assert client.get(page("report", report.pk)).status_code == 403
    assert client.get(page("file", report.pk, "pdf")).status_code == 403
    assert client.get(page("new")).status_code == 403
    assert client.get(page("draft", "monthly", "2026-09")).status_code == 403


@pytest.mark.req("HER-42", "HER-49", "HER-54")
def test_a_head_of_service_sees_the_whole_council_at_a_glance(world, enter):
    text = shown(enter(world.hope).get(page("dashboard")))
    assert "50% (2 of 4)" not in text  # four are too few for a rate
    assert "2 of 4 of audits with a final grade were Good or better overall." in text
    assert "This month: October 2026" in text
    assert "Good or better in each domain, month by month" in text
    assert "Not yet final: September 2026, October 2026." in text
    assert "Can the grades be relied on?" in text
    assert world.worst.reference in text
    assert "Overdue since 30 Sep 2026" in text
    for name in ("Rowan team", "Maple team", "Beech team", "Overall grades by service"):
        assert name in text


def test_a_team_manager_s_dashboard_counts_their_team_alone(world, enter):
    text = shown(enter(world.mo).get(page("dashboard")))
    assert "1 of 2 of audits with a final grade were Good or better overall." in text
    assert world.worst.reference not in text
    assert "Maple team" not in text
    assert "Overall grades by service" not in text


def test_another_s_team_in_the_address_is_as_if_not_chosen(world, enter):
    other = world.teams["Beech team"].pk
    text = shown(enter(world.mo).get(page("audits"), {"team": other}))
    assert world.good.reference in text
    assert world.july.reference not in text


@pytest.mark.req("HER-66")
def test_filters_stand_in_the_address(world, enter):
    client = enter(world.quinn)
    maple = shown(client.get(page("audits"), {"team": world.teams["Maple team"].pk, "period": "2026-Q3"}))
    assert world.worst.reference in maple
    assert world.again.reference not in maple  # a re-audit is not drawn at random
    assert world.good.reference not in maple
    lowest = shown(client.get(page("audits"), {"grade": "inadequate"}))
    assert world.worst.reference in lowest
    assert world.good.reference not in lowest
    late = shown(client.get(page("audits"), {"state": "overdue"}))
    assert world.late.reference in late
    assert world.next.reference not in late
    assert "Outstanding" not in late.split("<table")[1]  # locked grades are nobody's to see


@pytest.mark.req("HER-55")
def test_one_issue_is_followed_across_audits_by_service_and_month(world, enter):
    text = shown(enter(world.quinn).get(page("issues"), {"issue": "tag:neglect"}))
    assert "Found in 2 of 4 of the audits that were submitted." in text
    assert world.worst.reference in text
    assert world.good.reference in text
    assert world.disputed.reference not in text
    both = shown(enter(world.quinn).get(page("issues")))
    assert "Neglect" in both
    assert "Training" in both


def test_only_those_with_a_part_in_an_audit_get_its_link(world):
    everything = [one.pk for one in (world.good, world.worst, world.july)]
    assert openable(world.quinn, everything) == set(everything)
    assert openable(world.mo, everything) == {world.good.pk}
    assert openable(world.wyn, everything) == set(everything)  # their own work
    hidden = world.audit(date(2026, 9, 1), "Rowan team", "good", restricted=True)
    assert openable(world.mo, [hidden.pk]) == set()
    world.mo.cleared_for_restricted = True
    assert openable(world.mo, [hidden.pk]) == {hidden.pk}


def test_what_may_be_opened_is_what_the_audit_page_lets_in(world, enter):
    for person in (world.quinn, world.hope, world.mo, world.sam, world.wyn):
        client = enter(person)
        may_open = openable(person, [world.good.pk, world.july.pk])
        for audit in (world.good, world.july):
            status = client.get(reverse("audits:audit", args=["alder", audit.reference])).status_code
            assert (status == 200) == (audit.pk in may_open), (person, audit)


def test_a_figure_s_reader_without_a_part_in_the_audit_gets_no_link_to_it(world, enter):
    reader = make_person("Vera Vetch", "qa_service_manager", signs_in=True)
    link = f'href="{reverse("audits:audit", args=["alder", world.worst.reference])}"'
    for name in ("dashboard", "audits"):
        text = shown(enter(reader).get(page(name)))
        assert world.worst.reference in text
        assert link not in text
        assert link in shown(enter(world.quinn).get(page(name)))


# Practitioners -------------------------------------------------------------------------------------------------------


@pytest.mark.req("HER-52")
def test_practitioners_are_seen_by_their_line_and_quality_assurance_only(world, enter):
    framework = framework_in_force()
    assert practitioners_reach(world.quinn, framework).whole
    assert practitioners_reach(world.mo, framework).teams == {world.teams["Rowan team"].pk}
    assert practitioners_reach(world.wyn, framework).is_empty
    manager = make_person("Vera Vetch", "qa_service_manager", signs_in=True)
    assert practitioners_reach(manager, framework).is_empty
    assert enter(manager).get(page("practitioners")).status_code == 403
    assert enter(manager).get(page("dashboard")).status_code == 200


@pytest.mark.req("HER-52")
def test_practitioners_are_listed_in_context_without_share_or_rank(world, enter):
    ash = make_person("Ash Alder", "social_worker", unit=world.teams["Rowan team"])
    world.audit(date(2026, 9, 1), "Rowan team", "inadequate", worker=ash)
    text = shown(enter(world.mo).get(page("practitioners")))
    main = text.split("<main")[1].split("</main>")[0]
    assert "%" not in main
    assert main.index("Ash Alder") < main.index("Wyn Willow")  # the alphabet, not the grades
    assert "Did not agree" in main
    assert "Management Oversight: Inadequate" in main
    assert world.july.reference not in main


# Reports -------------------------------------------------------------------------------------------------------------


def test_readers_read_and_only_makers_make(world, enter):
    report = freeze(kind="monthly", label="2026-09", person=world.quinn)
    client = enter(world.sam)
    listed = shown(client.get(page("reports")))
    assert page("report", report.pk) in listed
    assert "Make a report" not in listed
    assert client.get(page("new")).status_code == 403
    assert client.get(page("file", report.pk, "xlsx")).headers["Content-Disposition"] == (
        'attachment; filename="alder-monthly-2026-09-edition-1.xlsx"'
    )
    assert client.get(page("file", report.pk, "pdf")).headers["Content-Type"] == "application/pdf"
    assert "Make a report" in shown(enter(world.quinn).get(page("reports")))


@pytest.mark.req("HER-59", "HER-60")
def test_the_qa_lead_writes_leaves_comes_back_and_makes_the_report(world, council, enter):
    client = enter(world.quinn)
    answer = client.post(page("new"), {"report": "quarterly:2026-Q3"})
    assert answer.url == page("draft", "quarterly", "2026-Q3")
    address = page("draft", "quarterly", "2026-Q3")
    assert "2 of 4 of audits" in shown(client.get(address))
    left = client.post(address, {"summary": "Steady.", "version": "0", "then": "later"})
    assert left.url == page("reports")
    assert "Being written" in shown(client.get(page("reports")))
    assert "Steady." in shown(client.get(address))
    saved = client.post(
        page("save_draft", "quarterly", "2026-Q3"), {"summary": "Steady now.", "version": "1"}
    )
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    lost = client.post(page("save_draft", "quarterly", "2026-Q3"), {"summary": "Old tab.", "version": "1"})
    assert (lost.status_code, lost.json()["version"]) == (409, 2)
    assert lost.json()["theirs"]["summary"] == "Steady now."
    made = client.post(address, {"summary": "Steady now.", "version": "2"})
    job = Job.objects.get(kind="reporting.report")
    assert made.url == page("making", job.pk)
    assert "Waiting to begin" in shown(client.get(made.url))
    assert run(council.pk, job.pk) == JobStatus.DONE
    [report] = ReportSnapshot.objects.all()
    assert page("report", report.pk) in shown(client.get(made.url))
    assert "Steady now." in shown(client.get(page("report", report.pk)))
    assert not ReportDraft.objects.exists()


def test_reports_to_make_stand_under_what_they_are_about_with_earlier_months_behind(world, enter):
    client = enter(world.quinn)
    text = client.get(page("new")).content.decode()
    whole = text.index("The whole council")
    behind = text.index("Earlier periods")
    places = [
        text.index(f'value="monthly:{month}"') for month in ("2026-10", "2026-09", "2026-08", "2026-07")
    ]
    assert places == sorted(places)
    assert whole < places[1] < behind < places[2]
    assert text.count('value="quarterly:2026-Q3"') == 1
    assert text.count('id="id_report"') == 1
    refused = client.post(page("new"), {"report": ""})
    assert refused.status_code == 422
    assert 'href="#id_report"' in refused.content.decode()


def test_an_old_window_is_told_and_keeps_its_words(world, enter):
    client = enter(world.quinn)
    address = page("draft", "monthly", "2026-09")
    client.post(address, {"summary": "First.", "version": "0", "then": "later"})
    answer = client.post(address, {"summary": "Second window.", "version": "0", "then": "later"})
    assert answer.status_code == 409
    text = " ".join(answer.content.decode().split())
    assert "First." in text
    assert "Second window." in text
    assert ReportDraft.objects.get().commentary["summary"] == "First."


def test_nobody_sees_another_s_report_being_made(world, enter):
    client = enter(world.quinn)
    client.post(page("draft", "monthly", "2026-09"), {"version": "0"})
    job = Job.objects.get(kind="reporting.report")
    other = make_person("Olga Oak", "qa_service_manager", signs_in=True)
    assert enter(other).get(page("making", job.pk)).status_code == 404


@pytest.mark.parametrize(
    ("kind", "label"), [("weekly", "2026-09"), ("monthly", "2026-13"), ("quarterly", "2027-Q4")]
)
def test_a_period_that_is_none_is_not_found(world, enter, kind, label):
    assert enter(world.quinn).get(page("draft", kind, label)).status_code == 404


# Another council -----------------------------------------------------------------------------------------------------


def test_nothing_of_another_council_is_counted_or_shown(council, other_council, frozen, enter):
    with authority_scope(council):
        ours = make_world(signs_in=True)
        kept = ours.audit(date(2026, 9, 1), "Rowan team", "inadequate", tags=("neglect",))
        report = freeze(kind="monthly", label="2026-09")
    with authority_scope(other_council):
        theirs = make_world()
        own = theirs.audit(date(2026, 9, 1), "Rowan team", "good")
        stranger = make_person("Stella Birch", "head_of_service", signs_in=True)
    client = enter(stranger)
    dashboard = shown(client.get(reverse("reporting:dashboard", args=["birch"])))
    assert "1 of 1 of audits with a final grade were Good or better overall." in dashboard
    assert "ALDER" not in dashboard.upper()
    listed = shown(client.get(reverse("reporting:audits", args=["birch"])))
    assert own.reference in listed
    assert kept.reference not in listed
    for name in PAGES:
        assert client.get(page(name)).status_code == 404
    assert client.get(page("file", report.pk, "pdf")).status_code == 404
    assert client.get(reverse("reporting:report", args=["birch", report.pk])).status_code == 404
    assert client.get(reverse("reporting:file", args=["birch", report.pk, "pdf"])).status_code == 404
    assert own.reference not in shown(enter(ours.quinn).get(page("audits")))


# Cost ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["dashboard", "audits", "issues", "practitioners", "analysis", "findings", "mine"]
)
def test_a_page_asks_the_database_as_often_for_many_audits_as_for_few(world, enter, name):
    client = enter(world.quinn)
    client.get(page(name))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(name)).status_code == 200
        return len(asked)

    before = queries()
    for _ in range(3):
        more = world.audit(
            date(2026, 9, 1), "Maple team", "inadequate", tags=("neglect",), domains={"assessments": "good"}
        )
        world.action(more, date(2026, 9, 1))
        world.follow_up(more, "oversight")
    assert queries() == before
