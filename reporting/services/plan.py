"""The organisation's improvement plan: actions that belong to no single child, tracked like all others."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from audits.followup.models import Action
from audits.followup.services import open_action, propose_action
from audits.models import WiderFinding
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from reporting.enums import PlanSource
from reporting.models import Improvement, PlanAction, ReportSnapshot

PLAN = "reporting.plan"


@transaction.atomic
def add_to_plan(
    *,
    text: str,
    intended_change: str,
    owner: Person,
    due_on: date,
    person: Person,
    source: str = PlanSource.OTHER,
    period: str = "",
    improvement: Improvement | None = None,
    snapshot: ReportSnapshot | None = None,
    wider_finding: WiderFinding | None = None,
) -> Action:
    """Agree an action of the organisation and tell its owner; whoever adds it signs it off.

    Raises ``PermissionDenied``; ``ValidationError`` by field, also where the owner would sign off their own action.
    """
    require(person, PLAN)
    if owner.pk == person.pk:
        raise ValidationError({"owner": "Choose somebody else: you sign this action off"})
    action = propose_action(
        case=None,
        text=text,
        intended_change=intended_change,
        owner=owner,
        owner_role="",
        due_on=due_on,
        latest_on=None,
        proposed_by=person,
    )
    PlanAction.objects.create(
        action=action,
        source=source,
        period=period,
        improvement=improvement,
        snapshot=snapshot,
        wider_finding=wider_finding,
    )
    open_action(action=action, person=person)
    return action
