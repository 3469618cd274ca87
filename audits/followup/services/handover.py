"""Actions follow the child, and nothing stays with somebody who has left."""

from audits.followup.enums import ActionStatus, FollowUpStatus
from audits.followup.models import Action, FollowUp
from audits.followup.selectors import answering, around_case, people_for
from audits.followup.services.follow_ups import assign_follow_up
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_if_any
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.ui.words import long_date


def follow_children() -> int:
    """Give every open action kept for a worker or manager to the one the child has now; return how many moved.

    A child without a worker is their manager's until there is one. Running it again moves nothing.
    """
    framework = framework_if_any()
    if framework is None:
        return 0
    actions = Action.objects.filter(status=ActionStatus.OPEN, case__isnull=False).exclude(owner_role="")
    moved = 0
    for action in actions.select_related(
        "case__team", "case__service", "case__worker", "case__manager", "owner", "joint_owner"
    ):
        owner = _now(action, action.owner_role, action.owner_id, framework)
        if owner and owner.pk != action.owner_id:
            _hand_over(action, owner)
            moved += 1
        joint = action.joint_owner_role and _now(
            action, action.joint_owner_role, action.joint_owner_id, framework
        )
        if joint and joint.pk not in (action.joint_owner_id, action.owner_id):
            _hand_over(action, joint, jointly=True)
            moved += 1
    return moved


def _now(action: Action, role: str, holder: int | None, framework: Framework) -> Person | None:
    if action.case is None:
        return None
    around, day = around_case(action.case), clock.today()
    parties = ("allocated_worker", "team_manager") if role == "worker" else ("team_manager",)
    for party in parties:
        if found := people_for(party, framework=framework, around=around, on=day):
            # Two who share a post: it stays with the one who has it.
            return next((person for person in found if person.pk == holder), found[0])
    return None


def _hand_over(action: Action, owner: Person, *, jointly: bool = False) -> None:
    column = "joint_owner" if jointly else "owner"
    before = getattr(action, column)
    setattr(action, column, owner)
    action.save(update_fields=[column])
    people = answering([owner, *([before] if before and before.left_on is None else [])], on=clock.today())
    tell(
        people=people,
        kind="action_handed_over",
        key=f"action-{action.pk}-{owner.pk}-{clock.today():%Y%m%d}",
        subject=f"An action has passed to {owner.name}",
        body=f"It follows the child. It is due on {long_date(action.due_on)}.",
        href=council_path("followup:action", action.pk),
    )


def replace_leavers() -> int:
    """Give open actions and follow-ups of people who have left to whoever holds the post now; return how many."""
    framework = framework_if_any()
    if framework is None:
        return 0
    moved = follow_children()
    gone = {"left_on__lt": clock.today()}
    follow_ups = FollowUp.objects.filter(
        status=FollowUpStatus.OPEN, **{f"assignee__{key}": value for key, value in gone.items()}
    )
    for follow_up in follow_ups.select_related(
        "case__team", "case__service", "case__worker", "case__manager"
    ):
        moved += _reassign(follow_up, framework)
    stranded = Action.objects.filter(
        status=ActionStatus.OPEN, owner_role="", case__isnull=False, owner__left_on__lt=clock.today()
    )
    for action in stranded.select_related("case__team", "case__service", "case__manager", "owner"):
        around = around_case(action.case) if action.case else None
        if around is None:
            continue
        managers = people_for("team_manager", framework=framework, around=around, on=clock.today())
        if managers:
            _hand_over(action, managers[0])
            moved += 1
    return moved


def _reassign(follow_up: FollowUp, framework: Framework) -> int:
    if follow_up.case is None or not follow_up.assignee_role:
        return 0
    found = people_for(
        follow_up.assignee_role, framework=framework, around=around_case(follow_up.case), on=clock.today()
    )
    if not found:
        return 0
    assign_follow_up(follow_up=follow_up, assignee=found[0])
    return 1
