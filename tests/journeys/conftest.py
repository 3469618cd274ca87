"""The site, the browser and the people of the journeys."""

import os
from datetime import datetime

import pytest

from qaf.lib import clock
from qaf.tenants.models import Person
from tests.journeys.people import Looks, Tab
from tests.journeys.running import running_site
from tests.journeys.world import make_world

FIRST_DAY = datetime(2026, 10, 1, 9, tzinfo=clock.LONDON)


@pytest.fixture(scope="package")
def site(django_db_blocker, tmp_path_factory):
    """An empty site with its web server and its worker."""
    with running_site(tmp_path_factory.mktemp("site"), django_db_blocker) as site:
        site.start_web()
        site.start_worker()
        yield site


@pytest.fixture(scope="package")
def world(site):
    """The councils of the site and their people."""
    with clock.travel(FIRST_DAY):
        return make_world()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop in this thread
    program = os.environ.get("QAF_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def looks():
    """What is found on the pages of a journey; the journey asserts that there is nothing."""
    return Looks(every_width=bool(os.environ.get("QAF_LONG")))


@pytest.fixture(scope="module")
def tab(site, chromium, looks):
    """Open browsers: ``tab("Ash Rowan")`` or ``tab(person)`` signs the person in."""
    opened = []

    def open_tab(who: str | Person = "", *, script: bool = True) -> Tab:
        name = who if isinstance(who, str) else who.name
        one = Tab(chromium, site.url, looks, script=script, name=name)
        opened.append(one)
        if name:
            email = f"{name.lower().replace(' ', '.')}@example.org" if who == name else who.email
            one.sign_in(email)
        return one

    yield open_tab
    for one in opened:
        one.close()


@pytest.fixture(autouse=True)
def _moved(site):
    """The tests' own reads and writes happen when the site believes they do: nine on 1 October 2026."""
    with clock.travel(FIRST_DAY):
        yield
