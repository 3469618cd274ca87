"""What the audit form really shows of each council's tool: every statement, prompt and descriptor in its place."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings

from audits.frameworks import loader
from audits.frameworks.schema.tools import Domain
from qaf.tenants.scope import authority_scope
from tests.factories import tools as made

pytestmark = pytest.mark.usefixtures("frozen")

AUDITORS = {
    "durham": "operations_manager",
    "slough": "hos_sqa",
    "west_sussex": "senior_manager",
    "sefton": "service_manager",
}
_pages: dict[tuple[str, str], str] = {}
"""The form of each council, drawn once for all the tests that read it."""


@pytest.fixture
def page_of(council, client):
    """The page of a section as its auditor sees it, by council and section."""

    def draw(name: str, key: str) -> str:
        if (name, key) not in _pages:
            with authority_scope(council):
                sheet = made.make_sheet(name, role=AUDITORS[name], signs_in=True)
                keys = [*(one.key for one in sheet.framework.tool(sheet.audit.tool).domains), "overall"]
            client.post("/account/login/", {"login": sheet.ada.email, "password": "correct horse battery"})
            for one in keys:
                address = f"/a/alder/audits/{sheet.audit.reference}/part/auditor/section/{one}/"
                answer = client.get(address)
                assert answer.status_code == 200, (address, answer.status_code)
                _pages[name, one] = re.sub(r"\s+", " ", unescape(answer.content.decode()))
        return _pages[name, key]

    return draw


def rows_of(council: str) -> dict[str, str]:
    """What each row of the council's framework asks, as docs/requirements has it."""
    text = (Path(settings.BASE_DIR) / "docs" / "requirements" / f"{council}.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| ([A-Z]{3}-\d+) \| (.+?) \|", text, re.MULTILINE))


def domain_of(council: str, key: str) -> Domain:
    return loader.builtin(council).main_tool.domain(key)


