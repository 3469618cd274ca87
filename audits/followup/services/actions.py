"""Actions: proposed, agreed, done with evidence, signed off by somebody else."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError

from audits.cases.models import Case
from audits.followup.enums import OWNER_ROLES, ActionStatus
from audits.followup.models import Action
from audits.followup.selectors import answering, may_sign_off, signers_of
from audits.followup.workflow import action_workflow
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.ui.words import long_date


def propose_action(
    *,
    case: Case | None,
    text: str,
    intended_change: str,
    owner: Person | None,
    owner_role: str,
    due_on: date,
    latest_on: date | None,
    proposed_by: Person | None,
    category: str = "",
    joint_owner: Person | None = None,
    joint_owner_role: str = "",
) -> Action:
    """Propose an action; it is nobody's work until it is opened.

    ``owner_role`` is ``worker`` or ``manager`` where the action follows the child to the next one, else empty.
    ``joint_owner`` answers for it together with the owner. ``category`` is a key of the framework's.
    Raises ``ValidationError`` by field: no text, or due after ``latest_on``, the framework's maximum.
    """
    action = Action(
        case=case,
        owner_role=owner_role,
        category=category,
        joint_owner=joint_owner,
        joint_owner_role=joint_owner_role,
        latest_on=latest_on,
        proposed_by=proposed_by,
        proposed_at=clock.now(),
    )
    _fill(action, text=text, intended_change=intended_change, owner=owner, due_on=due_on)
    action.save()
    return action


def edit_action(
    *,
    action: Action,
    text: str,
    intended_change: str,
    owner: Person | None,
    owner_role: str,
    due_on: date,
    category: str = "",
    joint_owner: Person | None = None,
    joint_owner_role: str = "",
) -> None:
    """Change a proposed action. Raises ``ValidationError`` by field, also when it was agreed meanwhile."""
    if action.status != ActionStatus.PROPOSED:
        raise ValidationError("This action has been agreed and can no longer be rewritten.")
    action.owner_role, action.category = owner_role, category
    action.joint_owner, action.joint_owner_role = joint_owner, joint_owner_role
    _fill(action, text=text, intended_change=intended_change, owner=owner, due_on=due_on)
    action.save()


def _fill(action: Action, *, text: str, intended_change: str, owner: Person | None, due_on: date) -> None:
    errors: dict[str, str] = {}
    if not text.strip():
        errors["text"] = "Enter what will be done"
    if action.owner_role and action.owner_role not in OWNER_ROLES:
        errors["owner_role"] = "Say worker or manager, or leave it empty"
    if action.latest_on and due_on > action.latest_on:
        latest = long_date(action.latest_on)
        errors["due_on"] = f"The due date must be on or before {latest}, the latest that the framework allows"
    if errors:
        raise ValidationError(errors)
    action.text, action.intended_change = text.strip(), intended_change.strip()
    action.owner, action.due_on = owner, due_on


def open_action(*, action: Action, latest_on: date | None = None, person: Person | None = None) -> None:
    """Agree a proposed action and tell its owner; a day after ``latest_on`` is moved to it."""
    latest = latest_on or action.latest_on
    due_on = min(action.due_on, latest) if latest else action.due_on
    also = {"opened_at": clock.now(), "latest_on": latest, "due_on": due_on}
    action_workflow.apply(action, "open", person=person, also=also)
    if owners := owners_of(action):
        tell(
            people=answering(owners, on=clock.today()),
            kind="action_opened",
            key=f"action-{action.pk}",
            subject="You have an action to complete",
            body=f"It is due on {long_date(action.due_on)}.",
            href=council_path("followup:action", action.pk),
        )


def owners_of(action: Action) -> list[Person]:
    """Return who answers for the action: its owner, and who owns it jointly."""
    return [person for person in (action.owner, action.joint_owner) if person]


def shorten_action(*, action: Action, latest_on: date) -> None:
    """Give an open action an earlier limit and tell its owners; nothing happens where it is due by then already."""
    if action.due_on <= latest_on and action.latest_on and action.latest_on <= latest_on:
        return
    sooner = latest_on < action.due_on
    action.latest_on = min(latest_on, action.latest_on or latest_on)
    action.due_on = min(action.due_on, latest_on)
    action.save(update_fields=["latest_on", "due_on"])
    if sooner and (owners := owners_of(action)):
        tell(
            people=answering(owners, on=clock.today()),
            kind="action_shortened",
            key=f"action-{action.pk}-{latest_on:%Y%m%d}",
            subject="An action of yours is due sooner",
            body=f"It is now due on {long_date(action.due_on)}.",
            href=council_path("followup:action", action.pk),
        )


def drop_action(*, action: Action, reason: str, person: Person | None) -> None:
    """Leave a proposed action out of the plan, with the reason. Raises ``ValidationError`` without one."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is not taken forward"})
    action_workflow.apply(
        action, "drop", person=person, why=reason, also={"sign_off_comment": reason.strip()}
    )


