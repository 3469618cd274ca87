"""The tag library: words for grades and statuses, components by name."""

from datetime import date

import pytest
from django.core.paginator import Paginator
from django.db import models
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import strip_tags

from qaf.lib import clock
from qaf.ui.components import component, params_from
from qaf.ui.tagging import grade_tag, status_tag


def render(source, **context):
    return Template("{% load qaf_ui %}" + source).render(Context(context))


class Status(models.TextChoices):
    OPEN = "open", "In progress"

    @property
    def tone(self):
        return "blue"


def test_a_grade_is_always_its_word():
    class Grade:
        label, rank = "Requires improvement", 3

    assert grade_tag(Grade()) == '<strong class="qaf-grade qaf-grade--3">Requires improvement</strong>'
    assert grade_tag(("good", "Good")) == '<strong class="qaf-grade">Good</strong>'
    assert grade_tag("<b>") == '<strong class="qaf-grade">&lt;b&gt;</strong>'
    assert grade_tag(None) == ""


def test_a_status_shows_its_label_in_its_own_tone_unless_another_is_given():
    assert status_tag(Status.OPEN) == '<strong class="govuk-tag govuk-tag--blue">In progress</strong>'
    assert status_tag(Status.OPEN, "red") == '<strong class="govuk-tag govuk-tag--red">In progress</strong>'
    assert status_tag(("Late", "red")) == '<strong class="govuk-tag govuk-tag--red">Late</strong>'
    with pytest.raises(ValueError, match="There is no tone “puce”"):
        status_tag("Late", "puce")


def test_filters_of_nothing_are_nothing():
    assert (
        render("{{ a|long_date }}{{ a|due }}{{ a|grade_tag }}{{ a|status_tag }}{{ a|date_time }}", a=None)
        == ""
    )


def test_a_late_date_is_late_in_words_and_marked():
    with clock.travel(date(2026, 12, 3)):
        html = render("{{ day|due }}", day=date(2026, 12, 1))
    assert html == '<span class="qaf-due qaf-due--late">2 working days late</span>'


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2026, 11, 27), "1 working day late, was due on Friday 27 November 2026"),
        (date(2026, 11, 30), "due today, Monday 30 November 2026"),
        (date(2026, 12, 3), "due in 3 working days, on Thursday 3 December 2026"),
    ],
)
def test_a_due_day_is_told_with_how_far_off_it_is(due, said):
    with clock.travel(date(2026, 11, 30)):
        assert strip_tags(render("{{ d|due_on }}", d=due)) == said
    assert render("{{ d|due_on }}", d=None) == ""


def test_references_in_a_text_stay_whole_and_everything_else_is_escaped():
    html = render("{{ t|whole_references }}", t="Discuss HER-2026-0004 & <HER-2026-0005>")
    whole = '<span class="qaf-whole">HER-2026-000{}</span>'
    assert html == f"Discuss {whole.format(4)} &amp; &lt;{whole.format(5)}&gt;"


def test_the_count_of_a_share_can_stand_below_it():
    html = render("{{ a|share_in_lines }}/{{ b|share_in_lines }}", a="39% (7 of 18)", b="3 of 4")
    assert html == '39% <span class="qaf-table__n">7 of 18</span>/3 of 4'


def test_options_become_component_parameters():
    given = params_from(
        {"label": {"text": "Old", "for": "x"}}, {"title_text": "T", "label__text": "New", "gone": None}
    )
    assert given == {"label": {"text": "New", "for": "x"}, "titleText": "T"}
    assert params_from(None, {"attributes__data_foo": "1"}) == {"attributes": {"data-foo": "1"}}


def test_params_of_the_view_are_not_changed_by_the_template():
    view = {"label": {"text": "Old"}}
    params_from(view, {"label__text": "New"})
    assert view == {"label": {"text": "Old"}}


def test_an_unknown_component_is_named():
    with pytest.raises(ValueError, match=r"no GOV\.UK component called “buton”"):
        component("buton", {})


def test_text_in_components_is_escaped():
    html = render('{% govuk "button" text=text href=href %}', text="<script>", href='"><script>')
    assert "<script>" not in html


def test_a_component_takes_content_between_its_tags():
    html = render(
        '{% govukblock "details" summary_text="How" %}<p>{{ text }}</p>{% endgovukblock %}', text="<b>"
    )
    assert "<p>&lt;b&gt;</p>" in html
    assert "How" in html


def test_pages_keep_the_query_and_one_page_needs_none():
    request = RequestFactory().get("/", {"team": "a", "page": "2"})
    many = render("{% govuk_pagination page %}", request=request, page=Paginator(range(50), 5).page(2))
    assert 'href="?team=a&amp;page=3"' in many
    assert 'aria-current="page"' in many
    assert render("{% govuk_pagination page %}", request=request, page=Paginator(range(5), 5).page(1)) == ""


def test_a_table_scrolls_in_a_region_that_the_keyboard_reaches():
    html = render('{% qaf_table "Audits" %}<tbody></tbody>{% endqaf_table %}')
    assert 'role="region"' in html
    assert 'tabindex="0"' in html
    assert 'aria-label="Audits"' in html


def test_a_reference_is_never_broken_at_its_hyphens():
    assert render('{% td_header "ALD-2026-0012" href="/x/" %}').startswith(
        '<th scope="row" class="qaf-whole"><a '
    )
    assert render('{% td_header "Out-of-hours team" %}') == '<th scope="row">Out-of-hours team</th>'


def test_a_finished_job_is_no_longer_asked_about():
    page = '{% progress_refresh p %}{% include "ui/progress.html" with progress=p %}'
    request = RequestFactory().get("/a/job/?x=1")
    running = render(page, p={"label": "Reading", "done": 1, "total": 4}, request=request)
    done = render(
        page,
        p={"label": "Reading", "done": 4, "total": 4, "finished": True, "href": "/result/"},
        request=request,
    )
    assert 'hx-get="/a/job/?x=1"' in running
    assert 'http-equiv="refresh"' in running
    assert "X-QAF-Poll" in running
    assert "hx-get" not in done
    assert "refresh" not in done
    assert 'href="/result/"' in done
