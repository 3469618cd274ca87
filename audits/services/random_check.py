"""The month's random check: a share of the audits on which the auditors agreed is moderated all the same."""

from audits.enums import BEFORE_SUBMISSION, OVERALL, AuditStatus, GradeStage, Origin
from audits.events import ModerationReasonFound
from audits.frameworks.schema.moderation import Selector
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary import RandomShare
from audits.models import Audit, Cycle
from audits.selectors.facts import framework_for
from audits.services.outcome import moderation_reasons, send_to_moderation
from qaf.lib import calendar, clock


def draw_random_checks() -> int:
    """Send the audits drawn for the random check of every finished month to moderation; return how many.

    The month's seed decides, so the same audits are drawn whenever it runs; those already moderated stay as they are.
    """
    sent = 0
    with_outcome = Cycle.objects.filter(audits__status=AuditStatus.OUTCOME).distinct()
    for cycle in with_outcome.select_related("framework_version"):
        for selector in _selectors(framework_of(cycle.framework_version).moderation.selectors):
            if _is_over(cycle):
                sent += _draw(cycle, selector)
    return sent


def waits_for_random_check(audit: Audit) -> bool:
    """Say whether the random check may still draw the audit, so that its outcome cannot be final yet."""
    if audit.cycle is None or audit.status != AuditStatus.OUTCOME or _was_moderated(audit):
        return False
    return bool(_selectors(framework_for(audit).moderation.selectors)) and not _is_over(audit.cycle)


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


def _was_moderated(audit: Audit) -> bool:
    return audit.recorded_grades.filter(stage=GradeStage.MODERATED).exists()


def _draw(cycle: Cycle, selector: Selector) -> int:
    framework = framework_of(cycle.framework_version)
    finished = cycle.audits.exclude(status__in=(*BEFORE_SUBMISSION, AuditStatus.WITHDRAWN))
    pool = {
        audit.reference: audit
        for audit in finished.exclude(origin=Origin.RE_AUDIT).select_related(
            "framework_version", "cycle", "service"
        )
        if not moderation_reasons(audit=audit, framework=framework)
    }
    assert isinstance(selector.rule, RandomShare)  # noqa: S101  (chosen by _selectors)
    sent = 0
    for reference, reason in selector.rule.select(pool, seed=cycle.seed).items():
        audit = pool[reference]
        if audit.status == AuditStatus.OUTCOME and not _was_moderated(audit):
            found = ModerationReasonFound(selector.key, "random_sample", OVERALL, reason.text)
            send_to_moderation(audit=audit, reasons=(found,))
            sent += 1
    return sent