def beside(page: str) -> str:
    """What stands beside the answer."""
    return page[page.index("<aside") :] if "<aside" in page else page[page.index("qaf-help") :]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(
            "contact_referral",
            marks=pytest.mark.req(
                "DUR-164",
                "DUR-172",
                "DUR-173",
                "DUR-174",
                "DUR-175",
                "DUR-176",
                "DUR-177",
                "DUR-178",
                "DUR-179",
                "DUR-180",
                "DUR-181",
                "DUR-182",
                "DUR-183",
                "DUR-184",
                "DUR-185",
            ),
        ),
        pytest.param(
            "basic_information",
            marks=pytest.mark.req(
                "DUR-165",
                "DUR-186",
                "DUR-187",
                "DUR-188",
                "DUR-189",
                "DUR-190",
                "DUR-191",
                "DUR-192",
                "DUR-193",
                "DUR-194",
                "DUR-195",
                "DUR-196",
                "DUR-197",
                "DUR-198",
            ),
        ),
        pytest.param(
            "assessment",
            marks=pytest.mark.req(
                "DUR-166",
                "DUR-199",
                "DUR-200",
                "DUR-201",
                "DUR-202",
                "DUR-203",
                "DUR-204",
                "DUR-205",
                "DUR-206",
                "DUR-207",
                "DUR-208",
                "DUR-209",
                "DUR-210",
                "DUR-211",
                "DUR-212",
                "DUR-213",
                "DUR-214",
                "DUR-215",
                "DUR-216",
                "DUR-217",
                "DUR-218",
                "DUR-219",
                "DUR-220",
                "DUR-221",
                "DUR-222",
                "DUR-223",
                "DUR-224",
                "DUR-225",
                "DUR-226",
                "DUR-227",
                "DUR-228",
                "DUR-229",
                "DUR-230",
                "DUR-231",
                "DUR-232",
                "DUR-233",
                "DUR-234",
            ),
        ),
        pytest.param(
            "planning",
            marks=pytest.mark.req(
                "DUR-167",
                "DUR-235",
                "DUR-236",
                "DUR-237",
                "DUR-238",
                "DUR-239",
                "DUR-240",
                "DUR-241",
                "DUR-242",
                "DUR-243",
                "DUR-244",
                "DUR-245",
                "DUR-246",
                "DUR-247",
                "DUR-248",
                "DUR-249",
                "DUR-250",
                "DUR-251",
            ),
        ),
        pytest.param(
            "review",
            marks=pytest.mark.req(
                "DUR-168",
                "DUR-252",
                "DUR-253",
                "DUR-254",
                "DUR-255",
                "DUR-256",
                "DUR-257",
                "DUR-258",
                "DUR-259",
                "DUR-260",
                "DUR-261",
                "DUR-262",
                "DUR-263",
                "DUR-264",
            ),
        ),
        pytest.param(
            "management_oversight",
            marks=pytest.mark.req(
                "DUR-169",
                "DUR-265",
                "DUR-266",
                "DUR-267",
                "DUR-268",
                "DUR-269",
                "DUR-270",
                "DUR-271",
                "DUR-272",
                "DUR-273",
            ),
        ),
    ],
)
def test_durham_s_statements_stand_beside_each_answer_and_can_be_marked(page_of, key):
    page, domain, asked = page_of("durham", key), domain_of("durham", key), rows_of("durham")
    statements = {row: one for one in domain.criteria for row in one.requirements}
    assert len(statements) == len(domain.criteria) > 8
    for row, one in statements.items():
        said = asked[row].rstrip(".")
        assert one.text.rstrip(".") == said, row
        assert f"<li>{said}" in beside(page), row
        assert re.search(rf'<label[^>]*for="id_m_{one.key}">\s*{re.escape(said)}', page), row
        select = page[page.index(f'id="id_m_{one.key}"') :].split("</select>")[0]
        assert re.findall(r'value="(\w*)"', select) == [
            "",
            "met",
            "partly",
            "not_met",
            "not_seen",
            "not_applicable",
        ]
    assert f'<h1 class="govuk-heading-l">{domain.title}</h1>' in page
    assert all(f"<li>{prompt}</li>" in beside(page) for prompt in domain.prompts)
    assert 'name="grade"' in page
    assert 'name="evidence"' in page


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        pytest.param("referral", (10, 8, 8), marks=pytest.mark.req("WSX-24")),
        pytest.param("quality_of_practice", (13, 9, 7), marks=pytest.mark.req("WSX-25")),
        pytest.param("assessment", (15, 9, 11), marks=pytest.mark.req("WSX-26")),
        pytest.param("planning", (11, 8, 7), marks=pytest.mark.req("WSX-27")),
        pytest.param("review", (5, 5, 8), marks=pytest.mark.req("WSX-28")),
    ],
)
def test_west_sussex_s_descriptors_stand_beside_each_section_by_grade(page_of, key, numbers):
    page, domain = page_of("west_sussex", key), domain_of("west_sussex", key)
    shown = beside(page)
    grades = ("good", "requires_improvement", "inadequate")
    assert tuple(len(domain.descriptor(grade)) for grade in grades) == numbers
    ends = {
        "good": "Requires improvement",
        "requires_improvement": "Inadequate",
        "inadequate": "Standards behind",
    }
    for grade, label in zip(grades, ("Good", "Requires improvement", "Inadequate"), strict=True):
        part = shown[re.search(rf">\s*{label}\s*</p>", shown).end() :]
        part = part[: part.index(ends[grade])]
        assert re.findall(r"<li>(.+?)</li>", part) == list(domain.descriptor(grade))


@pytest.mark.req("WSX-04", "WSX-23", "WSX-50")
def test_west_sussex_s_six_sections_each_ask_for_evidence_references_and_the_standards(page_of):
    framework = loader.builtin("west_sussex")
    titles = [one.title for one in framework.main_tool.domains]
    assert titles == [
        "Referral",
        "Quality of Practice",
        "Assessment",
        "Planning",
        "Review",
        "Management Oversight",
    ]
    assert (framework.main_tool.minutes, len(titles)) == (60, 6)
    for domain in framework.main_tool.domains:
        page = page_of("west_sussex", domain.key)
        for text in ("Supporting evidence", "guidance on timeliness", "Where it stands in the record"):
            assert text in page, (domain.key, text)
        for title in ("Practice standards", "Visiting requirements", "Practice framework"):
            assert title in beside(page)
            assert re.search(rf'type="checkbox" value="\w+"> <label[^>]*> {title}', page), title
        assert 'name="grade"' in page


