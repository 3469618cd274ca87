"""Audits from before: brought in whole or not at all, scores read as grades, apart from everything else."""

from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from audits.frameworks import loader
from audits.frameworks.services import keep_in_step, publish_framework
from audits.models import Audit, HistoricAudit
from audits.selectors.historic import years_of
from audits.services.historic import HistoricFileRefused, import_historic, read_result
from qaf.tenants.scope import authority_scope
from tests.factories.people import LONG_AGO, make_person

pytestmark = pytest.mark.usefixtures("frozen")

FILE = b"""child_id,date,service,overall,Planning,Review
0000101,2022-03-31,Assessment,7,5,
0000102,31/05/2022,,Inadequate,2,Good
0000103,2023-01-09,Early help,10,,9
"""


@pytest.fixture
def gwen(council):
    """Gwen runs the months of a council that once scored from 0 to 10."""
    with authority_scope(council):
        publish_framework(text=loader.builtin_text("west_sussex"), effective_from=LONG_AGO)
        person = make_person("Gwen Runner", "principal_manager_sqp", signs_in=True)
        keep_in_step()
        return person


def kept() -> list[tuple]:
    rows = HistoricAudit.objects.order_by("audited_on")
    return [(one.local_id, one.audited_on, one.service, one.score, one.grade, one.converted) for one in rows]


@pytest.mark.req("WSX-22")
@pytest.mark.parametrize(
    ("score", "grade"),
    [
        *((score, "inadequate") for score in (0, 1, 2)),
        *((score, "requires_improvement") for score in (3, 4, 5)),
        *((score, "good") for score in (6, 7, 8)),
        *((score, "outstanding") for score in (9, 10)),
    ],
)
def test_a_score_of_the_former_scale_is_read_by_its_band(score, grade):
    grades = loader.builtin("west_sussex").main_grades
    found = read_result(f" {score} ", grades)
    assert (found.grade, found.score) == (grade, score)


@pytest.mark.req("WSX-22")
@pytest.mark.parametrize("text", ["11", "-1", "7.5", "7,5", "seven", "", "²", "7/10"])
def test_anything_else_than_a_whole_number_of_the_scale_or_a_grade_is_refused_in_words(text):
    grades = loader.builtin("west_sussex").main_grades
    with pytest.raises(ValueError, match=r"not a score of the former scale|neither a grade"):
        read_result(text, grades)


def test_a_council_without_a_former_scale_takes_grades_only():
    grades = loader.builtin("sefton").main_grades
    assert read_result("requires improvement", grades).grade == "requires_improvement"
    with pytest.raises(ValueError, match=r"“7” is not a grade\. Write one of: Outstanding, Good"):
        read_result("7", grades)


@pytest.mark.req("WSX-22")
def test_a_file_is_kept_apart_with_its_scores_and_twice_is_once(council, gwen):
    with authority_scope(council):
        told = import_historic(content=FILE, person=gwen)
        assert (told.added, told.known, told.changed, told.converted) == (3, 0, 0, 3)
        assert kept() == [
            ("0000101", date(2022, 3, 31), "Assessment", 7, "good", True),
            ("0000102", date(2022, 5, 31), "", None, "inadequate", True),
            ("0000103", date(2023, 1, 9), "Early help", 10, "outstanding", True),
        ]
        domains = HistoricAudit.objects.get(local_id="0000102").domains
        assert domains == {"Planning": {"grade": "inadequate", "score": 2}, "Review": {"grade": "good"}}
        assert not Audit.objects.exists()
        again = import_historic(
            content=FILE.replace(b"0103,2023-01-09,Early help,10", b"0103,2023-01-09,Early help,8"),
            person=gwen,
        )
        assert (again.added, again.known, again.changed) == (0, 2, 1)
        grades = loader.builtin("west_sussex").main_grades
        assert [(one.year, one.counts, one.n, one.converted) for one in years_of(grades)] == [
            (2023, (0, 1, 0, 0), 1, 1),
            (2022, (0, 1, 0, 1), 2, 2),
        ]


def test_a_file_with_faults_is_refused_whole_with_every_fault(council, gwen):
    faulty = b"child_id,date,overall\n0000101,2022-03-31,7\n,2022-02-30,11\n0000101,2022-03-31,good\n"
    with authority_scope(council):
        with pytest.raises(HistoricFileRefused) as refused:
            import_historic(content=faulty, person=gwen)
        assert refused.value.problems == [
            "Line 3: child_id is empty or longer than 40 characters.",
            "Line 3: date “2022-02-30” is not a date like 2025-03-31 or 31/03/2025.",
            "Line 3: overall: 11 is not a score of the former scale, which runs from 0 to 10.",
            "Child 0000101 stands twice with an audit on 31/03/2022.",
        ]
        for content in (b"", b"child_id,date\n1,2\n", b"\xff\xfe\x00", b"child_id,date,overall\n"):
            with pytest.raises(HistoricFileRefused):
                import_historic(content=content, person=gwen)
        assert kept() == []


@pytest.mark.req("WSX-22")
def test_the_page_and_the_command_bring_a_file_in(council, gwen, client, tmp_path):
    client.post("/account/login/", {"login": gwen.email, "password": "correct horse battery"})
    page = client.get("/a/alder/historic/bring-in/").content.decode()
    assert "0 to 2: Inadequate" in page
    assert "9 to 10: Outstanding" in page
    bad = SimpleUploadedFile("scores.csv", FILE.replace(b",7,", b",7.5,"))
    answer = client.post("/a/alder/historic/bring-in/", {"document": bad})
    assert answer.status_code == 422
    assert "Line 2: overall: “7.5” is neither a grade" in answer.content.decode()
    answer = client.post("/a/alder/historic/bring-in/", {"document": SimpleUploadedFile("scores.csv", FILE)})
    assert answer.status_code == 302
    page = client.get("/a/alder/historic/").content.decode()
    for text in ("read from a score of 10", "Converted", "Planning: Inadequate (score 2)"):
        assert text in page
    path = tmp_path / "scores.csv"
    path.write_bytes(FILE)
    out = StringIO()
    call_command("import_historic", "alder", path, stdout=out)
    assert out.getvalue() == "0 added, 0 changed, 3 known already; 3 read from the former scale.\n"
    with pytest.raises(CommandError, match="There is no council oak"):
        call_command("import_historic", "oak", path)
