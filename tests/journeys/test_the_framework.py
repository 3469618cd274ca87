"""An administrator writes the next framework in the browser, with and without script."""

import re

import pytest

from audits.frameworks.selectors import current_draft, reading_of
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person

pytestmark = pytest.mark.journey
FRAMEWORK = "/a/alder/framework/"


@pytest.fixture(scope="module")
def ada(world):
    with authority_scope(world.council):
        return make_person("Ada Alder", "authority_administrator", signs_in=True)


def draft_of(world):
    with authority_scope(world.council):
        draft = current_draft()
        return reading_of(draft).framework if draft else None


def add_and_take_out_a_reason_for_moderating(admin):
    admin.open(f"{FRAMEWORK}draft/lists/")
    admin.follow("Reasons for moderating")
    admin.press("Add one")
    admin.press("Add to the draft")
    admin.reads("There is a problem")
    admin.page.locator("[name=label]").fill("One in four")
    admin.page.locator("[name=rule][value=random_share]").check()
    admin.page.locator("[name=rule__random_share__share]").fill("0.25")
    admin.page.locator("[name=evaluated][value=finalisation]").check()
    admin.press("Add to the draft")
    admin.reads("One in four")
    admin.follow(re.compile("Take out.*One in four"))
    admin.press("Take it out")
    admin.reads("Taken out of the draft: One in four.")


@pytest.mark.parametrize("script", [True, False])
def test_a_rule_is_changed_confirmed_compared_and_the_draft_given_up(world, ada, tab, looks, script):
    admin = tab("Ada Alder", script=script)
    admin.open(FRAMEWORK)
    admin.press("Begin a draft of the next version")
    admin.follow("Which cases are audited")
    admin.follow(re.compile("Change.*Three open cases are drawn"))
    admin.fill("How many cases are drawn in each service?", "0")
    admin.press("Save to the draft")
    admin.reads("There is a problem")
    admin.fill("How many cases are drawn in each service?", "5")
    admin.press("Save to the draft")
    admin.reads("Five open cases are drawn at random")
    admin.open(f"{FRAMEWORK}draft/rule/process.slots.lead/due/")
    admin.choose("Working days after a named moment")
    admin.page.locator("[name=due__working_days__event]").select_option(label="The case is allocated")
    admin.page.locator("[name=due__working_days__days]").fill("12")
    admin.press("Save to the draft")
    admin.reads("Due within twelve working days of the day the case is allocated.")
    add_and_take_out_a_reason_for_moderating(admin)
    admin.open(f"{FRAMEWORK}draft/confirm/retention/")
    admin.press("Confirm the rule")
    admin.open(f"{FRAMEWORK}draft/changes/")
    admin.reads("Three open cases are drawn at random in each service that takes part.")
    admin.reads("Source: Confirmed by Ada Alder on Thursday 1 October 2026")
    admin.open("/a/alder/framework-preview/")
    admin.open(f"{FRAMEWORK}draft/text/")
    admin.open(f"{FRAMEWORK}draft/publish/")
    admin.press("Publish")
    admin.reads("There is a problem")
    framework = draft_of(world)
    assert (framework.sampling.strategy.per_service, framework.slot("lead").due.days) == (5, 12)
    admin.open(f"{FRAMEWORK}draft/give-up/")
    admin.press("Give the draft up")
    assert draft_of(world) is None
    assert looks.faults == []
