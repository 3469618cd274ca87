"""A dead worker, Redis down, PostgreSQL restarted: the page says so, and accepted work is done once, later."""

import json
import re
import signal

import pytest

from tests.faults.conftest import LATER, STATE
from tests.journeys.world import AS_OF, CHILDREN_PER_TEAM, STATUSES, case_list

pytestmark = pytest.mark.journey
CHILDREN = CHILDREN_PER_TEAM * len(STATUSES)


def state(house):
    """How many cases there are, the imports' statuses and the jobs'."""
    return json.loads(house.python(STATE).splitlines()[-1])


def upload(ash, folder):
    ash.open("/a/alder/cases/imports/new/")
    ash.page.get_by_label("Files of the case list").set_input_files(case_list(folder))
    ash.date("Which day do the files tell of?", AS_OF)
    ash.press("Read the files")


def test_work_accepted_while_redis_and_the_worker_are_down_is_done_once_when_they_are_back(
    house, ash, tmp_path
):
    house.engines.stop("valkey")
    upload(ash, tmp_path)
    ash.reads("Reading the files")
    assert state(house) == [0, ["reading"], [["cases.read", "waiting"]]]
    house.engines.start("valkey")
    house.site.start_worker()
    house.python(LATER)
    ash.wait_until(lambda: "Row by row" in ash.main, 60)
    house.site.stop("worker", signal.SIGKILL)
    ash.choose(re.compile("refused row"), exact=False)
    ash.press("Write this to the case list")
    ash.reads("Writing the case list")
    house.site.start_worker()
    house.python(LATER)
    ash.wait_until(lambda: "Undo this import" in ash.main, 60)
    cases, imports, jobs = state(house)
    assert (cases, imports) == (CHILDREN, ["done"])
    assert {status for _, status in jobs} == {"done"}


def test_a_page_says_that_postgresql_is_being_restarted_and_works_again_afterwards(house, ash):
    house.engines.stop("postgres", signal.SIGINT)
    answer = ash.page.goto("/a/alder/cases/")
    assert answer.status == 503
    assert "QAF is not available for a moment" in ash.main
    house.engines.start("postgres")
    ash.open("/a/alder/cases/")
    assert "Ash Rowan" in ash.page.locator("header").inner_text()


def test_signing_in_works_while_redis_does_not(house, chromium, ash):
    house.engines.stop("valkey")
    ash.context.clear_cookies()
    ash.sign_in("ash.rowan@example.org")
    ash.open("/a/alder/")
    ash.reads("What I have to do")
