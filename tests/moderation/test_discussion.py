"""A moderator named at allocation, the discussion of three, agreement or the ladder that ends it."""

from datetime import date, timedelta

import pytest

from audits.enums import AuditStatus
from audits.followup.selectors import people_for
from audits.models import Contribution, Conversation
from audits.selectors.facts import around_audit
from audits.selectors.outcome import marks_of, outcome_of
from moderation.models import Dispute, Moderation
from moderation.selectors import field_name, missing, to_decide
from moderation.services import agree_plan, decide, save_draft
from moderation.services.disputes import raise_dispute, settle_step, take_on_overdue
from moderation.services.naming import name_moderators
from moderation.services.plan import add_to_plan
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from tests.factories.graded import finalised, given_audit, month_of_audits, submit_graded
from tests.golden.town import build_town

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def town(scope, frozen):
    return build_town("west_sussex", children_in_a_team=1, teams_in_a_service=1, at_the_centre=1)


@pytest.fixture
def auditor(town):
    return town.people["practice_manager"][-1]


@pytest.fixture
def named(town, auditor):
    """An audit of another service's child, with its moderator named."""
    audit = given_audit(town, month_of_audits(), 0, auditor)
    name_moderators(cycle=audit.cycle)
    return Moderation.objects.select_related("moderator", "audit").get(audit=audit)


def talk(moderation: Moderation, auditor, **changes) -> dict:
    """What a moderator types after the discussion, agreeing with every grade."""
    people = (moderation.moderator, auditor, moderation.audit.worker)
    fields = {
        "talk_on": "2026-10-08",
        "talk_minutes": 55,
        "talk_people": [str(one.pk) for one in people],
        "talk_difference_made": "She sleeps at home again.",
        "talk_strengths": "Patient direct work.",
        "agreement": "agreed",
    }
    fields |= {f"learning_{one.pk}": f"{one.name} will ask earlier." for one in people}
    for row in to_decide(moderation):
        fields |= {
            f"grade_{field_name(row.domain)}": "good",
            f"reason_{field_name(row.domain)}": "As discussed.",
        }
    return fields | changes


def plan_something(moderation: Moderation):
    """An action that the moderator adds for the child."""
    return add_to_plan(
        moderation=moderation,
        text="Invite the father to the review",
        intended_change="He has a say",
        owner=moderation.audit.worker,
        due_on=clock.today() + timedelta(days=3),
        person=moderation.moderator,
    )


def finish(moderation: Moderation, fields: dict) -> None:
    plan_something(moderation)
    save_draft(moderation=moderation, fields=fields, version=0, person=moderation.moderator)
    agree_plan(moderation=moderation, agreed=True, person=moderation.moderator)
    decide(moderation=moderation, person=moderation.moderator)
    moderation.refresh_from_db()


@pytest.mark.req("WSX-67", "WSX-68")
def test_each_moderator_is_named_for_an_audit_that_begins_for_them_when_it_is_submitted(town, auditor, named):
    audit = named.audit
    assert named.status == "named"
    roles = {post.role.key for post in named.moderator.posts.all()}
    moderators = town.framework.moderation.moderators.roles
    assert roles & {key for role in moderators for key in town.framework.role_keys(role)}
    assert name_moderators(cycle=audit.cycle) == 0
    assert people_for(
        "moderator", framework=town.framework, around=around_audit(audit), on=clock.today()
    ) == [named.moderator]
    assert "Moderate an audit" not in {one.text for one in todo_for(named.moderator)}
    with clock.travel(date(2026, 10, 7)):
        submit_graded(audit, "requires_improvement")
        named.refresh_from_db()
        assert (audit.status, named.status, named.mode) == (
            AuditStatus.IN_MODERATION,
            "allocated",
            "consensus_else_dispute",
        )
        assert named.due_on == date(2026, 10, 21)
        assert "Moderate an audit" in {one.text for one in todo_for(named.moderator)}


@pytest.mark.req("WSX-69", "WSX-71", "WSX-72", "WSX-73", "WSX-75", "WSX-76", "WSX-77", "WSX-97")
def test_the_discussion_is_recorded_and_an_agreed_grade_replaces_the_old_one_with_its_reason(
    town, auditor, named
):
    audit = submit_graded(named.audit, "requires_improvement")
    named.refresh_from_db()
    with clock.travel(date(2026, 10, 9)):
        gaps = {problem.text for problem in missing(named, {}, {})}
        assert {
            "Enter when the discussion was held",
            "Answer: Has a difference been made for the child?",
            "Answer: Which strengths stand out?",
            f"Enter what {auditor.name} takes from it",
            "Say whether you and the auditor agree",
        } <= gaps
        save_draft(
            moderation=named, fields=talk(named, auditor, talk_minutes=75), version=0, person=named.moderator
        )
        agree_plan(moderation=named, agreed=True, person=named.moderator)
        with pytest.raises(TransitionRefused, match="at most 60 minutes"):
            decide(moderation=named, person=named.moderator)
        action = plan_something(named)
        save_draft(moderation=named, fields=talk(named, auditor), version=1, person=named.moderator)
        decide(moderation=named, person=named.moderator)
        with pytest.raises(StatusHasChanged):
            decide(moderation=named, person=named.moderator)
    audit.refresh_from_db()
    held = Conversation.objects.get(audit=audit, kind="stage_2")
    assert (held.minutes, set(held.participants)) == (55, {named.moderator_id, auditor.pk, audit.worker_id})
    assert held.answers == {
        "difference_made": "She sleeps at home again.",
        "strengths": "Patient direct work.",
    }
    takes = Contribution.objects.filter(audit=audit, kind="stage_2").values_list("person", "learning")
    assert dict(takes)[auditor.pk] == f"{auditor.name} will ask earlier."
    assert audit.action_links.get().action == action
    stages = audit.recorded_grades.filter(domain="").order_by("id").values_list("stage", "grade", "reason")
    assert list(stages) == [("submitted", "requires_improvement", ""), ("moderated", "good", "As discussed.")]
    assert (audit.status, audit.grades.get(domain="").grade) == (AuditStatus.OUTCOME, "good")
    told = set(Notice.objects.filter(kind="moderation_finished").values_list("person__name", flat=True))
    team = town.people["practice_manager"][0]
    assert {town.one("qa_team").name, team.name} <= told
    assert any(name.startswith(town.framework.names.role("group_manager")) for name in told)
    with clock.travel(date(2026, 10, 12)):
        finalised(audit)
    filing = audit.follow_up_links.get(rule="filing").follow_up
    assert (filing.kind, filing.due_on, filing.assignee) == ("filing", date(2026, 10, 16), named.moderator)
    assert "case note" in filing.guidance