@pytest.mark.req("WSX-21", "DUR-78")
@pytest.mark.parametrize("name", ["west_sussex", "durham"])
def test_every_domain_and_the_whole_are_graded_on_the_council_s_scale(page_of, name):
    labels = ["Outstanding", "Good", "Requires improvement", "Inadequate"]
    for key in [*(one.key for one in loader.builtin(name).main_tool.domains), "overall"]:
        page = page_of(name, key)
        offered = re.findall(r'name="grade" type="radio" value="(\w+)"', page)
        more = [] if key == "overall" else ["not_applicable"]
        assert offered == [*(one.lower().replace(" ", "_") for one in labels), *more], key
        assert all(re.search(rf">\s*{label}\s*</p>", beside(page)) for label in labels), key


@pytest.mark.req("WSX-52", "WSX-54", "WSX-49")
def test_west_sussex_s_overall_page_asks_for_reflection_for_what_matters_most_and_how_far_back(page_of):
    page = page_of("west_sussex", "overall")
    for text in (
        "Quality of reflective practice",
        "Actions that would make most difference",
        "The last 6 months",
        "Why did you look further back?",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("key", "number", "said"),
    [
        pytest.param(
            "help_protection_stability",
            7,
            "Are immediate safety concerns explored and dealt with?",
            marks=pytest.mark.req("SEF-64"),
        ),
        pytest.param(
            "recording_communication",
            8,
            "Is the child's voice marked in blue so it can be seen?",
            marks=pytest.mark.req("SEF-65"),
        ),
        pytest.param(
            "assessment",
            9,
            "Is there a current assessment on time, updated after events, and a pathway plan by age 15 and 3/4?",
            marks=pytest.mark.req("SEF-66"),
        ),
        pytest.param(
            "relationships_direct_work",
            7,
            "Are introductions and endings planned?",
            marks=pytest.mark.req("SEF-67"),
        ),
        pytest.param(
            "multi_agency_planning",
            6,
            "Do key partners attend, own tasks and supply written reports?",
            marks=pytest.mark.req("SEF-68"),
        ),
        pytest.param(
            "supervision_oversight", 8, "Does it give space to reflect?", marks=pytest.mark.req("SEF-69")
        ),
        pytest.param(
            "safeguarding_unit", 6, "Is drift and delay dealt with?", marks=pytest.mark.req("SEF-70")
        ),
        pytest.param(
            "impact", 4, "Has intervention made a difference or not?", marks=pytest.mark.req("SEF-71")
        ),
    ],
)
@pytest.mark.req("SEF-06")
def test_sefton_s_prompts_and_standards_stand_beside_each_domain(page_of, key, number, said):
    page, domain = page_of("sefton", key), domain_of("sefton", key)
    shown = beside(page)
    assert (len(domain.prompts), said in domain.prompts) == (number, True)
    assert all(f"<li>{prompt}</li>" in shown for prompt in domain.prompts)
    assert "Practice Standards for Managers" in shown
    assert "Practice Standards for Effective Practice" in shown
    assert 'name="grade"' in page


@pytest.mark.req("SEF-63", "SEF-71")
def test_sefton_s_tool_has_eight_areas_and_ends_with_impact(page_of):
    titles = [one.title for one in loader.builtin("sefton").main_tool.domains if one.graded]
    assert len(titles) == 8
    assert titles[-1] == "Impact and Overall Outcomes"
    assert "Section 8 of 9" in page_of("sefton", "impact")
    assert "Overall grade" in page_of("sefton", "overall")


@pytest.mark.req("SLO-04", "SLO-109")
def test_slough_s_file_audit_is_made_of_sections_with_prompts_and_a_grade(page_of):
    tool = loader.builtin("slough").main_tool
    assert (tool.version, len(tool.domains)) == (1, 8)
    for domain in tool.domains:
        page = page_of("slough", domain.key)
        assert all(f"<li>{prompt}</li>" in beside(page) for prompt in domain.prompts)
        assert 'name="grade"' in page
    journey = page_of("slough", "experience")
    assert '<h1 class="govuk-heading-l">Child\'s journey and family feedback</h1>' in journey
    assert "What was it like for this child and family, and did we ask them?" in beside(journey)


@pytest.mark.req("SLO-01")
def test_slough_asks_apart_whether_procedure_was_followed_and_whether_the_child_was_helped(page_of):
    page = page_of("slough", "overall")
    for key, text in (
        ("procedure_followed", "Was procedure followed?"),
        ("child_helped", "Was the child helped?"),
    ):
        assert text in page
        assert re.findall(rf'name="x_{key}" type="radio" value="(\w+)"', page) == ["yes", "partly", "no"]
