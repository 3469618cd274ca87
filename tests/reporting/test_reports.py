"""A report is frozen once, and its page, PDF and spreadsheet show the same numbers."""

import contextlib
import io
import json
import re
import zipfile
import zlib
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from audits.frameworks import loader
from audits.frameworks.selectors import framework_in_force
from audits.frameworks.services import publish_framework
from qaf.jobs.enums import JobStatus
from qaf.jobs.models import Job
from qaf.jobs.services import run
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.ui import pdf
from reporting import periods
from reporting.models import ReportDraft, ReportSnapshot
from reporting.selectors.examples import examples
from reporting.services import faces
from reporting.services.contents import made as sections_of
from reporting.services.figures.model import Figure, as_data, from_data
from reporting.services.freezing import (
    DraftConflict,
    ask_for_report,
    checksum,
    freeze,
    save_draft,
)
from reporting.services.source import source
from reporting.services.spreadsheet import workbook

WORDS = {"summary": "Practice is steady.", "asked": "Agree the supervision standard."}


@pytest.fixture
def report(world):
    """The third quarter, frozen with a commentary."""
    return freeze(kind="quarterly", label="2026-Q3", commentary=WORDS, person=world.quinn)


def inside(content: bytes) -> bytes:
    """A PDF with its compressed parts unpacked, so that its tags can be read."""
    parts = [content]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"\n".join(parts)