@pytest.mark.req("WSX-96", "WSX-98", "WSX-99")
def test_where_they_do_not_agree_a_ladder_is_climbed_to_its_end_while_the_grade_is_marked_disputed(
    town, auditor, named
):
    audit = submit_graded(named.audit, "requires_improvement")
    named.refresh_from_db()
    with clock.travel(date(2026, 10, 9)):
        finish(named, talk(named, auditor, agreement="not_agreed", agreement_why="I see good work."))
    audit.refresh_from_db()
    dispute = Dispute.objects.get(audit=audit)
    assert (audit.grades.get(domain="").grade, dispute.key, dispute.party) == (
        "requires_improvement",
        "grade",
        "moderator",
    )
    assert "Disputed" in marks_of(audit)
    step = dispute.steps.get()
    assert (step.name, step.due_on, set(step.asked)) == (
        "Moderator and auditor meet to agree a revised grade",
        date(2026, 10, 16),
        {named.moderator_id, auditor.pk},
    )
    with clock.travel(date(2026, 10, 14)):
        settle_step(
            dispute=dispute,
            settled=False,
            words="We met and differ.",
            met_on=date(2026, 10, 13),
            person=auditor,
        )
    with clock.travel(date(2026, 10, 22)):
        # Nobody settled the second step by the 21st.
        assert take_on_overdue() == 1
        assert take_on_overdue() == 0
        asked = dispute.steps.get(number=3)
        principal = town.one("principal_manager_sqp")
        assert asked.asked == [principal.pk]
        assert "Settle a disagreement" in {one.text for one in todo_for(principal)}
        settle_step(
            dispute=dispute, settled=True, words="The evidence is there.", grade="good", person=principal
        )
    dispute.refresh_from_db()
    audit.refresh_from_db()
    assert [one.outcome for one in dispute.steps.all()] == ["not_settled", "overdue", "settled"]
    assert (dispute.status, dispute.grade_before, dispute.grade_after) == (
        "settled",
        "requires_improvement",
        "good",
    )
    assert (audit.grades.get(domain="").grade, "Disputed" in marks_of(audit)) == ("good", False)
    assert outcome_of(audit).overall.source == "Settled on the disagreement ladder, step 3"
    assert (
        audit.recorded_grades.filter(domain="", stage="moderated").last().reason == "The evidence is there."
    )


@pytest.mark.req("WSX-95")
def test_a_worker_asks_their_own_manager_or_the_qa_team_for_support_and_it_ends_with_their_answer(
    town, auditor, named
):
    audit = named.audit
    manager = next(p for p in town.people["practice_manager"] if p.name.endswith(audit.team.name))
    with pytest.raises(Exception, match="whom to ask"):
        raise_dispute(key="conduct", text="We could not talk.", audit=audit, person=audit.worker)
    dispute = raise_dispute(
        key="conduct", text="We could not talk.", audit=audit, person=audit.worker, ask="line_manager"
    )
    assert dispute.steps.get().asked == [manager.pk]
    assert "Disputed" not in marks_of(audit)
    with clock.travel(date(2026, 10, 20)):
        assert take_on_overdue() == 0
        with pytest.raises(TransitionRefused, match="last step"):
            settle_step(dispute=dispute, settled=False, words="No.", person=manager)
        settle_step(dispute=dispute, settled=True, words="I will sit with both of you.", person=manager)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == ("settled", "I will sit with both of you.")
    assert audit.worker.name in set(
        Notice.objects.filter(kind="dispute_ended").values_list("person__name", flat=True)
    )


@pytest.mark.req("WSX-95")
def test_an_auditor_asks_the_manager_of_their_own_line_not_of_the_workers(town, auditor, named):
    audit = named.audit
    dispute = raise_dispute(
        key="conduct", text="We could not talk.", audit=audit, person=auditor, ask="line_manager"
    )
    (asked,) = dispute.steps.get().asked
    above = next(p for p in town.people["group_manager"] if p.pk == asked)
    own = {post.unit.parent_id for post in auditor.posts.all() if post.unit}
    assert {post.unit_id for post in above.posts.all()} <= own
    assert asked not in audit.line
    settle_step(dispute=dispute, settled=True, words="I will come along.", person=above)
    team = raise_dispute(key="conduct", text="Nor could I.", audit=audit, person=audit.worker, ask="qa_team")
    assert team.steps.get().asked == [town.one("qa_team").pk]
