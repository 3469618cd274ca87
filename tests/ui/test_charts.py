"""A chart and its table say the same, to the eye, to the ear and in print."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from qaf.ui import charts
from qaf.ui.kit import _charts as every_kind

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart):
    return ET.fromstring(chart.svg)  # noqa: S314 — our own output


def texts(chart):
    return [element.text for element in drawn(chart).iter(f"{SVG}text")]


def points(*pairs, final=True):
    return [charts.Point(f"M{i} 2026", part, whole, final=final) for i, (part, whole) in enumerate(pairs)]


@pytest.mark.parametrize("chart", every_kind(), ids=lambda chart: chart.title)
def test_every_chart_is_titled_described_and_free_of_script_and_style(chart):
    root = drawn(chart)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert (title.text, description.text) == (chart.title, chart.description)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", chart.svg)
    assert all(len(row) == len(chart.head) for row in chart.rows)


@pytest.mark.parametrize("chart", every_kind(), ids=lambda chart: chart.title)
def test_every_reference_inside_a_chart_has_its_target(chart):
    ids = set(re.findall(r'\bid="([^"]+)"', chart.svg))
    assert set(re.findall(r"url\(#([^)]+)\)", chart.svg)) <= ids


def test_a_stacked_bar_shows_counts_and_n_and_its_table_shares_from_five_up():
    chart = charts.stacked(
        title="Grades",
        series=[("good", "Good"), ("poor", "Inadequate")],
        groups=[charts.Group("Rowan", (3, 2)), charts.Group("Ash", (1, 2)), charts.Group("Elm", (0, 0))],
    )
    assert chart.rows == [
        ["Rowan", "3 (60%)", "2 (40%)", "5"],
        ["Ash", "1", "2", "3"],
        ["Elm", "0", "0", "0"],
    ]
    assert [text for text in texts(chart) if ("n" in text and "=" in text) or text == "nothing counted"] == [
        "n = 5",
        "n = 3",
        "nothing counted",
    ]
    widths = [
        float(r.get("width"))
        for r in drawn(chart).iter(f"{SVG}rect")
        if r.get("height") == "28" and r.get("fill", "").startswith("#")
    ]
    assert widths[:2] == [430, 286]  # 60 and 40 of 720, less the gap between


def test_a_bar_whose_counts_do_not_fit_the_series_is_refused():
    with pytest.raises(ValueError, match="“Rowan” has 1 counts for 2 series"):
        charts.stacked(title="T", series=[("a", "A"), ("b", "B")], groups=[charts.Group("Rowan", (1,))])


def test_neighbouring_grades_differ_in_lightness_or_pattern():
    from qaf.ui.charts.palette import looks

    for count in range(1, 6):
        found = list(looks([str(n) for n in range(count)]).values())
        assert len({(look.fill, look.pattern) for look in found}) == count
        for one, two in pairwise(found):
            assert abs(_lightness(one.fill) - _lightness(two.fill)) > 25 or one.pattern != two.pattern


def _lightness(colour):
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_fewer_than_five_is_hollow_worded_and_not_joined():
    chart = charts.trend(title="T", points=points((6, 10), (3, 4), (7, 10), (8, 10)))
    assert "3 of 4" in texts(chart)
    assert "75%" in texts(chart)  # the axis
    assert [row[1] for row in chart.rows] == ["60% (6 of 10)", "3 of 4", "70% (7 of 10)", "80% (8 of 10)"]
    root = drawn(chart)
    assert [dot.get("fill") for dot in root.iter(f"{SVG}circle")] == [
        "#0f4c5c",
        "#ffffff",
        "#0f4c5c",
        "#0f4c5c",
    ]
    assert len([line for line in root.iter(f"{SVG}line") if line.get("stroke-width") == "3"]) == 1
    assert any("fewer than five" in note for note in chart.notes)


def test_a_month_that_may_still_change_is_dashed_and_said():
    chart = charts.trend(title="T", points=[*points((6, 10)), charts.Point("Dec 2026", 5, 10, final=False)])
    (stretch,) = [line for line in drawn(chart).iter(f"{SVG}line") if line.get("stroke-width") == "3"]
    assert stretch.get("stroke-dasharray")
    assert "not final" in texts(chart)
    assert chart.rows[1][0] == "Dec 2026 (not yet final)"


def test_a_month_without_audits_leaves_a_gap_and_says_none():
    chart = charts.trend(title="T", points=points((6, 10), (0, 0), (7, 10)))
    assert len(list(drawn(chart).iter(f"{SVG}circle"))) == 2
    assert [row[1:] for row in chart.rows] == [
        ["60% (6 of 10)", "10"],
        ["none", "0"],
        ["70% (7 of 10)", "10"],
    ]


def test_n_stands_under_every_point_of_every_line():
    chart = charts.trend(
        title="T",
        lines=[charts.Line("A", points((1, 11), (2, 12))), charts.Line("B", points((1, 13), (2, 14)))],
    )
    assert [text for text in texts(chart) if text in {"11", "12", "13", "14"}] == ["11", "12", "13", "14"]


def test_lines_of_different_months_are_refused():
    with pytest.raises(ValueError, match="same months"):
        charts.trend(
            title="T", lines=[charts.Line("A", points((1, 9))), charts.Line("B", points((1, 9), (2, 9)))]
        )


def test_a_trend_of_numbers_chooses_a_scale_that_holds_them():
    chart = charts.trend(
        title="Days",
        unit="days",
        points=[charts.Point("Jan 2026", value=17.5, n=9), charts.Point("Feb 2026", value=3, n=7)],
    )
    assert [text for text in texts(chart) if text in {"0", "8", "16", "24", "32"}] == [
        "0",
        "8",
        "16",
        "24",
        "32",
    ]
    assert [row[1:] for row in chart.rows] == [["17.5", "9"], ["3", "7"]]


def test_labels_are_escaped():
    chart = charts.bars(title="<script>", bars=[charts.Bar("<b>&", 3), charts.Bar("None", 0)])
    assert "<script" not in chart.svg
    assert "<b>&" in texts(chart)


def test_the_print_shows_the_chart_and_passes_as_a_tagged_pdf():
    from django.template.loader import render_to_string
    from weasyprint import HTML

    figures = "".join(
        render_to_string("ui/charts/figure.html", {"chart": chart, "table": "open", "level": 2})
        for chart in every_kind()
    )
    page = (
        f'<html lang="en-GB"><head><title>Charts</title></head><body><h1>Charts</h1>{figures}</body></html>'
    )
    pdf = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    assert pdf.startswith(b"%PDF-")
    assert b"/Figure" in HTML(string=page).write_pdf(pdf_variant="pdf/ua-1", uncompressed_pdf=True)
