"""Forms become GOV.UK markup: what is typed survives, what is wrong can be reached."""

from html.parser import HTMLParser

import pytest
from django.forms import formset_factory
from django.utils.safestring import mark_safe

from qaf.ui import forms
from qaf.ui.adapter import render_field, render_form
from qaf.ui.errors import error_summary


class Page(HTMLParser):
    """The few things the tests ask of a page: tags with their attributes, ids, text of textareas."""

    def __init__(self, html):
        super().__init__()
        self.tags, self._open, self.textareas, self.text = [], None, {}, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open = dict(attrs)["name"] if tag == "textarea" else None
        if self._open:
            self.textareas[self._open] = ""

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        self.text += data
        if self._open:
            self.textareas[self._open] += data

    @property
    def ids(self):
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]

    @property
    def links(self):
        return [attrs["href"] for tag, attrs in self.tags if tag == "a"]

    def named(self, name):
        return [attrs for _, attrs in self.tags if attrs.get("name") == name]


class ContactForm(forms.Form):
    spoken = forms.YesNoField(label="Did you speak to the family?")
    on = forms.DateField(label="When?", noun="the date you spoke", past=True)
    reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "---------"), ("declined", "Declined"), ("other", "Other")],
        widget=forms.RadioSelect,
    )
    other = forms.CharField(label="What was it?", widget=forms.Textarea, required=False)
    people = forms.MultipleChoiceField(
        label="Who", choices=[("m", "Mother"), ("f", "Father")], widget=forms.CheckboxSelectMultiple
    )
    team = forms.ChoiceField(label="Team", choices=[("", "---------"), ("rowan", "Rowan & Ash")])
    hours = forms.IntegerField(label="Hours", max_value=9)
    sure = forms.BooleanField(label="I have read the record")
    secret = forms.CharField(widget=forms.HiddenInput)
    file = forms.FileField(label="File")
    word = forms.CharField(label="Password", widget=forms.PasswordInput)
    govuk = {"reason": {"conditional": {"other": "other"}, "item_hints": {"declined": "They said no"}}}


def test_what_a_person_wrote_comes_back_letter_for_letter_even_inside_a_choice():
    written = "\n  First line\n    indented <b>&amp;\n\n</textarea>\nlast"
    form = ContactForm({"reason": "other", "other": written})
    page = Page(render_form(form))
    # HTML drops the first newline after the tag; the parser here does not.
    assert page.textareas["other"] == "\n" + written


def test_every_field_is_drawn_once_and_a_revealed_one_only_inside_its_choice():
    html = render_form(ContactForm())
    page = Page(html)
    assert len(page.named("other")) == 1
    assert html.index("id_reason-2") < html.index("id_other") < html.index("id_people")
    assert "data-aria-controls" not in html
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("bound", [False, True])
def test_the_summary_leads_only_to_ids_that_exist(bound):
    form = ContactForm({"on_0": "1", "on_1": "", "on_2": "2026"} if bound else None)
    summary, page = Page(error_summary(form)), Page(render_form(form))
    assert bool(summary.links) is bound
    assert {link.removeprefix("#") for link in summary.links} <= set(page.ids)
    if bound:
        assert summary.links == [
            f"#{target}"
            for target in (
                "id_spoken",
                "id_on_1",
                "id_reason",
                "id_people",
                "id_team",
                "id_hours",
                "id_sure",
                "id_file",
                "id_word",
            )
        ]
        assert "Enter secret" in summary.text  # of the hidden field: said, though it cannot be reached


def test_the_summary_of_a_formset_leads_into_its_rows_and_passes_over_removed_ones():
    class Row(forms.Form):
        what = forms.CharField(label="Action")

    rows = formset_factory(Row, extra=0, can_delete=True)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-DELETE": "on"}
    formset = rows(data)
    summary = Page(error_summary(formset))
    assert summary.links == ["#id_form-1-what"]
    assert "id_form-1-what" in Page(render_form(formset.forms[1])).ids


def test_an_error_is_said_at_the_field_and_tied_to_it():
    form = ContactForm({})
    page = Page(render_field(form["hours"]))
    (control,) = page.named("hours")
    assert control["aria-describedby"] == "id_hours-error"
    assert "id_hours-error" in page.ids
    assert "Enter hours" in page.text


def test_the_browser_is_not_asked_to_check_or_to_cut_words_off():
    class Short(forms.Form):
        title = forms.CharField(max_length=10, required=True)
        hours = forms.IntegerField(min_value=1, max_value=9)

    page = Page(render_form(Short()))
    (title,), (hours,) = page.named("title"), page.named("hours")
    assert not {"maxlength", "required", "min", "max"} & (set(title) | set(hours))
    assert (hours["type"], hours["inputmode"]) == ("text", "numeric")


def test_text_is_escaped_and_only_marked_html_is_not():
    class Labels(forms.Form):
        plain = forms.CharField(label="<script>x</script>", help_text="<i>hint</i>")
        marked = forms.CharField(label="Marked", help_text=mark_safe("<em>hint</em>"))
        pick = forms.ChoiceField(choices=[("a", "<b>bold</b>")], widget=forms.RadioSelect)

    html = render_form(Labels({"plain": '"><script>alert(1)</script>'}))
    assert "<script>" not in html
    assert "<i>" not in html
    assert "<b>" not in html
    assert "<em>hint</em>" in html


def test_a_blank_choice_is_no_radio_and_asks_politely_in_a_select():
    page = Page(render_form(ContactForm()))
    assert [attrs["value"] for attrs in page.named("reason")] == ["declined", "other"]
    assert "Select" in page.text
    assert "---" not in page.text


def test_chosen_values_are_shown_as_chosen():
    form = ContactForm(
        {"spoken": "no", "people": ["f"], "team": "rowan", "sure": "on", "reason": "declined", "on_0": "3"}
    )
    html = render_form(form)
    page = Page(html)
    chosen = {(attrs["name"], attrs["value"]) for _, attrs in page.tags if "checked" in attrs}
    assert chosen == {("spoken", "no"), ("people", "f"), ("sure", "on"), ("reason", "declined")}
    assert [attrs["value"] for tag, attrs in page.tags if tag == "option" and "selected" in attrs] == [
        "rowan"
    ]
    assert page.named("on_0")[0]["value"] == "3"
    assert page.named("word")[0].get("value") is None  # a password never comes back


def test_inline_choices_that_reveal_a_question_are_stacked():
    class Asked(forms.Form):
        yes = forms.YesNoField(label="Yes?")
        why = forms.CharField(required=False)
        govuk = {"yes": {"inline": True}}

    assert "govuk-radios--inline" in render_form(Asked())
    Asked.govuk = {"yes": {"inline": True, "conditional": {"no": "why"}}}
    assert "govuk-radios--inline" not in render_form(Asked())


def test_options_in_the_template_go_over_those_of_the_form():
    html = render_field(ContactForm()["other"], {"rows": 12, "label": "Another question", "label_size": "l"})
    page = Page(html)
    assert page.named("other")[0]["rows"] == "12"
    assert "Another question" in page.text
    assert "govuk-label--l" in html
