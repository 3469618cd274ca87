"""What reports hold: what audits say it meant for children, and no heading that could never be filled."""

import re
from datetime import date

import pytest
from django.urls import reverse

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from qaf.lib import clock
from reporting.models import ReportSnapshot
from reporting.selectors.examples import IMPACT, PRACTICE, examples
from reporting.services import faces
from reporting.services.freezing import freeze
from tests.factories.learning import one_auditor

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Reports without drawing their PDF, which other tests do."""
    monkeypatch.setattr(faces, "as_pdf", lambda report: b"%PDF-1.7")


def shown(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def blocks(report: ReportSnapshot) -> dict[str, dict]:
    return {b.get("key") or b.get("title"): b for one in report.figures["sections"] for b in one["blocks"]}


def numbers(report: ReportSnapshot) -> dict[str, tuple[int, int | None]]:
    tiles = [b for one in report.figures["sections"] for b in one["blocks"] if b["type"] == "tiles"]
    return {figure["key"]: (figure["value"], figure["n"]) for tile in tiles for figure in tile["figures"]}


@pytest.mark.req("DUR-30", "SLO-01")
@pytest.mark.parametrize(
    ("name", "answers", "table", "offered"),
    [
        pytest.param(
            "durham",
            {
                "impact_evidence": "yes",
                "difference_made": "She sleeps at home.",
                "better_off": "Her brother.",
            },
            [["Does this audit show evidence of impact?", 2, 1, 3]],
            {"She sleeps at home.", "Her brother."},
        ),
        pytest.param(
            "slough",
            {"procedure_followed": "yes", "child_helped": "no", "good_practice": "A letter in his words."},
            [["Was procedure followed?", 2, 1, 0, 3], ["Was the child helped?", 0, 1, 2, 3]],
            {"A letter in his words."},
        ),
    ],
)
def test_what_audits_say_it_meant_for_the_child_is_counted_and_printed_where_it_is_chosen(
    scope, frozen, name, answers, table, offered
):
    made = one_auditor(name)
    made.audit(SEPTEMBER, "good", answers=answers)
    other = {"impact_evidence": "no"} if name == "durham" else {}
    other |= {"procedure_followed": "partly", "child_helped": "partly"} if name == "slough" else {}
    made.audit(SEPTEMBER, "good", answers=other)
    made.audit(SEPTEMBER, "good", answers=answers, restricted=True)
    found = [
        one
        for one in examples(date(2026, 7, 1), date(2026, 9, 30), made.framework)
        if one.kind in (IMPACT, PRACTICE)
    ]
    assert {one.text for one in found} == offered
    writer = made.person("Wilma Wick", "service_improvement_manager" if name == "durham" else "hos_sqa")
    report = freeze(kind="quarterly", label="2026-Q3", chosen=[one.key for one in found], person=writer)
    assert blocks(report)["answers_1"]["rows"] == table, "a restricted record counts and is not quoted"
    quotes = [block for block in blocks(report).values() if block["type"] == "quotes"]
    assert {text for block in quotes for text, _ in block["items"]} == offered
    snapshot = freeze(kind="snapshot", label="2026-Q3", person=writer)
    assert [one["title"] for one in snapshot.figures["sections"]][1] == "What it has meant for children"
    assert numbers(snapshot)[f"answered_{next(iter(answers))}"] == (2, 3)


@pytest.mark.parametrize("name", ["durham", "slough"])
def test_nothing_stands_in_a_report_that_the_framework_could_never_fill(scope, frozen, name):
    made = one_auditor(name)
    made.audit(SEPTEMBER, "inadequate")
    for one in made.framework.reports:
        assert one.kind == "later" or one.made == one.sections, (
            f"{one.label}: a heading alone is never filled"
        )
    writer = made.person("Wilma Wick", "service_improvement_manager" if name == "durham" else "hos_sqa")
    report = freeze(kind="quarterly", label="2026-Q3", person=writer)
    titles = [one["title"] for one in report.figures["sections"]]
    assert "Adherence by role" not in titles
    found = blocks(report)
    assert not {"themes_code", "re_audits"} & set(found), "nothing feeds into codes, nobody is audited again"
    assert [one["label"] for one in found["inadequate_chains"]["columns"]] == ["Audit", "Service", "Month"]
    never = {"good_practice", "oversight_done", "review_done", "re_audit_done", "meaning_better"}
    assert not never & set(numbers(report))


def test_a_section_that_the_framework_could_never_fill_is_left_out(scope, frozen):
    text = loader.builtin_text("slough").replace(
        "      - {title: Volumes, shows: [programme]}\n",
        "      - {title: Volumes, shows: [programme]}\n      - {title: Families, shows: [families]}\n",
    )
    assert text != loader.builtin_text("slough")
    made = one_auditor("slough", text=text)
    made.audit(SEPTEMBER, "good")
    report = freeze(kind="quarterly", label="2026-Q3", person=made.person("Sue Quest", "hos_sqa"))
    titles = [one["title"] for one in report.figures["sections"]]
    assert ("Volumes" in titles, "Families" in titles) == (True, False)


@pytest.mark.parametrize(
    ("name", "role", "there"),
    [("durham", "service_improvement_manager", False), ("herefordshire", "qa_team", True)],
)
def test_the_page_of_families_is_offered_where_families_are_asked(scope, frozen, enter, name, role, there):
    made = one_auditor(name)
    page = shown(enter(made.person("Wilma Wick", role, signs_in=True)).get("/a/alder/more/"))
    assert (reverse("feedback:register", args=["alder"]) in page) == there


@pytest.mark.req("DUR-01")
def test_a_report_belongs_to_the_version_of_the_framework_of_its_months_and_says_so(scope, frozen, enter):
    made = one_auditor("durham")
    made.audit(SEPTEMBER, "good")
    writer = made.person("Sim Stone", "service_improvement_manager", signs_in=True)
    text = loader.builtin_text("durham") + "# reviewed\n"
    publish_framework(text=text, effective_from=date(2026, 10, 1))
    report = freeze(kind="quarterly", label="2026-Q3", person=writer)
    assert report.figures["framework_version"] == 1
    page = shown(enter(writer).get(reverse("reporting:report", args=["alder", report.pk])))
    assert "Made by version 1 of the framework, in force since" in page
    with clock.travel(date(2027, 1, 4)):
        assert freeze(kind="quarterly", label="2026-Q4", person=writer).figures["framework_version"] == 2
