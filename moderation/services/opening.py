"""Opening a moderation with its reasons, in the week the framework says (HER-34, HER-35, HER-37)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from audits.enums import OVERALL, AuditStatus
from audits.events import ModerationReasonFound
from audits.frameworks.schema import Framework
from audits.models import Audit
from audits.programme.enums import OccurrenceKind
from audits.programme.selectors import moved_day
from audits.selectors.facts import framework_for
from audits.selectors.people import auditors_ever
from audits.services.outcome import send_to_moderation
from moderation.enums import NOT_ENDED, ModerationStatus, ReasonKind
from moderation.models import Moderation, ModerationReason
from moderation.selectors.modes import (
    comes_afterwards,
    decision_for,
    due_rule_for,
    mode_of,
    reviewer_role_for,
    rules_of,
)
from moderation.services.allocation import allocate_when_due, give, tell_given
from moderation.services.panels import follow_reasons
from moderation.workflow import moderation_workflow
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.transitions import TransitionRefused


def open_moderation(*, audit: Audit, reasons: Iterable[ModerationReasonFound]) -> Moderation:
    """Open the moderation of an audit and keep every reason; one that is open already keeps the new ones too.

    A moderator named at allocation begins now. What was decided before is looked at again in a new round. What comes
    too late for its own month's moderation week goes to the next month's, and says so.
    """
    reasons = tuple(reasons)
    moderation = Moderation.objects.filter(audit=audit).order_by("-round").first()
    if moderation is None or moderation.status not in NOT_ENDED:
        moderation = _new_round(audit, reasons, after=moderation)
    else:
        _keep(moderation, reasons)
    if moderation.status == ModerationStatus.NAMED:
        _begin_named(moderation)
    named = next((reason.moderator for reason in reasons if reason.moderator), None)
    waits = moderation.status == ModerationStatus.WAITING
    if named is not None and waits and named.pk not in auditors_ever(audit):
        give(moderation, named, by=None)
    allocate_when_due(moderation=moderation)
    return moderation


def _new_round(
    audit: Audit, reasons: tuple[ModerationReasonFound, ...], *, after: Moderation | None
) -> Moderation:
    framework, rules = framework_for(audit), [reason.rule for reason in reasons]
    available_on, due_on, carried_over = moderation_days(audit, framework, rules)
    moderation = Moderation.objects.create(
        audit=audit,
        round=after.round + 1 if after else 1,
        mode=mode_of(decision_for(framework, rules)),
        reviewer_role=reviewer_role_for(framework, rules),
        opened_at=clock.now(),
        available_on=available_on,
        due_on=due_on,
        carried_over=carried_over,
    )
    _keep(moderation, reasons)
    return moderation


def _keep(moderation: Moderation, reasons: tuple[ModerationReasonFound, ...]) -> None:
    kinds, known = set(ReasonKind.values), set(moderation.reasons.values_list("rule", "domain", "text"))
    ModerationReason.objects.bulk_create(
        ModerationReason(
            moderation=moderation,
            kind=reason.kind if reason.kind in kinds else ReasonKind.RULE,
            rule=reason.rule,
            domain=reason.domain,
            text=reason.text,
        )
        for reason in reasons
        if (reason.rule, reason.domain, reason.text) not in known
    )
    getattr(moderation, "_prefetched_objects_cache", {}).pop("reasons", None)
    follow_reasons(moderation=moderation)


def _begin_named(moderation: Moderation) -> None:
    framework = framework_for(moderation.audit)
    _, due_on, carried_over = moderation_days(moderation.audit, framework, rules_of(moderation))
    moderation_workflow.apply(
        moderation,
        "begin",
        person=None,
        also={
            "opened_at": clock.now(),
            "available_on": clock.today(),
            "due_on": due_on,
            "carried_over": carried_over,
        },
    )
    if moderation.moderator is not None:
        tell_given(moderation)


def moderation_days(audit: Audit, framework: Framework, rules: Iterable[str] = ()) -> tuple[date, date, bool]:
    """Return when moderators receive the audit, when the decision is due, and whether its own month was missed."""
    today, rules = clock.today(), list(rules)
    own = audit.cycle.period if audit.cycle else calendar.month_start(audit.allocated_on)
    allocate, due = framework.moderation.allocate, due_rule_for(framework, rules)
    month_long = comes_afterwards(framework, rules)
    submitted = audit.submitted_at or clock.now()
    moments: dict[str, Any] = {
        "moderation_opened": clock.now(),
        "audit_completed": submitted,
        "audit_submitted": submitted,
    }
    months = [own] if month_long else []
    first = max(own, calendar.month_start(today))
    months += [calendar.add_months(first, later) for later in range(3)]
    # What counts from a day long gone counts from today instead: nobody can keep a day that has passed.
    for known in (moments, dict.fromkeys(moments, clock.now())):
        for month in months:
            due_on = moved_day(OccurrenceKind.MODERATION_ENDS, month) or framework.due_on(
                due, month=month, **known
            )
            # On the last day there is no time left to read two records and talk to two people.
            if due_on > today:
                available_on = moved_day(OccurrenceKind.MODERATION_OPENS, month) or framework.issued_on(
                    allocate, month=month, **known
                )
                late = month > own and not month_long
                return min(max(available_on, today), due_on), due_on, late
    raise ValueError("The framework's moderation is due before it can begin.")


def ask_for_moderation(*, audit: Audit, reason: str, person: Person) -> Moderation:
    """Send an agreed outcome, not final yet, to moderation because somebody asks for it.

    Raises ``PermissionDenied``, ``ValidationError`` without a reason, ``TransitionRefused`` where it was moderated
    already or is final: nobody moderates twice.
    """
    require(person, "moderation.allocate")
    if not reason.strip():
        raise ValidationError({"reason": "Say why it should be moderated"})
    if audit.status != AuditStatus.OUTCOME or Moderation.objects.filter(audit=audit).exists():
        raise TransitionRefused(["Only an agreed outcome that is not final yet can be sent to moderation."])
    found = ModerationReasonFound("asked", ReasonKind.ASKED, OVERALL, f"{person.name}: {reason.strip()}")
    send_to_moderation(audit=audit, reasons=(found,), person=person)
    return Moderation.objects.get(audit=audit)


def withdraw_moderation(*, audit: Audit) -> None:
    """End the moderation of an audit that was withdrawn, named or open."""
    for moderation in Moderation.objects.filter(audit=audit, status__in=NOT_ENDED):
        moderation_workflow.apply(moderation, "withdraw", person=None, why="the audit was withdrawn")
