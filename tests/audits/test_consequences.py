"""What an inadequate, an outstanding and a repeated grade lead to: who is asked what, by when."""

from datetime import date

import pytest

from audits.enums import GradeSource
from audits.followup.models import FollowUp
from audits.models import Audit, FoundPattern, GradeOfRecord
from audits.selectors.links import pattern_href
from audits.selectors.patterns import may_read_pattern, pattern_for
from audits.services.finalise import confirm_outcome
from moderation.models import Moderation
from moderation.services import allocate_by_hand
from qaf.lib import clock
from qaf.notices.models import Notice
from tests.factories.assessments import (
    DOMAINS,
    assessment_of,
    make_audit,
    make_cast,
    reveal,
    settle_family,
    submit,
    submit_both,
    talk_with_worker,
)
from tests.factories.moderation import decide_all, make_seniors
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def cast(scope, frozen):
    return make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


def asked(audit: Audit, *, status: str = "open") -> dict[str, tuple[str, date | None]]:
    """Who is asked what by when, by kind."""
    links = audit.follow_up_links.filter(follow_up__status=status).select_related("follow_up__assignee")
    return {
        link.follow_up.kind: (
            link.follow_up.assignee.name if link.follow_up.assignee else link.follow_up.assignee_role,
            link.follow_up.due_on,
        )
        for link in links
    }


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


@pytest.mark.req("HER-43", "HER-44")
def test_one_inadequate_overall_grade_tells_the_head_of_service_at_once_and_asks_for_oversight(cast, seniors):
    audit = make_audit(cast)
    reveal(audit, "inadequate", "good")
    talk_with_worker(audit)
    settle_family(audit)
    submit(audit, "lead")
    assert audit.status == "revealed", "the other auditor has not submitted"
    assert told("rule.inadequate_alert") == {"Hetty Head"}
    assert asked(audit) == {"oversight": ("Hetty Head", date(2026, 10, 12))}
    submit(audit, "peer")
    assert asked(audit) == {"oversight": ("Hetty Head", date(2026, 10, 12))}, "once, however many submit"


@pytest.mark.req("HER-43")
def test_both_inadequate_ask_once(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "inadequate", "inadequate")
    assert FollowUp.objects.filter(kind="oversight").count() == 1
    assert Notice.objects.filter(kind="rule.inadequate_alert").count() == 1


def test_the_alert_stands_down_where_the_final_outcome_does_not_bear_it_out(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "inadequate", "good")
    moderation = Moderation.objects.get(audit=audit)
    allocate_by_hand(moderation=moderation, moderator=seniors.mona, person=cast.quinn)
    decide_all(moderation, "good")
    audit.refresh_from_db()
    assert asked(audit)["oversight"], "it stays until the outcome is final"
    confirm_outcome(audit=audit, person=cast.wyn)
    oversight = FollowUp.objects.get(kind="oversight")
    assert (oversight.status, oversight.comment) == (
        "not_needed",
        f"The final outcome of {audit.reference} does not bear it out.",
    )
    assert "Hetty Head" in told("follow_up_stood_down")
    assert set(asked(audit)) == {"filing", "supervision"}


@pytest.mark.req("HER-45", "HER-46", "HER-70")
def test_a_final_inadequate_opens_review_re_audit_and_conversation_counted_from_completion(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "inadequate", "inadequate")
    with clock.travel(date(2026, 10, 8)):
        confirm_outcome(audit=audit, person=cast.wyn)
    found = asked(audit)
    re_auditor, re_audit_due = found.pop("re_audit")
    assert found == {
        "oversight": ("Hetty Head", date(2026, 10, 12)),
        "review": ("Sam Service", date(2026, 11, 16)),
        "conversation": ("Lena Lead", date(2026, 10, 15)),
        "filing": ("qa_team", date(2026, 10, 15)),
        "supervision": ("Lena Lead", date(2026, 11, 19)),
    }
    assert re_audit_due == date(2027, 1, 5)
    assert re_auditor in {"Hetty Head", "Hal Head", "Dev Director", "Pam Principal"}


@pytest.mark.req("HER-46")
def test_nobody_who_audited_the_case_is_asked_to_audit_it_again(cast, seniors):
    for person in (seniors.hetty, seniors.hal, seniors.dev):
        person.left_on = date(2026, 10, 1)
        person.save()
    audit = make_audit(cast)
    peer = assessment_of(audit, "peer")
    peer.assessor = seniors.pam
    peer.save()
    submit_both(audit, "inadequate", "inadequate")
    confirm_outcome(audit=audit, person=cast.wyn)
    follow_up = FollowUp.objects.get(kind="re_audit")
    assert (follow_up.assignee, follow_up.assignee_role) == (None, "senior_manager")


def test_an_inadequate_domain_alone_asks_for_the_conversation_and_nothing_more(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "good", "good")
    GradeOfRecord.objects.filter(audit=audit, domain="assessments").update(grade="inadequate")
    confirm_outcome(audit=audit, person=cast.wyn)
    assert set(asked(audit)) == {"filing", "supervision", "conversation"}


