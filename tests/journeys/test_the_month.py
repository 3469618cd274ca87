"""One month of audits by five people and a worker, in a real browser, from the case list to the board's report."""

import re
from datetime import date

import pytest

from qaf.lib import clock
from tests.journeys.world import AS_OF, case_list, make_world

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def world(site):
    with clock.travel(date(2026, 10, 1)):
        return make_world()


def test_a_month_from_the_case_list_to_the_boards_report(world, site, tab, looks, tmp_path):
    ash = tab("Ash Rowan")
    bring_in_the_case_list(ash, tmp_path)
    open_the_month(ash)
    assert looks.faults == []


def bring_in_the_case_list(ash, folder):
    ash.open("/a/alder/")
    ash.follow("Cases")
    ash.follow("Bring in a case list")
    ash.press("Read the files")
    ash.reads("There is a problem")
    ash.page.get_by_label("Files of the case list").set_input_files(case_list(folder))
    ash.date("Which day do the files tell of?", AS_OF)
    ash.press("Read the files")
    ash.wait_until(lambda: "Row by row" in ash.main)
    ash.reads("0099999")
    ash.press("Write this to the case list")
    ash.reads("There is a problem")
    ash.choose(re.compile("refused row"), exact=False)
    ash.press("Write this to the case list")
    ash.wait_until(lambda: "Undo this import" in ash.main)


def open_the_month(ash):
    ash.follow("Months")
    ash.follow("Prepare the month")
    ash.reads("The rule in words")
    ash.press("Draw, allocate and tell everyone")
    ash.wait_until(lambda: "Where the audits stand" in ash.main)
    ash.follow("October 2026")
