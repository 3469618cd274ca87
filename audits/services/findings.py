"""What an auditor proposes and notices beside the grades: actions, wider findings, immediate changes."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import BEFORE_SUBMISSION
from audits.followup.enums import ActionStatus
from audits.followup.models import Action
from audits.followup.services import propose_action
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit, AuditAction, ImmediateChange, WiderFinding
from audits.selectors.people import joint_owner_of, owner_role_of
from audits.selectors.standing import Standing, is_self_assessment
from audits.services.assessments import start_assessment
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.transitions import StatusHasChanged

WHO_RECORDS_CHANGE = (
    "The auditors, the managers of the case and the moderator record what was changed at once."
)


@dataclass(frozen=True)
class ActionDays:
    """The day proposed for an action, and the latest that the framework allows."""

    proposed: date
    latest: date


def action_days(audit: Audit) -> ActionDays:
    """Return the framework's default and latest due days for an action proposed today."""
    framework, today = framework_of(audit.framework_version), clock.today()
    moments = {
        "allocation": audit.allocated_on,
        "audit_submitted": today,
        "audit_completed": audit.submitted_at or today,
        "audit_finalised": today,
        "moderation_decided": today,
        "action_agreed": today,
    }
    month = audit.cycle.period if audit.cycle else audit.allocated_on
    proposed = framework.due_on(framework.actions.default_due, month=month, **moments)
    latest = framework.due_on(framework.actions.maximum_due, month=month, **moments)
    if audit.actions_by is not None:
        latest = min(latest, max(audit.actions_by, today))
    return ActionDays(min(proposed, latest), latest)


def categories_for(audit: Audit) -> tuple[str, ...]:
    """Return the kinds of action that the framework tells apart; an action without a kind where it tells none."""
    return tuple(one.key for one in framework_of(audit.framework_version).actions.categories) or ("",)


@transaction.atomic
def propose_audit_action(
    *,
    assessment: Assessment,
    text: str,
    intended_change: str,
    owner: Person,
    due_on: date,
    person: Person,
    category: str = "",
) -> Action:
    """Propose an action from an assessment; proposing the same once more returns the one that is there.

    Where the owner is the child's worker or manager the action follows the child to the next one; where the framework
    has two answer for actions together, the other of the two is its joint owner. Raises ``ValidationError`` by field,
    ``StatusHasChanged`` once the auditor has submitted.
    """
    _own(assessment, person)
    audit = assessment.audit
    if due_on < clock.today():
        raise ValidationError({"due_on": "The due date must be today or later"})
    same = AuditAction.objects.filter(
        assessment=assessment, action__text=text.strip(), action__owner=owner, action__due_on=due_on
    ).select_related("action")
    if link := same.first():
        return link.action
    start_assessment(assessment=assessment, person=person)
    if category not in categories_for(audit):
        raise ValidationError({"category": "Select what kind of action it is"})
    joint = joint_owner_of(audit, owner)
    action = propose_action(
        case=audit.case,
        text=text,
        intended_change=intended_change,
        owner=owner,
        owner_role=owner_role_of(audit, owner),
        category=category,
        joint_owner=joint,
        joint_owner_role=owner_role_of(audit, joint) if joint else "",
        due_on=due_on,
        latest_on=action_days(audit).latest,
        proposed_by=person,
    )
    AuditAction.objects.create(audit=audit, action=action, assessment=assessment)
    if assessment.no_action_reason:
        assessment.no_action_reason = ""
        assessment.save(update_fields=["no_action_reason"])
    return action


@transaction.atomic
def withdraw_proposal(*, link: AuditAction, person: Person) -> None:
    """Take back an action that the auditor proposed, while it is no more than a proposal."""
    if link.assessment is None:
        raise PermissionDenied("This action was not proposed by an auditor.")
    _own(link.assessment, person)
    action = link.action
    if action.status != ActionStatus.PROPOSED:
        raise StatusHasChanged("This action has been agreed and can no longer be taken back.")
    link.delete()
    action.delete()


@transaction.atomic
def record_wider_finding(*, assessment: Assessment, text: str, person: Person) -> WiderFinding:
    """Record a finding that reaches beyond the one child (HER-57); the same words again are the same finding."""
    _own(assessment, person)
    if not text.strip():
        raise ValidationError({"text": "Enter what you found"})
    start_assessment(assessment=assessment, person=person)
    finding, _ = WiderFinding.objects.get_or_create(
        audit=assessment.audit,
        assessment=assessment,
        text=text.strip(),
        defaults={"raised_by": person, "raised_at": clock.now()},
    )
    return finding


def remove_wider_finding(*, finding: WiderFinding, person: Person) -> None:
    """Take back a finding, before its auditor submits."""
    if finding.assessment is None:
        raise PermissionDenied("This finding was not recorded by an auditor.")
    _own(finding.assessment, person)
    finding.delete()


@transaction.atomic
def record_immediate_change(*, standing: Standing, text: str, made_on: date) -> ImmediateChange:
    """Record something changed at once for the child (HER-48).

    Auditors, the managers of the case and whoever moderates may, at any time in the life of the audit. Raises
    ``PermissionDenied``, or ``ValidationError`` by field.
    """
    person, audit = standing.person, standing.audit
    if not standing.may_record_change:
        raise PermissionDenied(WHO_RECORDS_CHANGE)
    errors = {}
    if not text.strip():
        errors["text"] = "Enter what was changed"
    if made_on > clock.today():
        errors["made_on"] = "The date of the change must be today or in the past"
    if errors:
        raise ValidationError(errors)
    change, _ = ImmediateChange.objects.get_or_create(
        audit=audit,
        text=text.strip(),
        made_on=made_on,
        recorded_by=person,
        defaults={"recorded_at": clock.now()},
    )
    return change


def require_auditing(assessment: Assessment) -> None:
    """Raise ``PermissionDenied`` for a worker’s look at their own work: actions are for the auditors to propose."""
    if is_self_assessment(framework_of(assessment.audit.framework_version), assessment.slot):
        raise PermissionDenied("The auditors propose actions. Write what you would change in your own part.")


def _own(assessment: Assessment, person: Person) -> None:
    if assessment.assessor_id != person.pk:
        raise PermissionDenied("Only its auditor writes an assessment.")
    require_auditing(assessment)
    if assessment.submitted_at or assessment.audit.status not in BEFORE_SUBMISSION:
        raise StatusHasChanged("This assessment is submitted and can no longer be changed.")
