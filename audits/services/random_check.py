"""The month's random check: a share of the audits on which the auditors agreed is moderated all the same."""

from audits.enums import BEFORE_SUBMISSION, OVERALL, AuditStatus, GradeStage, Origin
from audits.events import ModerationReasonFound
from audits.frameworks.schema.moderation import Selector
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary import RandomShare
from audits.frameworks.vocabulary.selection import PanelAudits, QuotaPerRole, ShareOfMonth
from audits.models import Audit, Cycle, ModerationDraw
from audits.programme.dates import month_label
from audits.selectors.facts import framework_for
from audits.services.outcome import send_to_moderation
from audits.services.selecting import moderation_reasons
from qaf.lib import calendar, clock


def draw_random_checks() -> int:
    """Send the audits drawn for the random check of every finished month to moderation; return how many.

    The month's seed decides, so the same audits are drawn whenever it runs; those already moderated stay as they are.
    """
    sent = 0
    with_outcome = Cycle.objects.filter(audits__status=AuditStatus.OUTCOME).distinct()
    for cycle in with_outcome:
        for selector in _selectors(framework_of(cycle.framework_version).moderation.selectors):
            if _is_over(cycle):
                sent += _draw(cycle, selector)
    return sent


def waits_for_random_check(audit: Audit) -> bool:
    """Say whether the random check may still draw the audit, so that its outcome cannot be final yet."""
    if audit.cycle is None or audit.status != AuditStatus.OUTCOME or audit.origin == Origin.RE_AUDIT:
        return False
    moderated, selectors = was_moderated(audit), framework_for(audit).moderation.selectors
    if not moderated and _selectors(selectors) and not _is_over(audit.cycle):
        return True
    # A panel may look at what a manager has reviewed; everybody else's look is enough.
    awaited = [
        one.key for one in drawn_at_month_end(selectors) if not moderated or isinstance(one.rule, PanelAudits)
    ]
    return bool(awaited) and bool(undrawn(awaited, month_label(audit.cycle.period)))


def drawn_at_month_end(selectors: tuple[Selector, ...]) -> list[Selector]:
    """Return the selectors that look at the whole month once it has ended, in the framework's order."""
    kinds = (ShareOfMonth, QuotaPerRole, PanelAudits)
    return [one for one in selectors if one.evaluated == "month_closed" and isinstance(one.rule, kinds)]


def undrawn(keys: list[str], period: str) -> list[str]:
    """Return those of the selectors that have not drawn for the period."""
    drawn = set(ModerationDraw.objects.filter(period=period).values_list("selector", flat=True))
    return [key for key in keys if key not in drawn]


def _selectors(selectors: tuple[Selector, ...]) -> list[Selector]:
    return [
        selector
        for selector in selectors
        if isinstance(selector.rule, RandomShare)
        and selector.rule.share
        and selector.evaluated == "month_closed"
    ]


def _is_over(cycle: Cycle) -> bool:
    if clock.today() > calendar.month_end(cycle.period):
        return True
    return not cycle.audits.filter(status__in=BEFORE_SUBMISSION).exists()


def was_moderated(audit: Audit) -> bool:
    """Say whether somebody has moderated the audit."""
    return audit.recorded_grades.filter(stage=GradeStage.MODERATED).exists()


def _draw(cycle: Cycle, selector: Selector) -> int:
    framework = framework_of(cycle.framework_version)
    finished = cycle.audits.exclude(status__in=(*BEFORE_SUBMISSION, AuditStatus.WITHDRAWN))
    pool = {
        audit.reference: audit
        for audit in finished.exclude(origin=Origin.RE_AUDIT).select_related("cycle", "service")
        if not moderation_reasons(audit=audit, framework=framework)
    }
    assert isinstance(selector.rule, RandomShare)  # noqa: S101  (chosen by _selectors)
    sent = 0
    for reference, reason in selector.rule.select(pool, seed=cycle.seed).items():
        audit = pool[reference]
        if audit.status == AuditStatus.OUTCOME and not was_moderated(audit):
            found = ModerationReasonFound(selector.key, "random_sample", OVERALL, reason.text)
            send_to_moderation(audit=audit, reasons=(found,))
            sent += 1
    return sent
