"""The kit in a real browser: reachable by everyone, and what is typed is not lost."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from qaf.ui.shell import Shell
from tests.ui.site import ERROR_PAGES

pytestmark = pytest.mark.journey
AXE = Path("static/vendor/axe/axe.min.js")
PAGES = [
    "/kit/",
    "/kit/?errors=1",
    "/kit/?empty=1&poll=1",
    "/draft/",
    *(f"/error/{code}/" for code in ERROR_PAGES),
]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_stands_in_anyones_way(page, kit_site, server, path, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(kit_site + path)
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    targets = page.eval_on_selector_all(".govuk-error-summary a", "links => links.map(link => link.hash)")
    assert [target for target in targets if page.locator(target).count() != 1] == []


def test_a_question_is_revealed_by_its_choice_without_script(browser, kit_site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{kit_site}/kit/")
    expect(page.locator("#id_why_not")).to_be_hidden()
    page.get_by_label("Not applicable", exact=True).check()
    expect(page.locator("#id_why_not")).to_be_visible()
    context.close()


def test_the_menu_opens_by_keyboard_and_closes_on_escape(page, kit_site):
    page.goto(f"{kit_site}/kit/")
    account = page.locator("summary", has_text="Wren Holloway")
    account.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(account).to_be_focused()


def test_a_running_job_is_asked_about_without_breaking_the_content_policy(page, kit_site):
    page.goto(f"{kit_site}/kit/?poll=1")
    with page.expect_response(lambda answer: answer.request.headers.get("x-qaf-poll") == "1") as asked:
        page.evaluate("document.querySelector('#progress').dataset.old = 'yes'")
    assert asked.value.ok
    expect(page.locator("#progress:not([data-old])")).to_contain_text("4,200 of 14,000")


def words(page):
    return page.get_by_role("textbox", name="Words")


def kept(page):
    return page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('qaf-unsent:')).length")


def test_words_are_saved_as_typed_and_nothing_stays_in_the_browser(page, kit_site, server):
    page.goto(f"{kit_site}/draft/")
    words(page).fill(
        "Seen alone."
    )  # at once: on a slow machine a pause between two keys is long enough to save
    expect(page.locator("[data-autosave-text]")).to_have_text("Saved at 2:03pm")
    assert server.words == "Seen alone."
    assert server.seen == [{"words": "Seen alone.", "version": "1", "mark": "autosave"}]
    assert page.locator("[name=version]").input_value() == "2"
    assert kept(page) == 0


def test_words_outlive_a_server_that_is_down_and_reach_it_later(page, kit_site, server):
    page.goto(f"{kit_site}/draft/")
    server.answer = "down"
    words(page).fill("Kept.")
    expect(page.locator("[data-autosave-text]")).to_have_text("Not saved – we will keep trying")
    assert kept(page) == 1
    server.answer = "ok"
    expect(page.locator("[data-autosave-text]")).to_have_text("Saved at 2:03pm")
    assert server.words == "Kept."
    assert kept(page) == 0


def test_words_that_never_arrived_are_offered_back(page, kit_site, server):
    page.goto(f"{kit_site}/draft/")
    server.answer = "down"
    words(page).fill("Not lost.")
    expect(page.locator("[data-autosave-text]")).to_have_text("Not saved – we will keep trying")
    page.on("dialog", lambda dialog: dialog.accept())  # the browser's warning about leaving
    page.goto(f"{kit_site}/draft/")
    expect(words(page)).to_have_value("")
    server.answer = "ok"
    page.get_by_role("button", name="Put my words back").click()
    expect(words(page)).to_have_value("Not lost.")
    expect(page.locator("[data-autosave-text]")).to_have_text("Saved at 2:03pm")
    assert server.words == "Not lost."


@pytest.mark.parametrize(
    ("choice", "left"), [("Keep mine", "Mine, typed here."), ("Use theirs", "Theirs, saved before.")]
)
def test_the_second_of_two_tabs_sees_both_texts_and_chooses(page, kit_site, server, choice, left):
    page.goto(f"{kit_site}/draft/")
    server.words, server.version = "Theirs, saved before.", 7
    words(page).fill("Mine, typed here.")
    both = page.get_by_role("group", name="Two versions")
    expect(both).to_contain_text("Hazel Finch saved this while you were writing")
    expect(both).to_contain_text("Theirs, saved before.")
    expect(words(page)).to_have_value("Mine, typed here.")
    both.get_by_role("button", name=choice).click()
    expect(page.locator("[data-autosave-text]")).to_have_text("Saved at 2:03pm")
    assert (server.words, server.version) == (left, 8)
    assert server.seen[-1]["version"] == "7"


def test_sending_the_form_right_after_typing_sends_the_words_and_the_version_that_holds(
    page, kit_site, server
):
    page.goto(f"{kit_site}/draft/")
    words(page).fill("Quick.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/sent/")
    assert '"words": "Quick."' in page.content()


def test_signing_out_leaves_no_words_in_the_browser(page, kit_site, server):
    page.goto(f"{kit_site}/draft/")
    server.answer = "down"
    words(page).press_sequentially("Private.")
    expect(page.locator("[data-autosave-text]")).to_have_text("Not saved – we will keep trying")
    warnings = []
    page.on("dialog", lambda dialog: (warnings.append(dialog.type), dialog.accept()))
    page.locator("summary", has_text="Ash Rowan").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signed-out/")
    assert kept(page) == 0
    assert warnings == ["beforeunload"]


def test_the_end_of_a_session_is_announced_and_can_be_put_off(page, kit_site, server):
    server.shell = Shell(
        account_name="Ash Rowan",
        sign_out_url="/signed-out/",
        session_seconds=180,
        keep_alive_url="/keep-alive/",
    )
    page.clock.install()
    page.goto(f"{kit_site}/draft/")
    dialog = page.get_by_role("dialog", name="You will be signed out soon")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward("01:00")
    expect(dialog).to_be_visible()
    expect(page.locator("[data-session-spoken]")).to_have_text("You will be signed out in 2 minutes.")
    page.evaluate(AXE.read_text())
    assert page.evaluate("axe.run()")["violations"] == []
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    assert server.seen == ["kept alive"]


def test_a_session_that_has_ended_says_so_and_leads_back(page, kit_site, server):
    server.shell = Shell(account_name="Ash Rowan", session_seconds=1, keep_alive_url="/keep-alive/")
    page.goto(f"{kit_site}/draft/")
    link = page.get_by_role("link", name="Sign in again")
    expect(link).to_be_visible()
    assert link.get_attribute("href") == f"{kit_site}/draft/"