def sheets_of(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.req("HER-60")
def test_a_report_keeps_its_figures_with_period_population_and_checksum(report, world):
    figures = report.figures
    assert (report.number, report.period, report.made_by) == (1, "2026-Q3", world.quinn)
    assert (figures["starts"], figures["ends"], figures["as_of"]) == (
        "2026-07-01",
        "2026-09-30",
        "2026-10-05",
    )
    assert figures["population"][0] == (
        "5 audits drawn at random for the months of the period, 4 of them with a final grade."
    )
    assert "1 audit of another origin, such as re-audits: not in grades or trends." in figures["population"]
    assert "1 audit withdrawn: not counted." in figures["population"]
    assert [(month["title"], month["audits"], month["final"]) for month in figures["months"]] == [
        ("July 2026", 1, True),
        ("August 2026", 1, True),
        ("September 2026", 3, False),
    ]
    assert report.checksum == checksum(report.figures, report.commentary)
    assert [section["title"] for section in figures["sections"]] == [
        "At a glance",
        "Audit activity",
        "Grades",
        "Consistency of grading",
        "Themes and learning",
        "Actions and what they changed",
        "Inadequate audits and re-audits",
        "What children and families told us",
    ]


@pytest.mark.req("HER-59")
def test_the_monthly_briefing_tells_managers_of_one_month(world):
    report = freeze(kind="monthly", label="2026-09", person=world.quinn)
    assert report.figures["title"] == "Monthly managers’ briefing"
    assert report.figures["period"]["title"] == "September 2026"
    assert "3 audits drawn at random" in report.figures["population"][0]
    assert [section["title"] for section in report.figures["sections"]] == [
        "At a glance",
        "Audit activity",
        "Grades",
        "Themes and learning",
        "What children and families told us",
        "Actions and what they changed",
    ]


@pytest.mark.req("HER-66")
@pytest.mark.parametrize(("kind", "label"), [("monthly", "2026-09"), ("quarterly", "2026-Q3")])
def test_both_reports_break_data_and_themes_down_by_service_and_by_team(world, kind, label):
    report = freeze(kind=kind, label=label, person=world.quinn)
    keys = {block.get("key") for section in report.figures["sections"] for block in section["blocks"]}
    for what in ("compliance", "grades", "themes_tag", "actions"):
        assert {f"{what}_service", f"{what}_team"} <= keys, what


def test_a_report_does_not_change_when_the_world_does(report, world):
    before = faces.frozen_report(report).headline
    world.audit(date(2026, 9, 1), "Rowan team", "inadequate")
    report.refresh_from_db()
    assert faces.frozen_report(report).headline == before
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportSnapshot.objects.filter(pk=report.pk).update(checksum="0" * 64)
    again = freeze(kind="quarterly", label="2026-Q3", commentary=WORDS, person=world.quinn)
    assert again.number == 2


def test_making_the_same_report_twice_makes_one_edition(report, world):
    assert freeze(kind="quarterly", label="2026-Q3", commentary=WORDS) == report
    assert ReportSnapshot.objects.count() == 1
    assert report.files.count() == 2


def test_a_period_that_is_none_or_lies_ahead_is_refused_in_words(world):
    with pytest.raises(ValueError, match="write it as 2026-Q3"):
        freeze(kind="quarterly", label="2026-09")
    with pytest.raises(ValueError, match="write it as 2026-09"):
        freeze(kind="monthly", label="2026-Q3")
    with pytest.raises(ValueError, match="has not begun"):
        freeze(kind="quarterly", label="2027-Q1")


@pytest.mark.req("HER-60", "HER-66")
def test_page_pdf_and_spreadsheet_show_the_same_numbers(report, world, enter):
    shown = faces.frozen_report(report)
    page = enter(world.quinn).get(reverse("reporting:report", args=["alder", report.pk])).content.decode()
    page = re.sub(r"\s+", " ", page)
    # Letters in a PDF are glyphs; that it is drawn from exactly this HTML is shown below.
    paper = re.sub(r"\s+", " ", faces.as_html(shown))
    sheets = sheets_of(bytes(report.files.get(format="xlsx").content))
    by_label = {row[1]: row for row in sheets["Figures"][1:]}
    for figure in shown.defined:
        assert f'<td data-label="Number" class="numeric">{figure.text}</td>' in page, figure.label
        assert f'<td class="numeric">{figure.text}</td>' in paper, figure.label
        row = by_label[figure.label]
        assert (row[2], row[3], row[4]) == (figure.value, "" if figure.n is None else figure.n, figure.text)
    team = sheets["Overall grades by team"]
    assert team[3] == [
        "Team", "Outstanding", "Good", "Requires improvement", "Inadequate", "Graded", "Good or better",
        "Good or better: of (n)",
    ]  # fmt: skip
    assert team[4:] == [
        ["Beech team", 1, 0, 0, 0, 1, 1, 1],
        ["Maple team", 0, 0, 0, 1, 1, 0, 1],
        ["Rowan team", 0, 1, 1, 0, 2, 1, 2],
    ]
    for text in ("Beech team", "Practice is steady.", "Agree the supervision standard.", report.checksum):
        assert text in page
        assert text in paper
    assert "September 2026 is not yet final" in page
    assert "<strong>September 2026 is not yet final:</strong> 2 of 3 audits" in paper


def test_the_pdf_is_tagged_titled_and_in_a_language(report):
    content = inside(bytes(report.files.get(format="pdf").content))
    assert re.search(rb"pdfuaid:part\W+1\W", content)
    for part in (b"/MarkInfo <</Marked true", b"/Lang (en-GB)", b"/DisplayDocTitle true"):
        assert part in content, part
    for tag in (b"H1", b"H2", b"H3", b"P", b"L", b"Table", b"Caption", b"TH", b"TD"):
        assert b"/S /" + tag + b"/" in content, tag
    # Every drawing has its title as words.
    assert content.count(b"/S /Figure/") == content.count(b"/Alt (") == 6


def test_the_pdf_is_drawn_from_the_same_html_and_always_alike(report):
    html = faces.as_html(faces.frozen_report(report))
    assert pdf.pdf_of(html) == bytes(report.files.get(format="pdf").content)


def test_a_document_fetches_nothing(monkeypatch, caplog):
    def never(self, *args, **kwargs):
        raise AssertionError("something was opened")

    monkeypatch.setattr("urllib.request.OpenerDirector.open", never)
    made = pdf.pdf_of(
        '<html lang="en"><title>x</title><link rel="stylesheet" href="http://127.0.0.1:9/x.css">'
        '<img alt="" src="file:///etc/hostname"><img alt="" src="http://127.0.0.1:9/x.png"></html>'
    )
    assert made.startswith(b"%PDF")
    assert len([one for one in caplog.messages if "disallowed protocol" in one]) == 3


def test_a_typed_text_never_becomes_a_formula_a_link_or_a_number(world):
    danger = ['=HYPERLINK("http://x.test","y")', "+1+1", "@SUM(A1)", "http://x.test/", "0012"]
    content = workbook(
        title="x",
        about=[("Typed", text) for text in danger],
        figures=[("Section", Figure("k", text, text, text, 1)) for text in danger],
        tables=[],
        made_on=date(2026, 10, 5),
    )
    archive = zipfile.ZipFile(io.BytesIO(content))
    everything = "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())
    assert "<f>" not in everything
    assert "<hyperlink" not in everything
    assert [row[1] for row in sheets_of(content)["About"][2:]] == danger


def test_sections_come_back_from_json_as_they_were(world):
    made = sections_of(source("quarterly", periods.parse("quarterly", "2026-Q3"), as_of=clock.today()))
    assert from_data(json.loads(json.dumps(as_data(made)))) == made


# Words from audits ---------------------------------------------------------------------------------------------------


def test_no_word_of_an_audit_is_printed_that_nobody_chose(world):
    report = freeze(kind="quarterly", label="2026-Q3")
    everything = json.dumps(report.figures, ensure_ascii=False)
    for text in (
        "Hospital reports",
        "He sees his father",
        "Fathers are missing",
        "Seen alone",
        "rings back.",
    ):
        assert text not in everything
    assert "She rings back when she says she will." in everything  # chosen when it was coded
    for case in world.good.case, world.worst.case:
        assert case.local_id not in everything


def test_what_the_qa_lead_ticks_is_printed(world):
    framework_texts = examples(date(2026, 7, 1), date(2026, 9, 30), framework_in_force())
    wider = next(one for one in framework_texts if one.kind == "wider")
    report = freeze(kind="quarterly", label="2026-Q3", chosen=[wider.key])
    everything = json.dumps(report.figures, ensure_ascii=False)
    assert "Hospital reports reach us late." in everything
    assert "He sees his father." not in everything


def test_words_of_a_restricted_record_are_never_offered(world):
    hidden = world.audit(date(2026, 9, 1), "Rowan team", "outstanding", restricted=True)
    world.wider(hidden, "SECRET")
    offered = examples(date(2026, 7, 1), date(2026, 9, 30), framework_in_force())
    assert offered
    assert not [one for one in offered if one.reference == hidden.reference]


# Made in the background ----------------------------------------------------------------------------------------------


def test_a_report_is_made_by_a_job_with_the_draft_s_words_and_its_maker_is_told(world, council):
    save_draft(kind="quarterly", label="2026-Q3", commentary=WORDS, chosen=[], version=0, person=world.quinn)
    job = ask_for_report(kind="quarterly", label="2026-Q3", person=world.quinn)
    assert ask_for_report(kind="quarterly", label="2026-Q3", person=world.quinn) == job
    assert run(council.pk, job.pk) == JobStatus.DONE
    [report] = ReportSnapshot.objects.all()
    assert report.commentary == WORDS
    assert not ReportDraft.objects.exists()
    notice = Notice.objects.get(person=world.quinn, kind="report_made")
    assert notice.href == reverse("reporting:report", args=["alder", report.pk])
    job.refresh_from_db()
    assert job.result == {"snapshot": report.pk}
    assert run(council.pk, job.pk) is None


def test_only_somebody_who_may_make_reports_asks_for_one(world):
    with pytest.raises(PermissionDenied):
        ask_for_report(kind="quarterly", label="2026-Q3", person=world.sam)
    assert not Job.objects.exists()


def test_two_who_write_the_commentary_do_not_overwrite_each_other(world):
    first = save_draft(
        kind="monthly", label="2026-09", commentary={"summary": "A"}, chosen=[], version=0, person=world.quinn
    )
    with pytest.raises(DraftConflict) as conflict:
        save_draft(
            kind="monthly",
            label="2026-09",
            commentary={"summary": "B"},
            chosen=[],
            version=0,
            person=world.quinn,
        )
    assert conflict.value.theirs.commentary == {"summary": "A"}
    save_draft(
        kind="monthly",
        label="2026-09",
        commentary={"summary": "C"},
        chosen=[],
        version=first.version,
        person=world.quinn,
    )
    assert ReportDraft.objects.get().commentary == {"summary": "C"}


# From the command line -----------------------------------------------------------------------------------------------


def test_the_command_writes_pdf_spreadsheet_and_json_of_one_edition(world, tmp_path):
    for ending in ("pdf", "xlsx", "json"):
        call_command("report", "alder", "quarterly", "2026-Q3", "--out", str(tmp_path / f"report.{ending}"))
    [report] = ReportSnapshot.objects.all()
    assert (tmp_path / "report.pdf").read_bytes() == bytes(report.files.get(format="pdf").content)
    assert (tmp_path / "report.xlsx").read_bytes() == bytes(report.files.get(format="xlsx").content)
    told = json.loads((tmp_path / "report.json").read_text())
    assert (told["edition"], told["checksum"], told["figures"]) == (1, report.checksum, report.figures)


def test_the_command_hands_out_an_earlier_edition(world, tmp_path):
    first = freeze(kind="monthly", label="2026-09")
    world.audit(date(2026, 9, 1), "Rowan team", "good")
    second = freeze(kind="monthly", label="2026-09")
    assert (first.number, second.number) == (1, 2)
    call_command("report", "alder", "monthly", "2026-09", "--edition", "1", "--out", str(tmp_path / "x.json"))
    assert json.loads((tmp_path / "x.json").read_text())["checksum"] == first.checksum
    assert ReportSnapshot.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["alder", "quarterly", "2026-Q3", "--out", "x.doc"], "--out must end in"),
        (["alder", "quarterly", "2026-Q3", "--out", "/nowhere/at/all/x.pdf"], "There is no folder"),
        (["elm", "quarterly", "2026-Q3", "--out", "x.pdf"], "There is no council 'elm'"),
        (["alder", "quarterly", "2026-Q9", "--out", "x.pdf"], "is not a quarter"),
        (["alder", "quarterly", "2026-Q3", "--edition", "7", "--out", "x.pdf"], "There is no edition 7"),
    ],
)
def test_the_command_says_what_is_wrong(world, words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=said):
        call_command("report", *words)
    assert list(tmp_path.iterdir()) == []


def test_a_report_of_a_quarter_without_audits_says_so(world):
    with clock.travel(clock.now() + timedelta(days=1)):
        report = freeze(kind="quarterly", label="2025-Q4")
    assert report.figures["headline"] == ["No audit of this period is final yet."]


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_built_in_framework_can_be_reported_on(scope, frozen, name):
    publish_framework(text=loader.builtin_text(name), effective_from=date(2020, 1, 1))
    report = freeze(kind="quarterly", label="2026-Q3")
    framework = loader.builtin(name)
    by_key = {section["key"]: section for section in report.figures["sections"]}
    [table] = [one for one in by_key["grades"]["blocks"] if one.get("key") == "grades_service"]
    assert [row[0] for row in table["rows"]] == [service.name for service in framework.audited_services]
    assert bytes(report.files.get(format="pdf").content).startswith(b"%PDF-1.7")