def complete_action(*, action: Action, evidence: str, change_for_child: str, person: Person) -> None:
    """Record that it is done, what shows it and what changed for the child; those who sign it off are told.

    Raises ``ValidationError`` by field where the framework asks for what is missing.
    """
    rules = framework_in_force().actions
    errors = {}
    if rules.evidence_required and not evidence.strip():
        errors["evidence"] = "Say what shows that it was done"
    if rules.impact_required and not change_for_child.strip():
        errors["change_for_child"] = "Say what changed for the child"
    if errors:
        raise ValidationError(errors)
    now = clock.now()
    also = {
        "evidence": evidence.strip(),
        "change_for_child": change_for_child.strip(),
        "done_by": person,
        "done_at": now,
    }
    action_workflow.apply(action, "complete", person=person, also=also)
    tell(
        people=answering(signers_of(action, framework_in_force()), on=clock.today()),
        kind="action_done",
        key=f"action-{action.pk}-{now:%Y%m%d%H%M%S}",
        subject="An action waits for your sign-off",
        body=f"{person.name} has completed an action. Look at what was done and what it changed.",
        href=council_path("followup:action", action.pk),
    )


def sign_off_action(
    *, action: Action, comment: str, person: Person, judged: Mapping[str, bool | None] | None = None
) -> None:
    """Confirm that the action is done. Raises ``PermissionDenied`` for its owner and for who completed it.

    ``judged`` answers each thing that the framework's sign-off judges, apart (SEF-121). Raises ``ValidationError`` by
    field where one is missing, where one that the work itself can meet is not met, or where it made no difference
    to the child and nothing is said about that.
    """
    given = dict(judged or {})
    # Whoever may not sign it off at all is told that first.
    if may_sign_off(action, person) and (problems := _not_judged(given, comment)):
        raise ValidationError(problems)
    also = {
        "signed_off_by": person,
        "signed_off_at": clock.now(),
        "sign_off_comment": comment.strip(),
        "judged": given,
    }
    action_workflow.apply(action, "sign_off", person=person, also=also)


def judged_apart() -> tuple[str, ...]:
    """Return what a sign-off judges apart; where that is only whether it is done, the sign-off itself says so."""
    judges = framework_in_force().actions.sign_off.judges
    return () if judges == ("completed",) else tuple(judges)


def _not_judged(given: Mapping[str, bool | None], comment: str) -> dict[str, str]:
    problems = {}
    for judge in judged_apart():
        value = given.get(judge)
        if value is None:
            problems[judge] = "Select yes or no"
        elif not value and judge != "impact":
            problems[judge] = "Send the action back, and say what is still to be done"
        elif not value and not comment.strip():
            problems["comment"] = "Say what difference is still missing for the child"
    return problems


def send_back_action(*, action: Action, comment: str, person: Person) -> None:
    """Give the action back to its owner, saying what is missing. Raises ``ValidationError`` without that."""
    if not comment.strip():
        raise ValidationError({"comment": "Say what is still to be done"})
    action_workflow.apply(
        action, "send_back", person=person, why=comment, also={"sign_off_comment": comment.strip()}
    )
    if owners := owners_of(action):
        tell(
            people=answering(owners, on=clock.today()),
            kind="action_sent_back",
            key=f"action-{action.pk}-{clock.now():%Y%m%d%H%M%S}",
            subject="An action was sent back to you",
            body=f"{person.name} says what is still to be done.",
            href=council_path("followup:action", action.pk),
        )
