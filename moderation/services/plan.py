"""The action plan of a moderation: proposed actions added, rewritten and left out (HER-40)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from audits.followup.models import Action
from audits.followup.services import drop_action, edit_action, propose_action
from audits.models import Audit, AuditAction
from audits.selectors.people import joint_owner_of, owner_role_of
from audits.services.findings import action_days
from moderation.models import Moderation
from moderation.services.deciding import require_own
from qaf.lib import clock
from qaf.tenants.models import Person


def _refuse_past(due_on: date) -> None:
    if due_on < clock.today():
        raise ValidationError({"due_on": "The due date must be today or later"})


def _jointly(audit: Audit, owner: Person) -> dict[str, Any]:
    """Who answers for the action together with its owner, where the framework has two do so."""
    joint = joint_owner_of(audit, owner)
    return {"joint_owner": joint, "joint_owner_role": owner_role_of(audit, joint) if joint else ""}


@transaction.atomic
def add_to_plan(
    *,
    moderation: Moderation,
    text: str,
    intended_change: str,
    owner: Person,
    due_on: date,
    person: Person,
    category: str = "",
) -> Action:
    """Add an action to the plan; the same one twice is one. Raises ``ValidationError`` by field."""
    require_own(moderation, person)
    _refuse_past(due_on)
    audit = moderation.audit
    same = audit.action_links.filter(action__text=text.strip(), action__owner=owner, action__due_on=due_on)
    if link := same.select_related("action").first():
        return link.action
    action = propose_action(
        case=audit.case,
        text=text,
        intended_change=intended_change,
        owner=owner,
        owner_role=owner_role_of(audit, owner),
        category=category,
        **_jointly(audit, owner),
        due_on=due_on,
        latest_on=action_days(audit).latest,
        proposed_by=person,
    )
    AuditAction.objects.create(audit=audit, action=action)
    return action


@transaction.atomic
def rewrite_in_plan(
    *,
    moderation: Moderation,
    action: Action,
    text: str,
    intended_change: str,
    owner: Person,
    due_on: date,
    person: Person,
    category: str = "",
) -> None:
    """Change a proposed action of the plan. Raises ``ValidationError`` by field."""
    require_own(moderation, person)
    _refuse_past(due_on)
    edit_action(
        action=action,
        text=text,
        intended_change=intended_change,
        owner=owner,
        owner_role=owner_role_of(moderation.audit, owner),
        category=category,
        **_jointly(moderation.audit, owner),
        due_on=due_on,
    )


def leave_out_of_plan(*, moderation: Moderation, action: Action, reason: str, person: Person) -> None:
    """Leave a proposed action out of the plan, with the reason; it stays visible as not taken forward."""
    require_own(moderation, person)
    drop_action(action=action, reason=reason, person=person)
