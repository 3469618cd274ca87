"""How the statements of a tool were marked: counted as given, each version of the tool for itself, never a grade."""

import re
from html import unescape

import pytest
from django.urls import reverse

from audits.frameworks import loader
from audits.frameworks.selectors import framework_of, version_in_force
from audits.frameworks.services import publish_framework
from audits.models import Assessment, Audit, Judgement
from qaf.lib import clock
from qaf.tenants.models import Unit
from tests.factories import tools as made
from tests.factories.people import make_person, make_service, make_team

pytestmark = pytest.mark.usefixtures("scope", "frozen")


class Durham:
    """Ada's audits of Wyn's work; Dee sees the whole council, Wyn no figure."""

    def __init__(self) -> None:
        sheet = made.make_sheet("durham", role="operations_manager", signs_in=True)
        self.sheet, self.number = sheet, 0
        self.dee = make_person("Dee Director", "corporate_director", signs_in=True)
        self.domain = sheet.framework.main_tool.domain("basic_information")

    def audit(
        self, *, team: Unit | None = None, origin: str = "random", submitted: bool = True, **marks
    ) -> Audit:
        """One audit of this month whose auditor gave these marks."""
        self.number += 1
        sheet, version = self.sheet, version_in_force()
        audit = made.make_audit_of(
            framework_of(version), version, sheet.ada, sheet.wyn, sheet.mo, None, team or sheet.team,
            "auditor", "looked_after", local_id=f"{self.number:07d}",
        )  # fmt: skip
        now = clock.now() if submitted else None
        Audit.objects.filter(pk=audit.pk).update(
            origin=origin, submitted_at=now, status="outcome" if submitted else "locked"
        )
        assessment = Assessment.objects.get(audit=audit)
        Judgement.objects.create(
            assessment=assessment, domain="basic_information", grade="inadequate", marks=marks
        )
        return audit


@pytest.fixture
def durham():
    return Durham()


def rows(page: str) -> dict[str, list[str]]:
    """The cells of every row with a mark, by its statement."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page):
        cells = [
            re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        ]
        if len(cells) == 6 and cells[0] != "Statement" and (cells[1] != "none" or cells[5] != "0"):
            found[cells[0]] = cells[1:]
    return found


def read(client, **chosen) -> str:
    answer = client.get(reverse("reporting:criteria", args=["alder"]), chosen)
    assert answer.status_code == 200, answer.status_code
    return " ".join(unescape(answer.content.decode()).split())


def statement(durham: Durham, key: str) -> str:
    return next(one.text.rstrip(".") for one in durham.domain.criteria if one.key == key)


@pytest.mark.req("DUR-170")
def test_marks_are_counted_by_statement_with_their_whole_without_what_does_not_apply(durham, enter):
    for mark in ("met", "met", "met", "partly", "not_met"):
        durham.audit(bi1=mark, bi2="not_met" if mark == "met" else "not_applicable")
    durham.audit(bi4="not_seen")
    page = read(enter(durham.dee))
    assert rows(page) == {
        statement(durham, "bi1"): ["60% (3 of 5)", "1", "1", "0", "0"],
        statement(durham, "bi2"): ["0 of 3", "0", "3", "0", "2"],
        statement(durham, "bi4"): ["0 of 1", "0", "0", "1", "0"],
    }
    assert "6 submitted audits drawn at random" in page
    assert "never compute a grade" in page
    assert page.index("</table>") < page.index("Most often not met, or only partly")
    assert "<svg" in page


def test_only_submitted_audits_drawn_at_random_count_unless_all_are_asked_for(durham, enter):
    durham.audit(bi1="met")
    durham.audit(bi1="met", submitted=False)
    durham.audit(bi1="not_met", origin="ad_hoc")
    client, first = enter(durham.dee), statement(durham, "bi1")
    assert rows(read(client)) == {first: ["1 of 1", "0", "0", "0", "0"]}
    assert rows(read(client, origin="all")) == {first: ["1 of 2", "0", "1", "0", "0"]}


def test_a_service_and_months_are_chosen_in_the_address(durham, enter):
    other = make_team(
        "Ash",
        Unit.objects.filter(kind="service").exclude(pk=durham.sheet.team.parent_id).first()
        or make_service("other"),
    )
    durham.audit(bi1="met")
    durham.audit(team=other, bi1="not_met")
    client, first = enter(durham.dee), statement(durham, "bi1")
    assert rows(read(client, service=other.parent_id)) == {first: ["0 of 1", "0", "1", "0", "0"]}
    assert rows(read(client, period="2026-Q3")) == {}


def test_versions_of_a_tool_are_never_added_together(durham, enter):
    durham.audit(bi1="met")
    text = loader.builtin_text("durham")
    first = durham.sheet.framework.main_tool
    old = f"    version: {first.version}\n"
    assert old in text
    publish_framework(
        text=text.replace(old, f"    version: {first.version + 1}\n", 1), effective_from=clock.today()
    )
    durham.audit(bi1="not_met")
    client, said = enter(durham.dee), statement(durham, "bi1")
    page = read(client)
    assert rows(page) == {said: ["0 of 1", "0", "1", "0", "0"]}
    choices = re.findall(r'<option value="([^"]*)"[^>]*>\s*([^<]*version \d+)', page)
    assert [label.strip() for _, label in choices] == [
        f"{first.name}, version {first.version + 1}",
        f"{first.name}, version {first.version}",
    ]
    assert rows(read(client, asked=choices[1][0])) == {said: ["1 of 1", "0", "0", "0", "0"]}


def test_a_statement_changed_without_a_new_version_is_counted_apart(durham, enter):
    durham.audit(bi1="met")
    said = statement(durham, "bi1")
    text = loader.builtin_text("durham")
    publish_framework(text=text.replace(said, f"{said} today", 1), effective_from=clock.today())
    durham.audit(bi1="not_met")
    page = read(enter(durham.dee))
    assert rows(page) == {f"{said} today": ["0 of 1", "0", "1", "0", "0"]}
    assert "as in framework version 2" in page


def test_the_dashboard_leads_there_and_only_those_who_see_figures_come(durham, enter):
    address = reverse("reporting:criteria", args=["alder"])
    assert address in enter(durham.dee).get(reverse("reporting:dashboard", args=["alder"])).content.decode()
    assert enter(durham.sheet.wyn).get(address).status_code == 403


def test_a_council_whose_tool_has_no_statements_is_told_so(world, enter):
    client = enter(world.hope)
    assert "No statements to mark" in read(client)
    address = reverse("reporting:criteria", args=["alder"])
    assert address not in client.get(reverse("reporting:dashboard", args=["alder"])).content.decode()
