"""The month's moderation meeting, a manager's review, the quarter's consistency session, thanks and challenges."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from audits.enums import AuditStatus
from moderation.models import FeedbackReceipt, Meeting, Moderation
from moderation.selectors import to_decide
from moderation.selectors.meetings import attendance_of, meeting_list
from moderation.services import decide
from moderation.services.disputes import raise_dispute
from moderation.services.drawing import draw_ended_months, draw_ended_quarter
from moderation.services.meetings import (
    choose_by_theme,
    invite,
    issue_feedback,
    prepare_meeting,
    record_meeting,
)
from moderation.services.panels import give_view
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.transitions import TransitionRefused
from tests.factories.graded import finalised, month_of_audits, submitted_audit
from tests.factories.moderation import type_decision
from tests.golden.town import build_town

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def slough(scope, frozen):
    return build_town("slough", children_in_a_team=5, teams_in_a_service=1, at_the_centre=2)


def submitted(town, cycle, role: str, numbers: range, grade: str = "requires_improvement"):
    people = town.people[role]
    return [submitted_audit(town, cycle, number, people[number % len(people)], grade) for number in numbers]


@pytest.mark.req("SLO-149")
def test_the_manager_of_the_team_reviews_a_consultants_audit_within_the_frameworks_days(slough):
    team = next(iter(slough.teams.values()))
    consultant = slough.holder("consultant_practitioner", team.name)
    manager = slough.holder("practice_manager", team.name)
    number = next(n for n, case in enumerate(slough.cases) if case.team == team)
    audit = submitted_audit(slough, month_of_audits(), number, consultant, "good")
    review = Moderation.objects.get(audit=audit)
    assert (review.mode, review.moderator, review.due_on) == ("single_decider", manager, date(2026, 10, 12))
    assert "Moderate an audit" in {one.text for one in todo_for(manager)}
    type_decision(review, {"": "good"}, standards_met="yes", standards_text="Every statement is evidenced.")
    decide(moderation=review, person=manager)
    review.refresh_from_db()
    assert (review.status, review.standards_met) == ("decided", "yes")
    with clock.travel(date(2026, 11, 2)):
        draw_ended_months()
    second = Moderation.objects.filter(audit=audit).order_by("-round").first()
    assert (second.round, second.mode, second.meeting.kind) == (2, "panel", "panel")


@pytest.mark.req("SLO-74", "SLO-75", "SLO-76", "SLO-117", "SLO-118", "SLO-150", "SLO-164")
def test_a_meeting_chooses_its_audits_hears_its_people_and_concludes_on_standards(slough):
    cycle = month_of_audits()
    meeting = prepare_meeting(cycle=cycle)
    chair, heads = slough.one("hos_sqa"), slough.people["head_of_service"]
    assert meeting.chair == chair
    assert {one.person for one in meeting.people.all()} == {*slough.people["hos_sqa"], *heads}
    audits = submitted(slough, cycle, "practice_manager", range(2))
    manager = slough.people["practice_manager"][-1]
    consultant = slough.people["consultant_practitioner"][-1]
    assert "Hold the audit moderation meeting" in {one.text for one in todo_for(chair)}
    with pytest.raises(ValidationError, match="theme"):
        choose_by_theme(meeting=meeting, theme=" ", audits=audits, person=chair)
    choose_by_theme(meeting=meeting, theme="Direct work", audits=audits, person=chair)
    assert invite(meeting=meeting, people=[manager, consultant], person=chair) == 2
    with clock.travel(date(2026, 11, 2)):
        assert draw_ended_months() == 0
    case = meeting.cases.get(audit=audits[0])
    assert (case.method, case.moderator, case.reasons.get().text) == (
        "thematic",
        chair,
        "Chosen by theme: Direct work",
    )
    with clock.travel(date(2026, 11, 12)):
        for person in (heads[0], heads[-1], consultant):
            give_view(
                moderation=case, grade="good", view="Standards are met.", standards_met="yes", person=person
            )
        type_decision(case, {"": "good"}, standards_met="partly", standards_text="The plan is thin.")
        decide(moderation=case, person=chair)
        attended = dict.fromkeys([one.person_id for one in meeting.people.all()], "attended")
        record_meeting(
            meeting=meeting,
            held_on=date(2026, 11, 12),
            attendance=attended | {heads[0].pk: "apologies"},
            views={manager.pk: "Standards rise.", consultant.pk: "Chronologies are better."},
            notes="Direct work is strong.",
            person=chair,
        )
    case.refresh_from_db()
    audits[0].refresh_from_db()
    assert (case.standards_met, audits[0].status, audits[0].grades.get(domain="").grade) == (
        "partly",
        AuditStatus.OUTCOME,
        "good",
    )
    (found,) = meeting_list()
    who = {one.person.name: (one.marks, one.came) for one in attendance_of([found])}
    assert who[heads[0].name] == (("Sent apologies",), 0)
    assert who[consultant.name] == (("Attended",), 1)
    views = dict(meeting.people.exclude(view="").values_list("person", "view"))
    assert views == {manager.pk: "Standards rise.", consultant.pk: "Chronologies are better."}


def test_what_the_chair_does_not_choose_by_theme_chance_draws_when_the_month_has_ended(slough):
    cycle = month_of_audits()
    audits = submitted(slough, cycle, "practice_manager", range(8))
    with clock.travel(date(2026, 11, 2)):
        assert draw_ended_months() == 6
        assert draw_ended_months() == 0
    meeting = Meeting.objects.get()
    assert {one.method for one in meeting.cases.all()} == {"random"}
    assert {one.audit_id for one in meeting.cases.all()} < {one.pk for one in audits}
    assert meeting.due_on == date(2026, 11, 30)


def test_thanks_are_kept_as_good_practice_and_told_to_those_who_did_the_work(slough):
    case = slough.cases[0]
    iro = slough.one("cp_chair")
    thanks = raise_dispute(
        key="pair", polarity="acknowledgement", text="Brave and kind direct work.", case=case, person=iro
    )
    assert (thanks.status, thanks.steps.count()) == ("acknowledged", 0)
    assert case.worker.name in set(
        Notice.objects.filter(kind="practice_acknowledged").values_list("person__name", flat=True)
    )
    challenge = raise_dispute(key="pair", text="The visit is three weeks late.", case=case, person=iro)
    assert challenge.steps.get().parties == ["practice_manager"]


@pytest.mark.req("DUR-86", "DUR-88", "DUR-89", "DUR-90")
def test_a_session_looks_at_a_fifth_and_the_extremes_changes_grades_and_its_feedback_is_received(
    scope, frozen, client
):
    town = build_town("durham", children_in_a_team=4, teams_in_a_service=2, at_the_centre=1)
    cycle, managers = month_of_audits(), town.people["team_manager"]
    audits = []
    for number in range(10):
        grade = "inadequate" if number == 0 else "requires_improvement"
        auditor = managers[(number // 4 + 1) % len(managers)]
        audits.append(finalised(submitted_audit(town, cycle, number, auditor, grade)))
    assert draw_ended_quarter() == 0
    with clock.travel(date(2027, 1, 4)):
        # A fifth of ten is two, the framework wants six, and the inadequate one is always among them.
        assert draw_ended_quarter() == 6
        assert draw_ended_quarter() == 0
        meeting = Meeting.objects.get()
        case = meeting.cases.get(audit=audits[0])
        strategic = set(town.people["strategic_manager"]) | set(town.people["strategic_manager_pps"])
        assert (meeting.kind, meeting.period, case.mode) == ("session", "2026-Q4", "consistency_session")
        assert case.moderator in strategic
        assert not {post.unit for post in case.moderator.posts.all()} & {audits[0].service}
        # Every section is looked at, each grade that changes with its reason, and the overall grade always.
        domains = {row.domain for row in to_decide(case)} - {""}
        assert domains == {one.key for one in town.framework.main_tool.domains}
        grades = {f"grade_{key}": "inadequate" for key in domains} | {
            "grade_planning": "requires_improvement"
        }
        type_decision(case, {"": "requires_improvement"}, why="The child was seen and safe.", **grades)
        with pytest.raises(TransitionRefused) as refused:
            decide(moderation=case, person=case.moderator)
        assert [one.text for one in refused.value.problems] == ["Give the reason for the grade: Planning"]
        grades["reason_planning"] = "The plan is dated."
        type_decision(
            case, {"": "requires_improvement"}, why="The child was seen and safe.", version=1, **grades
        )
        decide(moderation=case, person=case.moderator)
        chair = meeting.chair
        record_meeting(
            meeting=meeting,
            held_on=date(2027, 1, 4),
            attendance=dict.fromkeys([one.person_id for one in meeting.people.all()], "attended"),
            views={},
            notes="Grades agree more than last quarter.",
            person=chair,
        )
        assert meeting.feedback_due_on == date(2027, 1, 11)
        assert "Issue the session’s feedback" in {one.text for one in todo_for(chair)}
        assert issue_feedback(meeting=meeting, text="Safe and good are not the same.", person=chair) == 2
    audit = audits[0]
    audit.refresh_from_db()
    assert (audit.grades.get(domain="").grade, audit.grades.get(domain="").decided_by) == (
        "requires_improvement",
        case.moderator,
    )
    stages = audit.recorded_grades.filter(domain="").order_by("id").values_list("stage", "grade")
    assert list(stages) == [
        ("submitted", "inadequate"),
        ("final", "inadequate"),
        ("moderated", "requires_improvement"),
        ("final", "requires_improvement"),
    ]
    moved = {one.domain for one in audit.grades.all() if one.grade != "inadequate"}
    assert moved == {"", "planning"}
    received = {one.forum: set(one.people) for one in FeedbackReceipt.objects.all()}
    assert received["collaborative_audit_group"] == {one.assessments.get().assessor.name for one in audits}
    assert town.one("head_of_service").name in received["qib"]
