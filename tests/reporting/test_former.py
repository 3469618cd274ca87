"""Results of a former tool in trends: a series of their own before the first month, never mixed with it."""

import re
from datetime import date

import pytest
from django.urls import reverse

from audits.services.historic import import_historic
from reporting.services import faces
from reporting.services.figures import grades
from reporting.services.freezing import freeze
from tests.factories.learning import one_auditor
from tests.reporting.test_reports import sheets_of

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
FILE = b"""child_id,date,overall
0000101,2019-05-31,2
0000102,2024-03-31,7
0000103,2024-04-30,2
0000104,2024-05-31,Good
0000105,2026-02-27,9
0000106,2026-08-31,10
"""
FORMER = [
    {"label": "Year 2019", "part": 0, "whole": 1, "final": True},
    {"label": "Year 2024", "part": 2, "whole": 3, "final": True},
    {"label": "Year 2026", "part": 1, "whole": 1, "final": True},
]
"""By calendar year: the last stands after the first month in the product and is left out."""


@pytest.fixture
def west(scope, frozen, monkeypatch):
    """West Sussex on Monday 5 October 2026: audits in the product since August, former scores from before."""
    monkeypatch.setattr(faces, "as_pdf", lambda report: b"%PDF-1.7")
    made = one_auditor("west_sussex")
    made.quin = made.person("Quin Quill", "qa_team", signs_in=True)
    for month, grade in ((AUGUST, "good"), (SEPTEMBER, "inadequate"), (SEPTEMBER, "good")):
        made.audit(month, grade)
    import_historic(content=FILE, person=made.quin)
    return made


def trend_of(report) -> dict:
    blocks = [block for one in report.figures["sections"] for block in one["blocks"]]
    return next(one for one in blocks if one.get("key") == "trend")


@pytest.mark.req("WSX-22")
def test_former_scores_stand_as_a_series_of_their_own_before_the_first_month(west):
    report = freeze(kind="quarterly", label="2026-Q3", person=west.quin)
    trend = trend_of(report)
    former, months = trend["data"]["lines"]
    assert (former["label"], months["label"]) == ("Former tool", "Months in QAF")
    assert former["points"][:3] == FORMER
    assert {one["whole"] for one in former["points"][3:]} == {None}, "no month is counted among them"
    assert {one["whole"] for one in months["points"][:3]} == {None}, "and none of them among the months"
    assert [(one["label"], one["part"], one["whole"]) for one in months["points"][3:]] == [
        ("Aug 2026", 1, 1),
        ("Sep 2026", 1, 2),
    ], "no month before the first"
    assert (
        "5 results of audits before August 2026, by calendar year, 4 of them from scores of the former scale"
        in trend["definition"]
    )
    blocks = [block for one in report.figures["sections"] for block in one["blocks"]]
    glance = next(one for one in blocks if one["type"] == "tiles")["figures"]
    good = next(one for one in glance if one["key"] == "good.overall")
    assert (good["value"], good["n"]) == (2, 3), "no other figure counts a former result"


@pytest.mark.req("WSX-22")
def test_the_dashboard_says_how_many_former_results_were_counted_and_leaves_them_out_of_a_part(west, enter):
    page = reverse("reporting:dashboard", args=["alder"])
    shown = re.sub(r"\s+", " ", enter(west.quin).get(page).content.decode())
    row = (
        r"<th scope=\"row\">Year 2024</th><td[^>]*>2 of 3</td><td[^>]*>3</td><td[^>]*>none</td><td[^>]*></td>"
    )
    assert re.search(row, shown), "share and number, and nothing of the months in that row"
    assert "Former tool, n" in shown
    for text in ("Do not read one series on into the other", "Months in QAF"):
        assert text in shown
    part = enter(west.quin).get(page, {"service": west.services[0].pk}).content.decode()
    assert "Former tool" not in part, "former results name no service of the council's"


@pytest.mark.req("WSX-22")
def test_the_spreadsheet_keeps_both_series_in_columns_of_their_own(west):
    report = freeze(kind="quarterly", label="2026-Q3", person=west.quin)
    trend = trend_of(report)
    sheets = sheets_of(bytes(report.files.get(format="xlsx").content))
    sheet = next(rows for rows in sheets.values() if rows and rows[0][0] == trend["title"])
    rows = {row[0]: row[1:] for row in sheet[1:] if row}
    assert rows["Year or month"] == [
        "Former tool",
        "Former tool: of (n)",
        "Months in QAF",
        "Months in QAF: of (n)",
        "Final",
    ]
    assert rows["Year 2024"] == [2, 3, "", "", "yes"]
    assert rows["Sep 2026"] == ["", "", 1, 2, "yes"]


def test_a_council_without_former_results_has_one_line(west):
    from audits.models import HistoricAudit

    HistoricAudit.objects.all().delete()
    report = freeze(kind="quarterly", label="2026-Q3", person=west.quin)
    [line] = trend_of(report)["data"]["lines"]
    assert line["label"] == ""
    assert "Former" not in trend_of(report)["definition"]
    assert trend_of(report)["population"] == grades.POPULATION
