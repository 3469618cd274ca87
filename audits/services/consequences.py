"""What the framework's rules make of an audit: notices, oversight, review, re-audit, conversation, good practice."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from audits.followup.enums import FollowUpKind, FollowUpStatus
from audits.followup.models import FollowUp
from audits.followup.selectors import answering
from audits.followup.services import stand_down_follow_up
from audits.followup.services.concerns import SpokenFirst
from audits.frameworks.enums import Occurrence
from audits.frameworks.schema import Framework
from audits.frameworks.schema.followup import Consequence
from audits.frameworks.vocabulary import EffectKind, all_hold
from audits.frameworks.vocabulary.effects import (
    AskOversight,
    DiscussInSupervision,
    FlagGoodPractice,
    HoldConversation,
    Notify,
    OpenScrutiny,
    OpenUrgentConcern,
    ReportPosition,
    RequireDatedAction,
    ScheduleReAudit,
    ScheduleReview,
    ScrutiniseProvider,
    ShortenActions,
    WriteSummary,
)
from audits.models import Audit
from audits.selectors.facts import audit_facts, framework_for
from audits.selectors.links import audit_href
from audits.selectors.people import auditors_ever, concerned_now, concerned_then
from audits.services import effects
from audits.services.opening import due_for, open_for_audit
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.selectors import absent_people, holders


def apply_consequences(
    *,
    audit: Audit,
    occurrence: Occurrence,
    submitter: str | None = None,
    spoken: SpokenFirst | None = None,
) -> list[str]:
    """Do what the framework asks when ``occurrence`` happens to the audit; return the keys of the rules that held.

    ``submitter`` is the slot whose submission is looked at (HER-43: either auditor's). Each effect happens once for
    an audit, however often its rule holds. ``spoken`` is what whoever marked a concern said to whom before.
    """
    framework = framework_for(audit)
    facts = audit_facts(audit, framework=framework, submitter=submitter)
    held = []
    for rule in framework.consequences_of(occurrence):
        if all_hold(rule.conditions, facts, framework.names):
            held.append(rule.key)
            for effect in rule.effects:
                if isinstance(effect, OpenUrgentConcern):
                    effects.open_urgent_concern(audit, framework, rule, effect, spoken)
                # Scrutiny of a provider follows a child (`followup.services.providers`).
                elif not isinstance(effect, ScrutiniseProvider):
                    _EFFECTS[type(effect)](audit, framework, rule, effect)
    return held


def stand_down(*, audit: Audit) -> list[FollowUp]:
    """End what a submission opened and the final outcome does not bear out; return what was ended."""
    framework = framework_for(audit)
    facts = audit_facts(audit, framework=framework)
    ended = []
    for rule in framework.consequences_of(Occurrence.AUDIT_SUBMITTED):
        if rule.stood_down_by_outcome and not all_hold(rule.conditions, facts, framework.names):
            links = audit.follow_up_links.filter(
                rule__startswith=f"{rule.key}:", follow_up__status=FollowUpStatus.OPEN
            )
            for link in links.select_related("follow_up__assignee"):
                stand_down_follow_up(
                    follow_up=link.follow_up,
                    why=f"The final outcome of {audit.reference} does not bear it out.",
                )
                ended.append(link.follow_up)
    return ended


def _notify(audit: Audit, framework: Framework, rule: Consequence, effect: Notify) -> None:
    on = clock.today()
    people = [p for party in effect.to for p in concerned_then(audit, party, framework=framework, on=on)]
    tell(
        people=answering(people, on=on),
        kind=f"rule.{rule.key}"[:60],
        key=audit.reference,
        subject=f"{audit.reference}: {rule.label}"[:200],
        body="",
        href=audit_href(audit),
    )


def _ask_oversight(audit: Audit, framework: Framework, rule: Consequence, effect: AskOversight) -> None:
    # Oversight, review and conversation are one person's to do: the nearest of several who share the post, who can
    # give it to another. Two opinions asked at once would each wait for the other.
    on = clock.today()
    open_for_audit(
        audit=audit,
        rule=f"{rule.key}:{effect.kind}",
        kind=FollowUpKind.OVERSIGHT,
        title=f"Oversight and comment on {audit.reference}",
        party=effect.of,
        people=concerned_then(audit, effect.of, framework=framework, on=on)[:1],
        due_on=due_for(audit, framework, effect.due),
        guidance="Look at the audit and record your oversight and comment.",
    )


def _schedule_review(audit: Audit, framework: Framework, rule: Consequence, effect: ScheduleReview) -> None:
    on = clock.today()
    open_for_audit(
        audit=audit,
        rule=f"{rule.key}:{effect.kind}",
        kind=FollowUpKind.REVIEW,
        title=f"{effect.label} of {audit.reference}",
        party=effect.by,
        people=concerned_now(audit, effect.by, framework=framework, on=on)[:1],
        due_on=due_for(audit, framework, effect.due),
        guidance="Look at the child’s record and the actions: what has been done, and what is still to be done?",
    )


def _schedule_re_audit(
    audit: Audit, framework: Framework, rule: Consequence, effect: ScheduleReAudit
) -> None:
    never = auditors_ever(audit) if effect.exclude_earlier_auditors else set()
    who = re_auditor_for(audit, framework, effect.by, never=never)
    open_for_audit(
        audit=audit,
        rule=f"{rule.key}:{effect.kind}",
        kind=FollowUpKind.RE_AUDIT,
        title=f"Re-audit of {audit.reference}",
        party=effect.by,
        people=[who] if who else [],
        due_on=due_for(audit, framework, effect.due),
        guidance=" ".join(question.text for question in effect.questions),
    )


def re_auditor_for(audit: Audit, framework: Framework, party: str, *, never: set[int]) -> Person | None:
    """Return who audits the case again: holds the role, did not audit it, is here, and has the fewest to do.

    A restricted record only goes to somebody cleared for it. ``None`` where there is nobody.
    """
    on = clock.today()
    pool = [person for person in holders(*framework.role_keys(party), on=on) if person.pk not in never]
    if audit.case.restricted:
        pool = [person for person in pool if person.cleared_for_restricted]
    away = absent_people(on=on)
    load: dict[int | None, int] = {}
    waiting = FollowUp.objects.filter(kind=FollowUpKind.RE_AUDIT, status=FollowUpStatus.OPEN)
    for person_id in waiting.values_list("assignee_id", flat=True):
        load[person_id] = load.get(person_id, 0) + 1

    def order(person: Person) -> tuple[bool, int, str]:
        draw = sha256(f"{audit.reference}|{person.pk}".encode()).hexdigest()
        return person.pk in away, load.get(person.pk, 0), draw

    return min(pool, key=order, default=None)


def _hold_conversation(
    audit: Audit, framework: Framework, rule: Consequence, effect: HoldConversation
) -> None:
    on = clock.today()
    other = concerned_then(audit, effect.with_party, framework=framework, on=on)
    open_for_audit(
        audit=audit,
        rule=f"{rule.key}:{effect.kind}",
        kind=FollowUpKind.CONVERSATION,
        title=f"Supportive conversation after {audit.reference}",
        party=effect.by,
        people=concerned_then(audit, effect.by, framework=framework, on=on)[:1],
        due_on=due_for(audit, framework, effect.due),
        about=other[0] if other else None,
        guidance="Talk through what the audit found: what was hard, what support would help, what happens next.",
    )


def _flag_good_practice(
    audit: Audit, framework: Framework, rule: Consequence, effect: FlagGoodPractice
) -> None:
    audit.good_practice = True
    audit.save(update_fields=["good_practice"])


_EFFECTS: dict[type[EffectKind], Callable[[Audit, Framework, Consequence, Any], None]] = {
    Notify: _notify,
    AskOversight: _ask_oversight,
    ScheduleReview: _schedule_review,
    ScheduleReAudit: _schedule_re_audit,
    HoldConversation: _hold_conversation,
    FlagGoodPractice: _flag_good_practice,
    ShortenActions: effects.shorten_actions,
    RequireDatedAction: effects.require_dated_action,
    ReportPosition: effects.report_position,
    OpenScrutiny: effects.open_scrutiny,
    DiscussInSupervision: effects.discuss_in_supervision,
    WriteSummary: effects.write_summary,
}
