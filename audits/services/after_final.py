"""What a final outcome opens: actions, filing, supervision, the news to those concerned; and closing the loop."""

from typing import Any

from django.db.models import QuerySet

from audits.enums import AuditStatus
from audits.followup.enums import (
    OPEN_ACTIONS,
    UNFINISHED_ACTIONS,
    ActionStatus,
    ConcernStatus,
    FollowUpKind,
    FollowUpStatus,
)
from audits.followup.models import FollowUp
from audits.followup.selectors import answering
from audits.followup.services import ask_for_confirmations, open_action
from audits.models import Assessment, Audit, AuditAction, AuditConcern, AuditFollowUp
from audits.selectors.facts import framework_for
from audits.selectors.left_to_record import left_to_record
from audits.selectors.links import audit_href
from audits.selectors.people import concerned_now, concerned_then, everyone_concerned
from audits.services.opening import ask_for_supervision, due_for, open_for_audit
from audits.workflow import audit_workflow
from qaf.lib import clock
from qaf.notices.services import tell

UNCONFIRMED = {"action__confirmations__done_at": None}


def open_actions(*, audit: Audit) -> int:
    """Agree every action still proposed, none due later than the framework's maximum; return how many."""
    framework = framework_for(audit)
    latest = due_for(audit, framework, framework.actions.maximum_due)
    if audit.actions_by is not None:
        latest = min(latest, audit.actions_by)
    links = audit.action_links.filter(action__status=ActionStatus.PROPOSED)
    links = links.select_related("action__owner", "action__joint_owner")
    for link in links:
        open_action(action=link.action, latest_on=max(latest, clock.today()))
    ask_to_confirm(audit=audit)
    return len(links)


def open_submitted_actions(*, assessment: Assessment) -> None:
    """Agree the auditor's actions with the submission, where the framework has them confirmed within days of it."""
    audit, framework = assessment.audit, framework_for(assessment.audit)
    if not framework.actions.confirmations:
        return
    links = assessment.action_links.filter(action__status=ActionStatus.PROPOSED)
    for link in links.select_related("action__owner", "action__joint_owner"):
        latest = due_for(audit, framework, framework.actions.maximum_due)
        open_action(action=link.action, latest_on=max(latest, clock.today()))
    ask_to_confirm(audit=audit)


def ask_to_confirm(*, audit: Audit) -> None:
    """Ask, once for each agreed action, for what the framework has confirmed soon after the audit (SLO-81, SLO-82)."""
    framework, today = framework_for(audit), clock.today()
    rules = framework.actions
    if not rules.confirmations or rules.confirmed_within is None:
        return
    due_on = max(due_for(audit, framework, rules.confirmed_within), today)
    asked = []
    for one in rules.confirmations:
        people = concerned_now(audit, one.by, framework=framework, on=today) or concerned_then(
            audit, one.by, framework=framework, on=today
        )
        asked.append((one.key, one.label, next(iter(people), None)))
    for link in audit.action_links.filter(action__status__in=OPEN_ACTIONS).select_related("action"):
        ask_for_confirmations(action=link.action, asked=asked, due_on=due_on)


def ask_for_action_review(*, audit: Audit) -> None:
    """Ask for the review of the audit's actions where the framework has one and there is an action (SEF-115)."""
    framework = framework_for(audit)
    review = framework.actions.review
    if review is None or not audit.action_links.filter(action__status__in=OPEN_ACTIONS).exists():
        return
    open_for_audit(
        audit=audit,
        rule="action_review",
        kind=FollowUpKind.ACTION_REVIEW,
        title=f"{review.label}: {audit.reference}",
        party=review.by,
        people=concerned_now(audit, review.by, framework=framework, on=clock.today())[:1],
        due_on=due_for(audit, framework, review.due),
        guidance="Go through the actions of this audit: how far is each, and what is in the way?",
    )


def ask_for_next_supervision(*, audit: Audit, follow_up: FollowUp) -> None:
    """Take actions that were not complete in one supervision to the next (WSX-83).

    Only where the framework has supervision record that they are complete.
    """
    records = {one.key for one in framework_for(audit).actions.supervision.records}
    link = audit.follow_up_links.filter(follow_up=follow_up, rule__startswith="supervision").first()
    if (
        link is None
        or "actions_complete" not in records
        or follow_up.answers.get("actions_complete") is not False
    ):
        return
    done = int(link.rule.partition(":")[2] or 1)
    ask_for_supervision(audit=audit, again=done + 1)


def tell_those_concerned(*, audit: Audit) -> None:
    """Send findings and actions to worker, managers, and reviewing officer or chair (HER-28)."""
    framework = framework_for(audit)
    on = clock.today()
    people = everyone_concerned(audit, framework.process.filing.tell, framework=framework, on=on)
    count = audit.action_links.filter(action__status=ActionStatus.OPEN).count()
    actions = {0: "It led to no action.", 1: "It led to one action."}.get(
        count, f"It led to {count} actions."
    )
    tell(
        people=answering(people, on=on),
        kind="audit_final",
        key=audit.reference,
        subject=f"{audit.reference}: the outcome is final",
        body=f"Read the findings. {actions}",
        href=audit_href(audit),
    )


def close_when_done(*, audit: Audit) -> bool:
    """Close the loop once nothing is open any more; say whether it is closed now. May run at any time."""
    if audit.status != AuditStatus.FINAL or not is_everything_done(audit):
        return False
    audit_workflow.apply(audit, "close", person=None, also={"closed_at": clock.now()})
    return True


def is_everything_done(audit: Audit) -> bool:
    """Say whether no follow-up, action, urgent concern or record of the audit waits for anybody."""
    return not (
        audit.follow_up_links.filter(follow_up__status=FollowUpStatus.OPEN).exists()
        or audit.action_links.filter(action__status__in=UNFINISHED_ACTIONS).exists()
        or audit.action_links.filter(action__confirmations__isnull=False, **UNCONFIRMED).exists()
        or audit.concern_links.filter(concern__status=ConcernStatus.RAISED).exists()
        or left_to_record(audit, framework_for(audit))
    )


def close_all_done() -> int:
    """Close the loop of every final audit with nothing open; return how many.

    Those with something open are left out by one query, which reads each table once, however many wait and however
    little the planner knows of them.
    """
    waits: tuple[QuerySet[Any], ...] = (
        AuditFollowUp.objects.filter(follow_up__status=FollowUpStatus.OPEN),
        AuditAction.objects.filter(action__status__in=UNFINISHED_ACTIONS),
        AuditAction.objects.filter(action__confirmations__isnull=False, **UNCONFIRMED),
        AuditConcern.objects.filter(concern__status=ConcernStatus.RAISED),
    )
    done = Audit.objects.filter(status=AuditStatus.FINAL)
    for links in waits:
        done = done.exclude(pk__in=links.values("audit"))
    return sum(close_when_done(audit=audit) for audit in done)
