"""The same work by keyboard alone, and without JavaScript."""

from datetime import date

import pytest
from playwright.sync_api import expect

from audits.models import SectionDraft
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from tests.factories.assessments import make_audit, make_cast
from tests.factories.people import make_council
from tests.journeys.people import PASSWORD
from tests.journeys.story import DOMAINS

pytestmark = pytest.mark.journey
LENA = "lena.lead@example.org"


@pytest.fixture(scope="module")
def audits(site):
    """Two audits of Lena's at Cedar Council, one for each way."""
    cedar = make_council("cedar", "Cedar Council")
    with clock.travel(date(2026, 10, 1)), authority_scope(cedar):
        cast = make_cast(signs_in=True)
        return cedar, [make_audit(cast, local_id=local_id).reference for local_id in ("0000001", "0000002")]


@pytest.fixture(autouse=True)
def _first_of_october(site):
    site.move_to(clock.now())


def drafts(council, reference: str, section: str) -> dict[str, str]:
    with authority_scope(council):
        found = SectionDraft.objects.filter(assessment__audit__reference=reference, section=section).first()
        return found.fields if found else {}


def tab_to(page, name: str, limit: int = 80) -> None:
    """Press Tab until the thing of this name has the focus, as somebody without a mouse does."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement;"
            " return (e.labels && e.labels[0] ? e.labels[0].innerText : e.innerText || '').trim() })()"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"Tab never reaches “{name}” at {page.url}")


def test_a_domain_is_written_by_keyboard_alone(audits, tab, looks):
    cedar, (reference, _) = audits
    lena = tab()
    page = lena.page
    page.goto("/a/cedar/")
    tab_to(page, "E-mail address")
    page.keyboard.type(LENA)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("/a/cedar/") and "login" not in url)
    tab_to(page, f"Begin your audit: {reference}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/part/lead/")
    tab_to(page, "Voice of the Child")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/section/{DOMAINS[0]}/")
    tab_to(page, "Strengths")
    page.keyboard.type("She chose where to meet.")
    tab_to(page, "Evidence")
    page.keyboard.type("Visits of May and June.")
    tab_to(page, "Outstanding")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Save and continue")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/section/{DOMAINS[1]}/")
    lena.look()
    written = drafts(cedar, reference, DOMAINS[0])
    assert (written["strengths"], written["evidence"], written["grade"]) == (
        "She chose where to meet.",
        "Visits of May and June.",
        "good",
    )
    assert looks.faults == []


def test_an_audit_is_written_and_locked_without_javascript(audits, tab, looks):
    _, (_, reference) = audits
    lena = tab("Lena Lead", script=False)
    part = f"/a/cedar/audits/{reference}/part/lead/"
    lena.open(part)
    lena.open(f"{part}lock/")
    lena.reads("What is still missing")
    for section in (*DOMAINS, "overall"):
        lena.open(f"{part}section/{section}/")
        lena.fill_the_rest(date(2026, 10, 1), "Seen alone every ten days.")
        lena.choose("Good")
        lena.press("Save and continue")
    lena.open(f"{part}lock/")
    lena.press("Lock my grades")
    lena.reads("Your grades are locked")
    assert looks.faults == []


def test_without_javascript_the_second_of_two_windows_sees_both_texts_and_keeps_its_own(audits, tab):
    cedar, (reference, _) = audits
    path = f"/a/cedar/audits/{reference}/part/lead/section/{DOMAINS[2]}/"
    lena = tab("Lena Lead", script=False)
    lena.open(path)
    second = lena.another()
    second.open(path)
    lena.fill("Strengths", "First window.", exact=True)
    lena.press("Save and continue")
    second.fill("Strengths", "Second window.", exact=True)
    second.press("Save and continue")
    second.reads("This section was also saved in another window")
    second.reads("First window.")
    expect(second.page.get_by_label("Strengths", exact=True)).to_have_value("Second window.")
    assert drafts(cedar, reference, DOMAINS[2])["strengths"] == "First window."
    second.press("Save and continue")
    assert drafts(cedar, reference, DOMAINS[2])["strengths"] == "Second window."
