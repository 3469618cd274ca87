"""The exhaustive look: every page that a role can reach by links, at 1280 and 320 px, full, empty and refused."""

import os
from datetime import date

import pytest
from playwright.sync_api import Error

from qaf.lib import clock
from qaf.tenants.permissions import declared
from qaf.tenants.scope import authority_scope
from tests.factories.assessments import make_framework
from tests.factories.councils import whole_council
from tests.factories.people import make_council, make_person, make_role
from tests.journeys.people import NUMBERS, Looks, Tab

pytestmark = pytest.mark.journey
NOT_PAGES = (".pdf", ".xlsx", ".csv", ".json", "/text/", "/export/", "/download/")
# One role in the short version: whoever may do everything reaches the most.
ROLES = ("everything", "lead", "peer", "worker", "qa_lead", "head_of_service", "moderator", "administrator")


@pytest.fixture(scope="module")
def dogwood(site):
    """A council with a row in every table."""
    authority = make_council("dogwood", "Dogwood Council")
    with clock.travel(date(2026, 10, 1)), authority_scope(authority):
        return whole_council(authority)


@pytest.fixture(scope="module")
def newcomer(site):
    """Somebody who may do everything in a council that has a framework and nothing else."""
    authority = make_council("bracken", "Bracken Council")
    with clock.travel(date(2026, 10, 1)), authority_scope(authority):
        make_framework()
        role = make_role("everything", *declared())
        return make_person("Nia Newcomer", role.key, signs_in=True)


def walk(person: Tab, home: str, *, press: bool = False) -> int:
    """Look at one page of every kind that links lead to; with ``press`` also at what an empty form is told."""
    waiting, kinds = [home], {home}
    while waiting:
        path = waiting.pop(0)
        try:
            person.open(path)
            hrefs = person.page.eval_on_selector_all("a[href]", "all => all.map(one => one.pathname)")
            if press:
                press_empty_form(person)
        except Error as error:
            person.looks.faults.append(f"{path}: {str(error)[:200]}")
            continue
        for href in hrefs:
            kind = NUMBERS.sub("/#", href)
            if href.startswith(home) and kind not in kinds and not any(part in href for part in NOT_PAGES):
                kinds.add(kind)
                waiting.append(href)
    return len(kinds)


def press_empty_form(person: Tab) -> None:
    """Send the page's first form that asks for words and has none, and look at how it is refused."""
    for form in person.page.locator("main form[method=post]").all():
        boxes = form.locator("textarea:visible, input[type=text]:visible")
        values = [box.input_value() for box in boxes.all()]
        if values and not any(values):
            form.locator("button[type=submit], button:not([type])").first.click()
            person.page.wait_for_load_state()
            person.look()
            return


@pytest.mark.parametrize("role", ROLES if os.environ.get("QAF_LONG") else ROLES[:1])
def test_every_page_that_a_role_can_reach_stands_in_nobodys_way(dogwood, site, tab, role):
    site.move_to(clock.now())
    person = tab(dogwood.people[role].name)
    person.looks = Looks(every_width=bool(os.environ.get("QAF_LONG")))
    assert walk(person, "/a/dogwood/", press=True) > 5
    assert person.looks.faults == []
    refused = [kind for _, kind in person.looks.seen if kind.endswith("!")]
    assert len(refused) > 5 or role != ROLES[0]


def test_the_pages_of_a_council_that_has_just_begun_stand_in_nobodys_way(newcomer, site, tab):
    site.move_to(clock.now())
    person = tab(newcomer.name)
    person.looks = Looks(every_width=bool(os.environ.get("QAF_LONG")))
    assert walk(person, "/a/bracken/") > 20
    assert person.looks.faults == []
