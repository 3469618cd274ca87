"""People at their browsers. Every page that one of them sees is looked at before they go on."""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

AXE = Path("static/vendor/axe/axe.min.js").read_text(encoding="utf-8")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
PASSWORD = "correct horse battery"
# One look costs a second, so a page of a kind is looked at once for each person; everything else at every visit.
NUMBERS = re.compile(r"/(\d+|[A-Z]+-\d{4}-\d+)(?=/|$)")


@dataclass
class Looks:
    """What was found on the pages seen, and which addresses those were."""

    faults: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    every_width: bool = False
    slowest: dict[str, float] = field(default_factory=dict)


PATIENCE = 30_000
"""Milliseconds that a slow machine is given; how fast pages are is measured by ``script/bench``."""
expect.set_options(timeout=PATIENCE)


class Tab:
    """One person's browser: ``open``, ``press``, ``fill`` and ``choose`` by what stands on the page."""

    def __init__(
        self, browser: Browser, url: str, looks: Looks, *, script: bool = True, name: str = ""
    ) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport=WIDE, java_script_enabled=script, base_url=url, accept_downloads=True, locale="en-GB"
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.url, self.looks, self.script, self.name = url, looks, script, name
        self._listen()

    def another(self) -> "Tab":
        """A second tab of the same browser, signed in as the first is."""
        second = copy.copy(self)
        second.page = self.context.new_page()
        second._listen()
        return second

    def _listen(self) -> None:
        faults = self.looks.faults
        self.page.on("pageerror", lambda error: faults.append(f"{self.page.url}: script: {error}"))
        self.page.on("console", self._hear)
        self.page.on("response", self._watch)

    def _hear(self, line: Any) -> None:
        # A refused address is the stranger's business, not a fault of the page.
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.looks.faults.append(f"{self.page.url}: console: {line.text}")

    def _watch(self, response: Response) -> None:
        if not response.url.startswith(self.url) and not response.url.startswith(("data:", "blob:")):
            self.looks.faults.append(f"{self.page.url}: went elsewhere: {response.url}")
        if response.status >= 500:
            self.looks.faults.append(f"{response.url}: {response.status}")

    # What a person does

    def open(self, path: str) -> None:
        """Go to an address of the site."""
        self.page.goto(path)
        self.look()

    def press(
        self, name: str | re.Pattern[str], *, within: Locator | None = None, exact: bool = False
    ) -> None:
        """Press the button (or the link that looks like one) and look at the page that comes."""
        self._click((within or self.page).get_by_role("button", name=name, exact=exact), name)

    def follow(
        self, name: str | re.Pattern[str], *, within: Locator | None = None, exact: bool = False
    ) -> None:
        """Follow a link."""
        self._click((within or self.page).get_by_role("link", name=name, exact=exact), name)

    def _click(self, found: Locator, name: str | re.Pattern[str]) -> None:
        try:
            found.first.click()
        except PlaywrightTimeout as error:
            raise AssertionError(f"{self.name} finds no “{name}” at {self.path}: {self.main}") from error
        self.page.wait_for_load_state()
        self.look()

    def fill(self, label: str | re.Pattern[str], words: str, *, exact: bool = False) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label, exact=exact).first.fill(words)

    def choose(
        self, label: str | re.Pattern[str], *, group: str | re.Pattern[str] = "", exact: bool = True
    ) -> None:
        """Check a radio or tick a box, in the group with this legend."""
        place = self.page.get_by_role("group", name=group).last if group else self.page
        place.get_by_label(label, exact=exact).first.check()

    def date(self, legend: str | re.Pattern[str], day: Any) -> None:
        """Fill the three boxes of a date."""
        group = self.page.get_by_role("group", name=legend).last
        for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(part, exact=True).fill(str(value))

    def fill_the_rest(self, day: Any, words: str = "Looked at together.") -> None:
        """Answer every question of the page that stands open: the first choice, ``day``, ``words``."""
        form = self.page.locator("main form").filter(
            has=self.page.locator("[type=radio], textarea, [type=text]")
        )
        names: set[str] = set()
        for radio in form.locator("[type=radio]:visible").all():
            name = radio.get_attribute("name") or ""
            if name not in names and not form.locator(f"[name='{name}']:checked").count():
                radio.check()
            names.add(name)
        for ending, value in (("_0", day.day), ("_1", day.month), ("_2", day.year)):
            for box in form.locator(f".govuk-date-input__input[name$='{ending}']:visible").all():
                if not box.input_value():
                    box.fill(str(value))
        for area in form.locator("textarea:visible").all():
            if not area.input_value():
                area.fill(words)

    def reads(self, text: str | re.Pattern[str]) -> None:
        """The page says this somewhere in its content."""
        expect(self.page.locator("main")).to_contain_text(text)

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Reload until ``ready`` says yes: a worker is at it."""
        for _ in range(int(seconds * 2)):
            if ready():
                self.look()
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError(f"{self.page.url} after {seconds} s: {self.main[:400]}")

    @property
    def main(self) -> str:
        """The words of the page."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def path(self) -> str:
        """The address without the site."""
        return self.page.url.removeprefix(self.url)

    def sign_in(self, email: str) -> None:
        """Sign in by password."""
        self.open("/account/login/")
        self.fill("E-mail address", email)
        self.fill("Password", PASSWORD)
        self.press("Sign in")

    def close(self) -> None:
        """Close the browser of this person."""
        self.context.close()

    # What we look at

    def look(self) -> None:
        """Hold the page to what holds for every page."""
        path = self.path.partition("?")[0]
        self.looks.addresses.add(path)
        if not self.script or not self.page.locator("main").count():
            return
        kind = (
            self.name,
            NUMBERS.sub("/#", path) + ("!" if self.page.locator(".govuk-error-summary").count() else ""),
        )
        if kind in self.looks.seen:
            return
        self.looks.seen.add(kind)
        self._look_at_words()
        self._run_axe("1280 px")
        self._try_narrow()

    def _fault(self, text: str) -> None:
        self.looks.faults.append(f"{self.name} at {self.path}: {text}")

    def _look_at_words(self) -> None:
        headings = self.page.locator("h1").count()
        if headings != 1:
            self._fault(f"{headings} first-level headings")
        # A page that checks several leads to the page with the question: only links within this one are followed.
        links = self.page.eval_on_selector_all(
            ".govuk-error-summary a",
            "all => all.filter(one => one.pathname === location.pathname).map(one => one.hash)",
        )
        for target in links:
            if not target or self.page.locator(f"[id='{target[1:]}']").count() != 1:
                self._fault(f"the error summary leads to {target or 'nothing'}")
        words = self.page.evaluate(
            "(() => { const copy = document.querySelector('main').cloneNode(true);"
            " copy.querySelectorAll('select, textarea, script').forEach(one => one.remove());"
            " return copy.textContent })()"
        )
        for word in ("{{", "{%", "<Queryset", "undefined", "NaN"):
            if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", words):
                self._fault(f"says “{word}”")

    def _run_axe(self, where: str) -> None:
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        for fault in found:
            places = json.dumps([node["target"] for node in fault["nodes"]][:3])
            self._fault(f"axe, {where}: {fault['id']} {places}")

    def _try_narrow(self) -> None:
        self.page.set_viewport_size(NARROW)
        width = 0
        for _ in range(10):  # the menu folds itself a moment after the window has become narrow
            width = self.page.evaluate("document.documentElement.scrollWidth")
            if width <= NARROW["width"]:
                break
            self.page.wait_for_timeout(100)
        else:
            widest = self.page.evaluate(
                "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > 321)"
                ".slice(0, 3).map(one => one.tagName + '.' + one.className)"
            )
            self._fault(f"scrolls sideways at 320 px ({width}): {widest}")
        if self.looks.every_width:
            self._run_axe("320 px")
        self.page.set_viewport_size(WIDE)
