"""Dates in three boxes, yes and no, and how faults are worded."""

from datetime import date

import pytest

from qaf.lib import clock
from qaf.ui import forms

TODAY = date(2026, 12, 3)


class Dated(forms.Form):
    on = forms.DateField(noun="the date of the visit", past=True, not_before=date(2026, 1, 1))


def cleaned(day, month, year):
    form = Dated({"on_0": day, "on_1": month, "on_2": year})
    with clock.travel(TODAY):
        if form.is_valid():
            return form.cleaned_data["on"]
    (error,) = form.errors.as_data()["on"]
    return error.message, error.params["parts"]


@pytest.mark.parametrize(
    "given",
    [("3", "12", "2026"), ("03", "dec", "26"), (" 3 ", "December", "2026"), ("3", "DECEMBER", "2026")],
)
def test_a_date_may_be_written_as_people_write_it(given):
    assert cleaned(*given) == date(2026, 12, 3)


@pytest.mark.parametrize(
    ("given", "message", "parts"),
    [
        (("", "", ""), "Enter the date of the visit", (0, 1, 2)),
        (("3", "", ""), "The date of the visit must include a month and a year", (1, 2)),
        (("32", "1", "2026"), "The date of the visit must have a real day, like 27", (0,)),
        (("3", "13", "2026"), "The date of the visit must have a real month, like 3 or March", (1,)),
        (("3", "Nonuary", "2026"), "The date of the visit must have a real month, like 3 or March", (1,)),
        (("3", "12", "202"), "The date of the visit must have a year of four figures, like 2026", (2,)),
        (("29", "2", "2026"), "The date of the visit must be a real date", (0, 1, 2)),
        (("4", "12", "2026"), "The date of the visit must be today or in the past", (0, 1, 2)),
        (
            ("31", "12", "2025"),
            "The date of the visit must be on or after Thursday 1 January 2026",
            (0, 1, 2),
        ),
        (("²", "12", "2026"), "The date of the visit must have a real day, like 27", (0,)),
    ],
)
def test_each_fault_of_a_date_is_named_with_its_box(given, message, parts):
    assert cleaned(*given) == (message, parts)


def test_a_date_that_may_be_left_out_is_none_and_one_kept_is_not_changed():
    class Loose(forms.Form):
        on = forms.DateField(required=False)

    empty = Loose({})
    assert empty.is_valid()
    assert empty.cleaned_data == {"on": None}
    same = Loose({"on_0": "03", "on_1": "12", "on_2": "2026"}, initial={"on": TODAY})
    assert same.is_valid()
    assert not same.has_changed()


def test_yes_and_no_are_true_and_false_and_nothing_is_none():
    class Asked(forms.Form):
        needed = forms.YesNoField(required=False)

    answers = {}
    for given in ("yes", "no", ""):
        form = Asked({"needed": given})
        assert form.is_valid()
        answers[given] = form.cleaned_data["needed"]
    assert answers == {"yes": True, "no": False, "": None}
    assert Asked(initial={"needed": False})["needed"].value() == "no"


def test_an_empty_field_says_what_to_do_and_a_wording_of_its_own_is_kept():
    class Worded(forms.Form):
        title = forms.CharField(label="Title of the finding")
        iro = forms.CharField(label="IRO’s name")
        team = forms.ChoiceField(label="Team", choices=[("", "-"), ("a", "A")])
        spoken = forms.YesNoField(label="Did you speak?")
        own = forms.CharField(error_messages={"required": "Say why, in one sentence"})

    assert {name: errors[0] for name, errors in Worded({}).errors.items()} == {
        "title": "Enter title of the finding",
        "iro": "Enter IRO’s name",
        "team": "Select team",
        "spoken": "Answer the question “Did you speak?”",
        "own": "Say why, in one sentence",
    }
