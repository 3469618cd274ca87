import pytest

from audits.frameworks import loader

FOUR = loader.builtin("herefordshire").main_grades
RI = "requires_improvement"


def test_grades_are_words_in_order():
    assert [grade.label for grade in FOUR.best_first] == [
        "Outstanding",
        "Good",
        "Requires improvement",
        "Inadequate",
    ]
    assert FOUR.label_of(None) == "Not applicable"
    assert FOUR.is_below(RI, "good")
    assert not FOUR.is_below("good", "good")
    assert FOUR.steps("outstanding", "inadequate") == 3


@pytest.mark.parametrize(
    ("grades", "middle"),
    [
        ([], None),
        ([None, "good"], "good"),
        (["good", "inadequate"], "inadequate"),  # of two middles the worse
        (["outstanding", "good", "good", RI, "inadequate"], "good"),
    ],
)
def test_the_middle_of_the_domains(grades, middle):
    assert FOUR.median(grades) == middle


def test_an_overall_grade_two_steps_from_the_middle_is_pointed_out_and_one_step_is_not():
    assert FOUR.overall_warning("good", [RI] * 6) is None
    assert FOUR.overall_warning("outstanding", [RI] * 6) == (
        "The overall grade is Outstanding, while the middle of the domains is Requires improvement. "
        "Check that this is what you mean."
    )
    assert FOUR.overall_warning("outstanding", []) is None


def test_a_council_may_have_an_overall_grade_above_an_inadequate_domain_pointed_out():
    durham = loader.builtin("durham").main_grades
    domains = ["good"] * 5 + ["inadequate"]
    assert (
        durham.overall_warning("good", domains) == "A domain is Inadequate, while the overall grade is Good."
    )
    assert durham.overall_warning(RI, domains) is None
    assert FOUR.overall_warning("good", domains) is None


@pytest.mark.parametrize(
    ("score", "grade"),
    [(0, "inadequate"), (2, "inadequate"), (3, RI), (5, RI), (8, "good"), (9, "outstanding")],
)
def test_historic_scores_convert_by_band(score, grade):
    assert loader.builtin("west_sussex").main_grades.former_scale.convert(score) == grade


@pytest.mark.parametrize("score", [-1, 11])
def test_a_score_outside_the_former_scale_is_refused(score):
    with pytest.raises(ValueError, match="runs from 0 to 10"):
        loader.builtin("west_sussex").main_grades.former_scale.convert(score)
