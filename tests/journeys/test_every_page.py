"""The exhaustive look: every page that a role can reach by links, at 1280 and 320 px."""

import os
from datetime import date

import pytest
from playwright.sync_api import Error

from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from tests.factories.councils import whole_council
from tests.factories.people import make_council
from tests.journeys.people import NUMBERS, Looks

pytestmark = pytest.mark.journey
HOME = "/a/dogwood/"
NOT_PAGES = (".pdf", ".xlsx", ".csv", ".json", "/text/", "/export/", "/download/")
# One role in the short version: whoever may do everything reaches the most.
ROLES = ("everything", "lead", "peer", "worker", "qa_lead", "head_of_service", "moderator", "administrator")


@pytest.fixture(scope="module")
def dogwood(site):
    """A council with a row in every table."""
    authority = make_council("dogwood", "Dogwood Council")
    with clock.travel(date(2026, 10, 1)), authority_scope(authority):
        return whole_council(authority)


@pytest.mark.parametrize("role", ROLES if os.environ.get("QAF_LONG") else ROLES[:1])
def test_every_page_that_a_role_can_reach_stands_in_nobodys_way(dogwood, site, tab, role):
    site.move_to(clock.now())
    person = tab(dogwood.people[role].name)
    person.looks = Looks(every_width=bool(os.environ.get("QAF_LONG")))
    waiting, kinds = [HOME], {HOME}
    while waiting:
        path = waiting.pop(0)
        try:
            person.open(path)
        except Error as error:
            person.looks.faults.append(f"{path}: {str(error)[:200]}")
            continue
        for href in person.page.eval_on_selector_all("a[href]", "all => all.map(one => one.pathname)"):
            kind = NUMBERS.sub("/#", href)
            if href.startswith(HOME) and kind not in kinds and not any(part in href for part in NOT_PAGES):
                kinds.add(kind)
                waiting.append(href)
    assert len(kinds) > 5
    assert person.looks.faults == []
