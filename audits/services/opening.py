"""What is opened for one audit, by when: the moments it knows, its follow-ups, its supervision."""

from datetime import date, datetime
from typing import Any

from audits.followup.enums import FollowUpKind
from audits.followup.models import FollowUp
from audits.followup.selectors import answering
from audits.followup.selectors.supervision import next_supervision
from audits.followup.services import open_follow_up
from audits.frameworks.schema import Framework
from audits.frameworks.vocabulary.dues import DueRule
from audits.models import Audit, AuditFollowUp
from audits.selectors.facts import framework_for
from audits.selectors.people import concerned_now, concerned_then
from qaf.lib import clock
from qaf.tenants.models import Person


def moments_of(audit: Audit) -> dict[str, date | datetime]:
    """Return the moments that have happened to the audit, as due rules name them."""
    now = clock.now()
    known: dict[str, date | datetime | None] = {
        "allocation": audit.allocated_on,
        "audit_submitted": now if audit.submitted_at is None else audit.submitted_at,
        "audit_completed": audit.submitted_at,
        "audit_finalised": audit.final_at,
        "moderation_decided": audit.outcome_at,
        "action_agreed": now,
        "task_opened": now,
    }
    return {name: moment for name, moment in known.items() if moment is not None}


def due_for(audit: Audit, framework: Framework, due: DueRule, *, afresh: bool = False) -> date:
    """Return the day a rule gives for this audit; ``afresh`` counts from now what is asked for once more."""
    today = clock.today()
    moments = moments_of(audit)
    if afresh:
        moments = dict.fromkeys(moments, clock.now())
    moments["next_supervision"] = next_supervision(audit.case, framework=framework, today=today)
    month = audit.cycle.period if audit.cycle else audit.allocated_on
    day = framework.due_on(due, month=month, **moments)
    if day < today and not hasattr(due, "event"):
        # What counts within a month that is over is asked for within the month that runs.
        return framework.due_on(due, month=today, **moments)
    return day


def open_for_audit(
    *,
    audit: Audit,
    rule: str,
    kind: FollowUpKind,
    title: str,
    party: str,
    people: list[Person],
    due_on: date | None,
    **more: Any,
) -> FollowUp | None:
    """Open a follow-up of the audit once for ``rule``; ``None`` where it is there already.

    One person is asked by name; several holders of a role are asked together and whoever comes first answers.
    """
    if AuditFollowUp.objects.filter(audit=audit, rule=rule).exists():
        return None
    asked = people[0] if len(people) == 1 else None
    follow_up = open_follow_up(
        kind=kind,
        title=title,
        case=audit.case,
        assignee=asked,
        party=party,
        due_on=due_on,
        also_tell=[] if asked else answering(people, on=clock.today()),
        **more,
    )
    AuditFollowUp.objects.create(audit=audit, follow_up=follow_up, rule=rule)
    return follow_up


def ask_for_supervision(*, audit: Audit, needed: bool = False, again: int = 0) -> None:
    """Ask for the supervision in which the findings are discussed (HER-50, HER-51).

    With the worker who was audited while they are here, else with the child's worker now; not at all without one.
    ``needed`` asks for it where the framework does so only by a rule. ``again`` numbers the next one, asked for while
    actions were not complete in the last (WSX-83).
    """
    framework = framework_for(audit)
    rules = framework.actions.supervision
    worker = _worker_for_supervision(audit, framework, rules.with_party)
    if not (rules.required or needed) or worker is None:
        return
    on = clock.today()
    by = concerned_then(audit, rules.by, framework=framework, on=on)
    if worker.pk != audit.worker_id or not by:
        by = concerned_now(audit, rules.by, framework=framework, on=on) or by
    open_for_audit(
        audit=audit,
        rule=f"supervision:{again}" if again else "supervision",
        kind=FollowUpKind.SUPERVISION,
        title=f"Discuss {audit.reference} in supervision",
        party=rules.by,
        people=by[:1],
        due_on=due_for(audit, framework, rules.due, afresh=bool(again)) if rules.due else None,
        about=worker,
        guidance="Go through the findings with the worker: what was strong, what support or learning would help.",
    )


def _worker_for_supervision(audit: Audit, framework: Framework, party: str) -> Person | None:
    on = clock.today()
    people = concerned_then(audit, party, framework=framework, on=on)
    return next(iter(people or concerned_now(audit, party, framework=framework, on=on)), None)