@pytest.mark.req("HER-69")
def test_outstanding_practice_is_marked_and_told(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit, "outstanding", "outstanding")
    confirm_outcome(audit=audit, person=cast.wyn)
    audit.refresh_from_db()
    assert audit.good_practice
    assert told("rule.celebrate") == {"Lena Lead", "Wyn Worker"}


@pytest.mark.req("HER-28")
def test_findings_and_actions_go_to_worker_managers_and_chair_then_and_now(cast, seniors):
    audit = make_audit(cast)
    submit_both(audit)
    nora = make_person("Nora Newworker", "social_worker", unit=cast.team)
    audit.case.worker = nora
    audit.case.save()
    confirm_outcome(audit=audit, person=cast.wyn)
    assert told("audit_final") == {"Wyn Worker", "Nora Newworker", "Lena Lead", "Sam Service", "Ivor Chair"}


# Patterns -------------------------------------------------------------------------------------------------------------


def past_audit(cast, number: int, *, grade: str, origin: str = "random", **fields) -> Audit:
    """A final audit of an earlier month in which only the plans were weak."""
    audit = make_audit(cast, local_id=f"9{number}")
    day = date(2026, 10 - number, 5)
    Audit.objects.filter(pk=audit.pk).update(
        status="final", origin=origin, allocated_on=day, final_at=clock.now(), **fields
    )
    for key in (*DOMAINS, ""):
        GradeOfRecord.objects.create(
            audit=audit,
            domain=key,
            grade=grade if key == "quality_of_plans" else "good",
            source=GradeSource.AGREED,
            decided_at=clock.now(),
        )
    return audit


def finish_with_weak_plans(cast) -> Audit:
    audit = make_audit(cast)
    submit_both(audit, "good", "good")
    GradeOfRecord.objects.filter(audit=audit, domain="quality_of_plans").update(grade="requires_improvement")
    confirm_outcome(audit=audit, person=cast.wyn)
    return audit


@pytest.mark.req("HER-53")
def test_a_domain_below_good_three_times_running_tells_the_service_manager(cast, seniors):
    past_audit(cast, 1, grade="inadequate")
    past_audit(cast, 2, grade="requires_improvement")
    finish_with_weak_plans(cast)
    assert told("pattern") == {"Sam Service"}
    sent = Notice.objects.filter(kind="pattern")
    assert {(one.subject, one.body) for one in sent} == {
        (
            "A pattern needs your attention",
            "Several audits show the same. Open it to read what they show, and whose work it is about.",
        )
    }
    patterns = {one.level: one for one in FoundPattern.objects.all()}
    assert {one.href for one in sent} == {pattern_href(one) for one in patterns.values()}
    assert set(patterns) >= {"practitioner", "team"}
    rules = [("repeated_domain_weakness", "A domain stays below Good")]
    for level, about in (("practitioner", "The work of Wyn Worker"), ("team", "Rowan")):
        read = pattern_for(patterns[level], cast.sam, rules)
        assert (read.about, read.label) == (about, "A domain stays below Good")
        assert read.found.text.startswith("Quality of Plans: ")
        assert [bool(href) for _, href in read.audits] == [True, True, True]
    readers = [
        one
        for one in (cast.sam, cast.quinn, cast.wyn, cast.lena, cast.stranger)
        if may_read_pattern(patterns["practitioner"], one)
    ]
    assert readers == [cast.sam, cast.quinn]


@pytest.mark.req("HER-53")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"grade": "good"}, {"grade": "inadequate"}),
        ({"grade": "inadequate", "origin": "re_audit"}, {"grade": "inadequate"}),
    ],
    ids=["a good one between", "a re-audit does not count"],
)
def test_no_pattern_is_told_where_there_is_none(cast, seniors, first, second):
    past_audit(cast, 1, **first)
    past_audit(cast, 2, **second)
    finish_with_weak_plans(cast)
    assert told("pattern") == set()


@pytest.mark.req("HER-53")
def test_the_work_of_another_service_makes_no_pattern_and_of_another_team_one_of_their_service(cast, seniors):
    other = {"worker": cast.stranger, "team": cast.stranger.unit}
    past_audit(cast, 1, grade="inadequate", service=cast.stranger.unit.parent, **other)
    past_audit(cast, 2, grade="inadequate")
    past_audit(cast, 3, grade="inadequate", **other)
    finish_with_weak_plans(cast)
    assert told("pattern") == {"Sam Service"}
    assert [(one.level, one.subject) for one in FoundPattern.objects.all()] == [("service", cast.service.pk)]


@pytest.mark.req("HER-53")
def test_the_work_of_another_worker_of_another_service_makes_no_pattern(cast, seniors):
    other = {"worker": cast.stranger, "team": cast.stranger.unit, "service": cast.stranger.unit.parent}
    past_audit(cast, 1, grade="inadequate", **other)
    past_audit(cast, 2, grade="inadequate")
    finish_with_weak_plans(cast)
    assert told("pattern") == set()
