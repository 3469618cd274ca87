"""Opening a moderation with its reasons, in the week the framework says (HER-34, HER-35, HER-37)."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError

from audits.enums import OVERALL, AuditStatus
from audits.events import ModerationReasonFound
from audits.frameworks.schema import Framework
from audits.models import Audit
from audits.programme.enums import OccurrenceKind
from audits.programme.selectors import moved_day
from audits.selectors.facts import framework_for
from audits.services.outcome import send_to_moderation
from moderation.enums import OPEN, ReasonKind
from moderation.models import Moderation, ModerationReason
from moderation.services.allocation import allocate_when_due
from moderation.workflow import moderation_workflow
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.transitions import TransitionRefused


def open_moderation(*, audit: Audit, reasons: Iterable[ModerationReasonFound]) -> Moderation:
    """Open the moderation of an audit and keep every reason; one that is there already is returned as it is.

    What comes too late for its own month's moderation week goes to the next month's, and says so.
    """
    framework = framework_for(audit)
    available_on, due_on, carried_over = moderation_days(audit, framework)
    moderation, made = Moderation.objects.get_or_create(
        audit=audit,
        defaults={
            "opened_at": clock.now(),
            "available_on": available_on,
            "due_on": due_on,
            "carried_over": carried_over,
        },
    )
    if made:
        kinds = set(ReasonKind.values)
        ModerationReason.objects.bulk_create(
            ModerationReason(
                moderation=moderation,
                kind=reason.kind if reason.kind in kinds else ReasonKind.RULE,
                domain=reason.domain,
                text=reason.text,
            )
            for reason in reasons
        )
        allocate_when_due(moderation=moderation)
    return moderation


def moderation_days(audit: Audit, framework: Framework) -> tuple[date, date, bool]:
    """Return when moderators receive the audit, when the decision is due, and whether its own month was missed."""
    today = clock.today()
    own = audit.cycle.period if audit.cycle else calendar.month_start(audit.allocated_on)
    first = max(own, calendar.month_start(today))
    rules = framework.moderation
    moments = {"moderation_opened": clock.now(), "audit_completed": audit.submitted_at or clock.now()}
    for later in range(3):
        month = calendar.add_months(first, later)
        due_on = moved_day(OccurrenceKind.MODERATION_ENDS, month) or framework.due_on(
            rules.due, month=month, **moments
        )
        # On the last day there is no time left to read two records and talk to two people.
        if due_on > today:
            available_on = moved_day(OccurrenceKind.MODERATION_OPENS, month) or framework.issued_on(
                rules.allocate, month=month, **moments
            )
            return max(available_on, today), due_on, month > own
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
    """End the open moderation of an audit that was withdrawn."""
    for moderation in Moderation.objects.filter(audit=audit, status__in=OPEN):
        moderation_workflow.apply(moderation, "withdraw", person=None, why="the audit was withdrawn")
