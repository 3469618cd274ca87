from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.frameworks import loader
from audits.frameworks.vocabulary import AuditFacts, Grades, HistoryFacts, PastAudit, all_hold

HEREFORDSHIRE = loader.builtin("herefordshire")
NAMES = HEREFORDSHIRE.names
RANK = HEREFORDSHIRE.main_grades.ranks
DOMAINS = [domain.key for domain in HEREFORDSHIRE.main_tool.domains]
grade = st.sampled_from([*RANK, None])


def grades(overall="good", **domains):
    return Grades(overall, {key: domains.get(key, "good") for key in DOMAINS})


def facts(lead, peer, **more):
    return AuditFacts(rank=RANK, submitted={"lead": lead, "peer": peer}, **more)


def selected(lead, peer):
    """The reasons, by selector, for which this audit is moderated."""
    found = {}
    for selector in HEREFORDSHIRE.moderation.selectors:
        if selector.evaluated == "all_submitted":
            verdict = selector.rule.selects(facts(lead, peer), NAMES)
            if verdict:
                found[selector.key] = [reason.text for reason in verdict.reasons]
    return found


@pytest.mark.req("HER-34", "HER-35")
def test_two_auditors_who_agree_on_everything_are_not_moderated():
    assert selected(grades(), grades()) == {}


@pytest.mark.req("HER-34")
def test_any_difference_overall_is_moderated_with_both_grades_as_the_reason():
    assert selected(grades("good"), grades("requires_improvement")) == {
        "overall_differs": ["Overall: Lead auditor Good, Peer auditor Requires improvement"]
    }


@pytest.mark.req("HER-35")
def test_a_difference_in_one_domain_is_moderated_even_where_the_overall_grades_agree():
    assert selected(grades(assessments="outstanding"), grades(voice_of_child="inadequate")) == {
        "domain_differs": [
            "Voice of the Child: Lead auditor Good, Peer auditor Inadequate",
            "Assessments: Lead auditor Outstanding, Peer auditor Good",
        ]
    }


@pytest.mark.parametrize("absent", [None, "not_applicable", ""])
def test_a_domain_only_one_of_them_could_judge_is_a_difference(absent):
    assert selected(grades(quality_of_plans=absent), grades()) == {
        "domain_differs": ["Quality of Plans: Lead auditor not applicable, Peer auditor Good"]
    }
    assert selected(grades(quality_of_plans=absent), grades(quality_of_plans=None)) == {}


def test_nothing_differs_before_both_have_submitted():
    only_lead = AuditFacts(rank=RANK, submitted={"lead": grades("inadequate")})
    for selector in HEREFORDSHIRE.moderation.selectors[:2]:
        assert not selector.rule.selects(only_lead, NAMES)


@given(st.lists(grade, min_size=7, max_size=7), st.lists(grade, min_size=7, max_size=7))
def test_moderation_opens_exactly_when_any_of_the_seven_grades_differs_and_names_each(one, two):
    lead = Grades(one[0], dict(zip(DOMAINS, one[1:], strict=True)))
    peer = Grades(two[0], dict(zip(DOMAINS, two[1:], strict=True)))
    reasons = [text for texts in selected(lead, peer).values() for text in texts]
    assert len(reasons) == sum(a != b for a, b in zip(one, two, strict=True))


@given(st.lists(grade, min_size=7, max_size=7), st.lists(grade, min_size=7, max_size=7))
def test_it_does_not_matter_which_of_the_two_is_lead(one, two):
    lead = Grades(one[0], dict(zip(DOMAINS, one[1:], strict=True)))
    peer = Grades(two[0], dict(zip(DOMAINS, two[1:], strict=True)))
    assert selected(lead, peer).keys() == selected(peer, lead).keys()


def follows(occurrence, audit):
    return [
        rule.key
        for rule in HEREFORDSHIRE.consequences_of(occurrence)
        if all_hold(rule.conditions, audit, NAMES)
    ]


@pytest.mark.req("HER-43")
@pytest.mark.parametrize("submitter", ["lead", "peer"])
def test_an_inadequate_overall_grade_of_either_auditor_alerts_on_submission(submitter):
    submitted = {"lead": grades(), "peer": grades()} | {submitter: grades("inadequate")}
    other = "peer" if submitter == "lead" else "lead"
    assert follows("audit_submitted", AuditFacts(rank=RANK, submitted=submitted, submitter=submitter)) == [
        "inadequate_alert"
    ]
    assert follows("audit_submitted", AuditFacts(rank=RANK, submitted=submitted, submitter=other)) == []


@pytest.mark.req("HER-45", "HER-46", "HER-69", "HER-70")
@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (grades("inadequate"), ["inadequate_review", "inadequate_re_audit", "inadequate_conversation"]),
        (grades("requires_improvement", assessments="inadequate"), ["inadequate_conversation"]),
        (grades("outstanding"), ["celebrate"]),
        (grades("good"), []),
    ],
)
def test_what_follows_a_final_outcome_depends_on_its_grades(outcome, expected):
    assert follows("audit_finalised", AuditFacts(rank=RANK, outcome=outcome)) == expected


def history(*rows, level="team"):
    audits = [PastAudit(f"A-{n}", date(2026, n + 1, 20), row) for n, row in enumerate(rows)]
    return HistoryFacts(rank=RANK, level=level, audits=audits)


RI = "requires_improvement"


@pytest.mark.req("HER-53")
def test_a_domain_below_good_three_times_running_is_named_with_the_three_audits():
    rule = HEREFORDSHIRE.trends[0].condition
    verdict = rule.holds(
        history(grades(assessments=RI), grades(assessments="inadequate"), grades(assessments=RI)), NAMES
    )
    assert [(reason.domain, reason.text) for reason in verdict.reasons] == [
        ("assessments", "Assessments: A-0 Requires improvement, A-1 Inadequate, A-2 Requires improvement")
    ]


@pytest.mark.req("HER-53")
def test_a_good_grade_in_between_breaks_the_run_and_an_audit_without_the_domain_does_not():
    rule = HEREFORDSHIRE.trends[0].condition
    weak, fine, absent = grades(assessments=RI), grades(), grades(assessments=None)
    assert not rule.holds(history(weak, weak), NAMES)
    assert not rule.holds(history(weak, weak, fine, weak), NAMES)
    assert rule.holds(history(weak, weak, absent, weak), NAMES)
    # A pattern is told when a new audit bears it out, not again by one that says nothing of the domain.
    assert not rule.holds(history(weak, weak, weak, absent), NAMES)
    assert not rule.holds(history(weak, weak, weak, level="authority"), NAMES)
