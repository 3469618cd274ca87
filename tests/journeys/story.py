"""The steps of one month, each done by the person whose work it is."""

import re
from datetime import date, datetime
from pathlib import Path

from playwright.sync_api import expect

from audits.followup.models import FollowUp
from audits.models import Audit
from qaf.lib import clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from tests.journeys.people import Tab
from tests.journeys.running import Site
from tests.journeys.world import AS_OF, case_list

HOME = "/a/alder/"
DOMAINS = (
    "voice_of_child",
    "assessments",
    "quality_of_plans",
    "management_oversight",
    "partnership_working",
    "embracing_diversity",
)
SECTIONS = (*DOMAINS, "overall")
LOW, LOWEST = "Requires improvement", "Inadequate"


class Story:
    """What the steps have in common: the council, the day, and the one audit that is followed to its end."""

    def __init__(self, site: Site, council: Authority) -> None:
        self.site, self.council = site, council
        self.day = date(2026, 10, 1)
        self.reference = self.lead = self.peer = self.worker = ""

    # The calendar and the record

    def move_to(self, day: date) -> None:
        """Begin another day, and let the worker do what the day asks for."""
        self.day = day
        self.site.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=clock.LONDON))
        self.site.ring("qaf.jobs.tasks.daily")

    def choose_an_audit(self, service: str = "safeguarding") -> None:
        """Follow one audit of ``service``; the draw decided which there are."""
        with authority_scope(self.council):
            audit = (
                Audit.objects.filter(service__key=service).select_related("worker").order_by("reference")[0]
            )
            names = {one.slot: one.assessor.name for one in audit.assessments.select_related("assessor")}
            self.reference, self.worker = audit.reference, audit.worker.name
            self.lead, self.peer = names["lead"], names["peer"]

    def asked(self, kind: str) -> str:
        """The name of whoever is asked for the open follow-up of this kind."""
        with authority_scope(self.council):
            found = FollowUp.objects.select_related("assignee").get(kind=kind, status="open")
            return found.assignee.name

    def status(self) -> str:
        """The status of the audit."""
        with authority_scope(self.council):
            return Audit.objects.get(reference=self.reference).status

    @property
    def audit(self) -> str:
        """The address of the audit."""
        return f"{HOME}audits/{self.reference}/"

    # Before the audits

    def bring_in_the_case_list(self, ash: Tab, folder: Path) -> None:
        """Upload, with a mistake first; read the preview; confirm what is left out."""
        ash.open(HOME)
        ash.follow("Cases", exact=True)
        ash.follow("Imports of the case list")
        ash.press("Bring in a case list")
        ash.press("Read the files")
        ash.reads("There is a problem")
        ash.page.get_by_label("Files of the case list").set_input_files(case_list(folder))
        ash.date("Which day do the files tell of?", AS_OF)
        ash.press("Read the files")
        ash.wait_until(lambda: "Row by row" in ash.main)
        ash.reads("Case status is “?”")
        ash.press("Write this to the case list")
        ash.reads("There is a problem")
        ash.choose(re.compile("1 refused row is left out"), exact=False)
        ash.press("Write this to the case list")
        ash.wait_until(lambda: "Undo this import" in ash.main)
        ash.follow("Cases", exact=True)
        ash.reads("Looked after 5")

    def open_the_month(self, ash: Tab) -> None:
        """Read what it would mean, then draw."""
        ash.follow("Months")
        ash.press("Prepare the month")
        ash.reads("The rule in words")
        ash.press("Draw, allocate and tell everyone")
        ash.reads("October 2026 is open")
        ash.follow("Audits", exact=True)
        ash.follow("Sample", exact=True)
        ash.follow("Receipt of the draw")
        ash.reads("Fingerprint of the population")

    # The audit

    def write(
        self, auditor: Tab, slot: str, section: str, grade: str, mark: str, reference: str = ""
    ) -> None:
        """One section of an audit: words, then the grade."""
        reference = reference or self.reference
        auditor.open(f"{HOME}audits/{reference}/part/{slot}/section/{section}/")
        auditor.fill_the_rest(self.day, f"Seen alone every ten days; fathers are missing. {mark}")
        auditor.choose(grade)
        auditor.press("Save and continue")

    def type_in_two_tabs(self, auditor: Tab, slot: str) -> None:
        """Words are saved as typed; a second tab that was open before is told, and keeps its own."""
        path = f"{self.audit}part/{slot}/section/{DOMAINS[0]}/"
        auditor.open(path)
        second = auditor.another()
        second.open(path)
        strengths = auditor.page.get_by_label("Strengths", exact=True)
        strengths.fill("First tab.")
        expect(auditor.page.locator("[data-autosave-text]")).to_contain_text("Saved at")
        second.page.get_by_label("Strengths", exact=True).fill("Second tab.")
        both = second.page.get_by_role("group", name="Two versions")
        expect(both).to_contain_text("First tab.")
        both.get_by_role("button", name="Keep mine").click()
        expect(second.page.locator("[data-autosave-text]")).to_contain_text("Saved at")
        second.look()
        second.page.close()
        auditor.page.reload()
        expect(strengths).to_have_value("Second tab.")

    def lock(self, auditor: Tab, slot: str) -> None:
        """Too early first, to see what is missing; then for good."""
        auditor.open(f"{self.audit}part/{slot}/lock/")
        auditor.press("Lock my grades")
        auditor.reads("Your grades are locked")

    def ask_the_family(self, worker: Tab) -> None:
        """The worker records consent, and how to ring safely."""
        worker.open(HOME)
        worker.follow(re.compile("Ask the family"))
        for target, answer in (
            ("parent_or_carer", "They agree to be contacted"),
            ("child", "They do not agree"),
        ):
            worker.open(f"{self.audit}family/{target}/consent/")
            worker.press("Save", exact=True)
            worker.reads("There is a problem")
            worker.choose(answer)
            worker.date("When did you ask?", self.day)
            if target == "parent_or_carer":
                worker.fill("Safe telephone number", "01632 960001")
                worker.fill("Who must not know", "Her former partner")
            worker.fill_the_rest(self.day, "Mornings, by text first.")
            worker.press("Save", exact=True)
            worker.reads("the answer is recorded")

    def talk_with_the_worker(self, peer: Tab) -> None:
        """The reflective discussion, with what the worker thinks of the grade."""
        peer.open(f"{self.audit}conversations/worker_discussion/")
        peer.choose("Yes", group="Was the conversation held?")
        peer.date("When was it held?", self.day)
        peer.fill("How long did it take?", "45")
        peer.choose(self.worker)
        peer.choose("Does not agree")
        peer.fill_the_rest(self.day)
        peer.press("Save", exact=True)
        peer.reads("The conversation is recorded")

    def ring_the_family(self, peer: Tab) -> None:
        """The mother is spoken to; the child refused, so there is one reason."""
        peer.open(f"{self.audit}family/parent_or_carer/")
        expect(peer.page.locator("body")).to_contain_text("Her former partner")
        peer.choose("Yes", group="Did you speak to them?")
        peer.fill("Who did you speak to?", "Mother")
        peer.date("When did you speak?", self.day)
        peer.fill_the_rest(self.day, "They listen, and they ring back.")
        peer.press("Save", exact=True)
        peer.open(f"{self.audit}family/child/")
        peer.choose("Consent was refused")
        peer.press("Save", exact=True)

    def compare(self, lead: Tab) -> None:
        """Both have locked: their discussion is recorded, and the grades are shown."""
        lead.open(f"{self.audit}conversations/lead_peer/")
        lead.date("When was it held?", self.day)
        lead.fill_the_rest(self.day, "We read it side by side.")
        lead.press("Save and show the grades")
        lead.reads("The auditors differ on 2 of 7 grades")

    def propose_an_action(self, peer: Tab) -> None:
        """One action for the worker."""
        peer.open(f"{self.audit}part/peer/actions/")
        peer.fill("What should be done?", "Bring the father into the plan")
        peer.fill("What should be different for the child?", "Both parents keep her safe")
        peer.choose(re.compile("allocated worker"), group="Who should do it?", exact=False)
        peer.date("By when?", date(2026, 11, 2))
        peer.press("Propose this action")

    def submit(self, auditor: Tab, slot: str) -> None:
        """Submit; whoever has proposed nothing says why."""
        auditor.open(f"{self.audit}part/{slot}/submit/")
        if "What is still missing" in auditor.main:
            auditor.open(f"{self.audit}part/{slot}/actions/")
            auditor.fill("Why is no action needed?", "The other auditor has proposed it.")
            auditor.press("Save", exact=True)
            auditor.open(f"{self.audit}part/{slot}/submit/")
        auditor.press("Submit my audit")
        auditor.reads("is submitted. Thank you.")

    # What follows

    def moderate(self, dara: Tab) -> None:
        """Decide each disputed grade with a reason, agree the plan, submit."""
        dara.open(HOME)
        dara.follow("Moderate an audit")
        dara.follow(re.compile("Decide 2 grades"))
        dara.choose("Yes", group=re.compile("conversation with both"))
        dara.date("When did you talk?", self.day)
        dara.fill("What did it lead to?", "They see it alike now.")
        dara.choose(LOWEST, group=re.compile("Management Oversight: your"))
        dara.fill("Why, for Management Oversight?", "No record of supervision.")
        dara.choose(LOWEST, group=re.compile("overall grade: your"))
        dara.fill("Why?", "Risk was not seen for weeks.", exact=True)
        dara.press("Save and go to the action plan")
        dara.press("Agree this plan")
        dara.press("Submit your decision")
        dara.reads("is made. Thank you.")

    def put_a_fact_right(self, worker: Tab, lead: Tab) -> None:
        """The worker corrects a matter of fact; once it is answered they confirm, and the outcome is final."""
        worker.open(HOME)
        worker.follow(re.compile("Check the facts"))
        worker.fill("What is not right, and what is?", "The visit was on 12 May, not 21 May.")
        worker.press("Ask for a correction")
        lead.open(HOME)
        lead.follow("Answer a correction")
        lead.follow(re.compile("^Answer"))
        lead.fill_the_rest(self.day, "Put right on the record.")
        lead.press("Send the answer")
        worker.open(f"{self.audit}facts/")
        worker.press("Confirm the facts")
        worker.reads("The outcome is final")

    def follow_up(self, person: Tab, title: str, done: str = "Thank you. This is done.") -> None:
        """Open something from the to-do list, answer every question of it, save."""
        person.open(HOME)
        person.follow(re.compile(title))
        person.fill_the_rest(self.day)
        if person.page.get_by_label("Reference", exact=True).count():
            person.fill("Reference", "DOC-2026-77", exact=True)
        person.press(re.compile("^(Save|Complete)$"))
        person.reads(done)

    def audit_again(self, person: Tab) -> str:
        """The re-audit, alone; returns its reference. Then what it concludes."""
        person.open(HOME)
        person.follow(re.compile("Re-audit of"))
        page = person.path
        person.press("Begin the re-audit")
        again = re.search(r"audits/([\w-]+)/", person.path)[1]
        for section in SECTIONS:
            self.write(person, "re_audit", section, "Good", "AGAIN", again)
        own = f"{HOME}audits/{again}/part/re_audit/"
        person.open(f"{own}lock/")
        person.press("Lock my grades")
        person.open(f"{own}actions/")
        person.fill("Why is no action needed?", "All of it is done.")
        person.press("Save", exact=True)
        person.open(f"{own}submit/")
        person.press("Submit my audit")
        person.open(page)
        person.choose("Yes", group=re.compile("actions been completed"))
        person.choose("Yes", group=re.compile("service to the child"))
        person.press("Conclude the re-audit")
        person.reads("The re-audit is concluded")
        return again

    # The board

    def report(self, ash: Tab) -> bytes:
        """The quarter's report; returns the PDF."""
        ash.open(f"{HOME}reports/editions/")
        ash.press("Make a report")
        ash.choose(re.compile("Quarterly.*October to December 2026"), exact=False)
        ash.press("Continue")
        ash.fill_the_rest(self.day, "Supervision was recorded late in one team.")
        ash.press("Make the report")
        ash.wait_until(lambda: "Read the report" in ash.main, 60)
        ash.follow("Read the report")
        ash.reads("Supervision was recorded late in one team.")
        with ash.page.expect_download() as got:
            ash.page.get_by_role("link", name=re.compile("PDF")).first.click()
        return Path(got.value.path()).read_bytes()
