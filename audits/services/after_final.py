"""What a final outcome opens: actions, filing, supervision, the news to those concerned; and closing the loop."""

from audits.enums import AuditStatus
from audits.followup.enums import (
    UNFINISHED_ACTIONS,
    ActionStatus,
    ConcernStatus,
    FollowUpKind,
    FollowUpStatus,
)
from audits.followup.selectors import answering
from audits.followup.services import open_action
from audits.frameworks.schema import Framework
from audits.models import Audit
from audits.selectors.facts import framework_for
from audits.selectors.links import audit_href
from audits.selectors.people import concerned_now, concerned_then, everyone_concerned
from audits.services.consequences import due_for, open_for_audit
from audits.workflow import audit_workflow
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.selectors import holders


def open_actions(*, audit: Audit) -> int:
    """Agree every action still proposed, none due later than the framework's maximum; return how many."""
    framework = framework_for(audit)
    latest = due_for(audit, framework, framework.actions.maximum_due)
    links = audit.action_links.filter(action__status=ActionStatus.PROPOSED).select_related("action__owner")
    for link in links:
        open_action(action=link.action, latest_on=max(latest, clock.today()))
    return len(links)


def ask_for_filing(*, audit: Audit) -> None:
    """Ask for the audit to be placed on the child's record (HER-27)."""
    framework = framework_for(audit)
    filing = framework.process.filing
    system = framework.authority.record_system.name
    open_for_audit(
        audit=audit,
        rule="filing",
        kind=FollowUpKind.FILING,
        title=f"Place {audit.reference} on the child’s record",
        party=filing.by,
        people=holders(*framework.role_keys(filing.by), on=clock.today()),
        due_on=due_for(audit, framework, filing.due),
        guidance=f"Download the copy for the child’s record, place it in {system} and note the reference.",
    )


def ask_for_supervision(*, audit: Audit) -> None:
    """Ask for the supervision in which the findings are discussed (HER-50, HER-51).

    With the worker who was audited while they are here, else with the child's worker now; not at all without one.
    """
    framework = framework_for(audit)
    rules = framework.actions.supervision
    worker = _worker_for_supervision(audit, framework, rules.with_party)
    if not rules.required or worker is None:
        return
    on = clock.today()
    by = concerned_then(audit, rules.by, framework=framework, on=on)
    if worker.pk != audit.worker_id or not by:
        by = concerned_now(audit, rules.by, framework=framework, on=on) or by
    open_for_audit(
        audit=audit,
        rule="supervision",
        kind=FollowUpKind.SUPERVISION,
        title=f"Discuss {audit.reference} in supervision",
        party=rules.by,
        people=by[:1],
        due_on=due_for(audit, framework, rules.due) if rules.due else None,
        about=worker,
        guidance="Go through the findings with the worker: what was strong, what support or learning would help.",
    )


def _worker_for_supervision(audit: Audit, framework: Framework, party: str) -> Person | None:
    on = clock.today()
    people = concerned_then(audit, party, framework=framework, on=on)
    return next(iter(people or concerned_now(audit, party, framework=framework, on=on)), None)


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
    """Say whether no follow-up, action or urgent concern of the audit waits for anybody."""
    return not (
        audit.follow_up_links.filter(follow_up__status=FollowUpStatus.OPEN).exists()
        or audit.action_links.filter(action__status__in=UNFINISHED_ACTIONS).exists()
        or audit.concern_links.filter(concern__status=ConcernStatus.RAISED).exists()
    )


def close_all_done() -> int:
    """Close the loop of every final audit with nothing open; return how many."""
    return sum(close_when_done(audit=audit) for audit in Audit.objects.filter(status=AuditStatus.FINAL))
