"""Conditions on a history: runs, shares over months, shares that moved between quarters; and on one audit's marks."""

from datetime import date, timedelta

import pytest
from pydantic import TypeAdapter

from audits.frameworks import loader
from audits.frameworks.vocabulary import AuditFacts, Condition, Grades, History, HistoryFacts, PastAudit

FRAMEWORK = loader.builtin("herefordshire")
NAMES, RANK = FRAMEWORK.names, FRAMEWORK.main_grades.ranks
DAY = date(2026, 10, 5)
WORDS = {"g": "good", "i": "inadequate", "r": "requires_improvement", "-": None}


def history(letters: str, *, level: str = "team", days: int = 14, **last) -> HistoryFacts:
    """Audits `days` apart, the newest on 5 October 2026; one letter for each overall grade."""
    audits = [
        PastAudit(
            f"A{number}", DAY - timedelta(days=days * (len(letters) - 1 - number)), Grades(WORDS[letter])
        )
        for number, letter in enumerate(letters)
    ]
    if last:
        newest = audits[-1]
        audits[-1] = PastAudit(newest.reference, newest.on, newest.grades, **last)
    return HistoryFacts(RANK, level, audits)


def found(facts: HistoryFacts, **rule) -> list[tuple[str, ...]]:
    verdict = TypeAdapter(History).validate_python(rule).holds(facts, NAMES)
    return [reason.references for reason in verdict.reasons]


TWICE = {
    "kind": "consecutive_grade",
    "grades": ["inadequate"],
    "times": 2,
    "levels": ["team", "practitioner"],
}


@pytest.mark.parametrize(
    ("letters", "references"),
    [
        ("gii", ("A1", "A2")),
        ("i-i", ("A0", "A2")),
        ("igi", None),
        ("iig", None),
        ("i", None),
        ("ii-", None),
        ("", None),
    ],
)
def test_a_run_of_a_grade_ends_with_the_newest_audit_and_passes_over_those_without_one(letters, references):
    assert found(history(letters), **TWICE) == ([references] if references else [])


@pytest.mark.req("SEF-133")
@pytest.mark.parametrize(
    ("level", "weeks", "factors", "holds"),
    [
        ("practitioner", 5, ("causes",), False),
        ("practitioner", 6, ("causes",), True),
        ("practitioner", 5, (), True),
        ("practitioner", None, ("causes",), True),
        ("team", 5, ("causes",), True),
    ],
)
def test_a_worker_who_took_over_weeks_before_is_not_counted_where_other_causes_are_recorded(
    level, weeks, factors, holds
):
    rule = {**TWICE, "passes_over": {"weeks": 6, "factor": "causes"}}
    assert bool(found(history("ii", level=level, worker_weeks=weeks, factors=factors), **rule)) is holds


@pytest.mark.req("SEF-134")
@pytest.mark.parametrize(
    ("letters", "days", "holds"),
    [("iigg", 14, True), ("iggg", 14, False), ("iig", 14, False), ("iigggg", 30, False), ("giig", 21, True)],
    ids=["half of four", "a quarter", "too few", "long ago", "two of four within three months"],
)
def test_a_share_counts_the_months_of_the_window_and_needs_enough_audits(letters, days, holds):
    rule = {"kind": "share_of_grade", "grades": ["inadequate"], "share": 0.4, "months": 3, "min_audits": 4}
    assert bool(found(history(letters, days=days), **rule, levels=["team"])) is holds


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [("ggggg", "ggggi", 2), ("gggggggggg", "gggggggggi", 2), ("ggggg", "ggggg", 0), ("gggg", "iiiii", 0)],
    ids=["20 points", "10 points exactly", "nothing", "too few before"],
)
def test_a_share_that_moved_between_quarters_is_found_to_the_point(before, after, moved):
    audits = [PastAudit(f"B{n}", date(2026, 8, 1 + n), Grades(WORDS[x])) for n, x in enumerate(before)]
    audits += [PastAudit(f"C{n}", date(2026, 10, 1 + n), Grades(WORDS[x])) for n, x in enumerate(after)]
    rule = {"kind": "share_change", "points": 10, "levels": ["team"]}
    assert len(found(HistoryFacts(RANK, "team", audits), **rule)) == moved


@pytest.mark.parametrize(
    ("rule", "known", "unknown"),
    [
        (
            {"kind": "domain_grade", "domain": "assessments", "grades": ["inadequate"]},
            {"outcome": Grades("good", {"assessments": "inadequate"})},
            {"outcome": Grades("inadequate", {"assessments": "good"})},
        ),
        ({"kind": "flag", "flag": "concern"}, {"flags": ("concern",)}, {"flags": ("other",)}),
        (
            {"kind": "case_attribute", "attribute": "looked_after"},
            {"attributes": ("looked_after",)},
            {"attributes": ("child_in_need", "restricted")},
        ),
        ({"kind": "overall_disputed"}, {"overall_disputed": True}, {}),
        (
            {"kind": "months_since_supervision", "at_least": 6},
            {"months_since_supervision": 6},
            {"months_since_supervision": 5},
        ),
        ({"kind": "months_since_supervision", "at_least": 6}, {"months_since_supervision": 60}, {}),
        (
            {"kind": "fewer_audits_than", "audits": 2},
            {"completed_audits": {"lead": 1, "peer": 7}},
            {"completed_audits": {"lead": 2, "peer": 7}},
        ),
        (
            {"kind": "fewer_audits_than", "audits": 2},
            {"completed_audits": {"lead": 1}, "submitter": "lead"},
            {"completed_audits": {"lead": 1, "peer": 2}, "submitter": "peer"},
        ),
    ],
)
def test_each_condition_on_one_audit_holds_with_its_reason_and_only_then(rule, known, unknown):
    condition = TypeAdapter(Condition).validate_python(rule)
    verdict = condition.holds(AuditFacts(RANK, **known), NAMES)
    assert verdict
    assert verdict.reasons[0].text
    assert not condition.holds(AuditFacts(RANK, **unknown), NAMES)
    assert condition.in_words(NAMES)
