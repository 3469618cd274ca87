"""The effects of rules that reach beyond one task: limits of actions, scrutiny, summaries, supervision, reporting."""

from audits.followup.enums import ActionStatus, ConcernStatus, FollowUpKind, FollowUpStatus
from audits.followup.models import FollowUp
from audits.followup.services import open_action, open_follow_up, raise_concern, shorten_action
from audits.followup.services.concerns import SpokenFirst
from audits.frameworks.schema import Framework
from audits.frameworks.schema.followup import Consequence, TrendRule
from audits.frameworks.vocabulary.conditions import Flag
from audits.frameworks.vocabulary.effects import (
    DiscussInSupervision,
    OpenScrutiny,
    OpenUrgentConcern,
    ReportPosition,
    RequireDatedAction,
    ShortenActions,
    WriteSummary,
)
from audits.models import Audit, AuditFollowUp, ReportedPosition
from audits.selectors.people import concerned_then
from audits.services.opening import ask_for_supervision, due_for, open_for_audit
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import holders

FEATURES = (
    "Talk over what contributed: how long the worker had the child, partners, management and supervision, workload. "
    "It is about what would help, never about who is better or worse."
)


def shorten_actions(audit: Audit, framework: Framework, rule: Consequence, effect: ShortenActions) -> None:
    """Give every action of the audit the shorter limit, and agree at once what has been submitted (WSX-78).

    Waiting for the outcome would use up the limit.
    """
    limit = max(due_for(audit, framework, effect.due), clock.today())
    if audit.actions_by is None or limit < audit.actions_by:
        audit.actions_by = limit
        audit.save(update_fields=["actions_by"])
    links = audit.action_links.select_related("action__owner", "action__joint_owner", "assessment")
    for link in links:
        if link.action.status == ActionStatus.OPEN:
            shorten_action(action=link.action, latest_on=audit.actions_by)
        elif link.action.status == ActionStatus.PROPOSED and (
            link.assessment is None or link.assessment.submitted_at
        ):
            open_action(action=link.action, latest_on=audit.actions_by)


def require_dated_action(
    audit: Audit, framework: Framework, rule: Consequence, effect: RequireDatedAction
) -> None:
    """Nothing to do afterwards: the outcome was not reached without one (`audits.selectors.dated_action`)."""


def report_position(audit: Audit, framework: Framework, rule: Consequence, effect: ReportPosition) -> None:
    """Put the audit among those whose actions are tracked and reported upwards (WSX-14, WSX-15)."""
    ReportedPosition.objects.get_or_create(audit=audit, rule=rule.key, defaults={"opened_at": clock.now()})


def open_urgent_concern(
    audit: Audit,
    framework: Framework,
    rule: Consequence,
    effect: OpenUrgentConcern,
    spoken: SpokenFirst | None,
) -> None:
    """Raise the urgent concern that a mark calls for, in the words of whoever set it (SEF-105)."""
    flags = {condition.flag for condition in rule.conditions if isinstance(condition, Flag)}
    mark = audit.flags.filter(flag__in=flags, taken_back_at=None).select_related("set_by").last()
    if mark is None:
        return
    triggers = [
        one.key
        for one in framework.urgent_concern.triggers
        if isinstance(one.condition, Flag) and one.condition.flag == mark.flag
    ]
    trigger = next(iter(triggers), rule.key)
    waiting = audit.concern_links.filter(concern__trigger=trigger, concern__status=ConcernStatus.RAISED)
    if not waiting.exists():
        raise_concern(
            case=audit.case,
            raised_by=mark.set_by,
            text=mark.reason,
            about=audit.reference,
            trigger=trigger,
            spoken=spoken,
        )


def discuss_in_supervision(
    audit: Audit, framework: Framework, rule: Consequence, effect: DiscussInSupervision
) -> None:
    """Take the audit to the worker's next supervision, naming why (SEF-132)."""
    ask_for_supervision(audit=audit, needed=True)
    links = AuditFollowUp.objects.filter(
        audit=audit, rule="supervision", follow_up__status=FollowUpStatus.OPEN
    )
    for link in links.select_related("follow_up"):
        if rule.label not in link.follow_up.guidance:
            link.follow_up.guidance = f"{link.follow_up.guidance} {rule.label}.".strip()
            link.follow_up.save(update_fields=["guidance"])


def write_summary(audit: Audit, framework: Framework, rule: Consequence, effect: WriteSummary) -> None:
    """Ask for a summary of the features that led to the grade and the strengths (SEF-172)."""
    on = clock.today()
    people = concerned_then(audit, effect.by, framework=framework, on=on)
    open_for_audit(
        audit=audit,
        rule=f"{rule.key}:{effect.kind}",
        kind=FollowUpKind.SUMMARY,
        title=f"{effect.label}: {audit.reference}",
        party=effect.by,
        people=people or holders(*framework.role_keys(effect.by), on=on),
        due_on=due_for(audit, framework, effect.due),
        guidance="Write it so that it can be shared: no name, no place, nothing that tells which child it was.",
    )


def open_scrutiny(audit: Audit, framework: Framework, rule: Consequence, effect: OpenScrutiny) -> None:
    """Ask for a look at what contributed to this one audit (SEF-137)."""
    by, others = scrutineers(audit, framework, effect)
    open_for_audit(
        audit=audit,
        rule=f"{rule.key}:{effect.kind}",
        kind=FollowUpKind.SCRUTINY,
        title=f"Look at what contributed to {audit.reference}",
        party=effect.by,
        people=by,
        due_on=due_for(audit, framework, effect.due),
        guidance=f"{rule.label}. {FEATURES}",
        invited=others,
    )


def open_scrutiny_of_pattern(
    audit: Audit, framework: Framework, rule: TrendRule, effect: OpenScrutiny, *, level: str, text: str
) -> FollowUp:
    """Ask for a look at what contributed to a pattern (SEF-133, SEF-134); the audit is the one that completed it.

    It is about the practitioner where the pattern is theirs, and says so on its page: the title stands in e-mails.
    It follows no single child.
    """
    by, others = scrutineers(audit, framework, effect)
    whose = {"practitioner": "a pattern", "team": audit.team, "service": audit.service}.get(level)
    follow_up = open_follow_up(
        kind=FollowUpKind.SCRUTINY,
        title=f"Look at what contributed: {whose or 'the whole council'}",
        case=None,
        assignee=by[0] if by else None,
        party=effect.by,
        due_on=due_for(audit, framework, effect.due),
        guidance=f"{rule.label}. {text}. {FEATURES}",
        about=audit.worker if level == "practitioner" else None,
        invited=others,
    )
    AuditFollowUp.objects.create(
        audit=audit, follow_up=follow_up, rule=f"{rule.key}:{level}:{effect.kind}"[:140]
    )
    return follow_up


def scrutineers(
    audit: Audit, framework: Framework, effect: OpenScrutiny
) -> tuple[list[Person], list[Person]]:
    """Return who holds the discussion and who takes part in it, each once."""
    on = clock.today()
    by = concerned_then(audit, effect.by, framework=framework, on=on)[:1]
    others = [
        person
        for party in effect.with_parties
        for person in concerned_then(audit, party, framework=framework, on=on)
        if person not in by
    ]
    return by, list(dict.fromkeys(others))
