"""What is chosen for moderation when a month or a quarter has ended: once, by the seed, with its proof."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256

from django.db import transaction

from audits.enums import BEFORE_SUBMISSION, OVERALL, WITH_FINAL_GRADE, AuditStatus, Origin
from audits.events import ModerationReasonFound
from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import Selector
from audits.frameworks.selectors import NoFrameworkError, framework_of, version_in_force
from audits.frameworks.vocabulary import Reason
from audits.frameworks.vocabulary.selection import (
    PanelAudits,
    QuotaPerRole,
    SessionSample,
    ShareOfMonth,
    by_chance,
)
from audits.models import Assessment, Audit, Cycle, ModerationDraw
from audits.programme.dates import month_label
from audits.services.outcome import send_to_moderation
from audits.services.random_check import drawn_at_month_end, undrawn
from moderation.enums import CaseMethod, ModerationStatus
from moderation.models import Meeting, Moderation
from moderation.selectors import able_to_moderate
from moderation.selectors.modes import session_selector, way_for
from moderation.selectors.panels import role_holders
from moderation.services.meetings import add_case, meeting_for
from moderation.services.opening import open_moderation
from qaf.lib import calendar, clock
from qaf.tenants.models import Person

LOOK_BACK_MONTHS = 3
"""A month's draw that was missed is made later, by the same seed; what is older than this is history."""


def draw_ended_months() -> int:
    """Make every draw of the months that have ended; return how many audits were chosen. May run twice."""
    today = clock.today()
    oldest = calendar.add_months(calendar.month_start(today), -LOOK_BACK_MONTHS)
    cycles = Cycle.objects.filter(period__gte=oldest, period__lt=calendar.month_start(today))
    return sum(_draw_month(cycle) for cycle in cycles.order_by("period"))


@transaction.atomic
def _draw_month(cycle: Cycle) -> int:
    framework = framework_of(cycle.framework_version)
    selectors = drawn_at_month_end(framework.moderation.selectors)
    waiting = set(undrawn([one.key for one in selectors], month_label(cycle.period)))
    drawn = 0
    for selector in selectors:
        if selector.key not in waiting:
            continue
        if isinstance(selector.rule, ShareOfMonth):
            drawn += _draw_share(cycle, framework, selector, selector.rule)
        elif isinstance(selector.rule, QuotaPerRole):
            drawn += _draw_quota(cycle, framework, selector, selector.rule)
        elif isinstance(selector.rule, PanelAudits):
            drawn += _draw_meeting(cycle, framework, selector, selector.rule)
    return drawn


def _finished(cycle: Cycle) -> dict[str, Audit]:
    """The month's audits that everybody has submitted; a re-audit belongs to the audit that it repeats."""
    found = cycle.audits.exclude(status__in=(*BEFORE_SUBMISSION, AuditStatus.WITHDRAWN)).exclude(
        origin=Origin.RE_AUDIT
    )
    found = found.select_related("cycle", "case__team", "case__service", "team", "service")
    return {audit.reference: audit for audit in found}


def _not_looked_at(audits: dict[str, Audit]) -> dict[str, Audit]:
    """Those that nobody moderates or has moderated, and whose outcome can still be."""
    moderated = set(
        Moderation.objects.filter(audit__in=list(audits.values()))
        .exclude(status=ModerationStatus.WITHDRAWN)
        .values_list("audit_id", flat=True)
    )
    return {
        reference: audit
        for reference, audit in audits.items()
        if audit.status == AuditStatus.OUTCOME and audit.pk not in moderated
    }


def _draw_share(cycle: Cycle, framework: Framework, selector: Selector, rule: ShareOfMonth) -> int:
    month = _finished(cycle)
    pool = _not_looked_at(month)
    strata = {reference: _stratum(audit, rule.stratify_by) for reference, audit in pool.items()}
    chosen = rule.select(strata, selected=len(month) - len(pool), month=len(month), seed=cycle.seed)
    _keep_draw(month_label(cycle.period), selector, cycle.seed, pool, chosen)
    for reference, reason in chosen.items():
        _send(pool[reference], selector, reason.text, kind="random_sample")
    return len(chosen)


def _stratum(audit: Audit, by: Iterable[str]) -> tuple[str, ...]:
    values = {
        "grade": dict(audit.grades.values_list("domain", "grade")).get(OVERALL, ""),
        "service": audit.service.key if audit.service else "",
    }
    return tuple(values[name] for name in by)


def _draw_quota(cycle: Cycle, framework: Framework, selector: Selector, rule: QuotaPerRole) -> int:
    """Give each holder of the role a colleague's audit: first one that nobody looks at, of somebody in their role."""
    pool = _not_looked_at(_finished(cycle))
    people = role_holders(framework, rule.role)
    own = {person.pk for person in people}
    able = able_to_moderate(pool.values(), way=way_for(framework, [selector.key]))
    auditors = _auditors_of(pool.values())
    chosen: dict[str, tuple[Person, Reason]] = {}
    for turn in range(rule.count):
        for person in sorted(people, key=lambda one: by_chance([one.name], f"{cycle.seed}|{turn}")):
            free = [ref for ref in by_chance(pool, cycle.seed) if ref not in chosen]
            fit = [ref for ref in free if person in able[ref]]
            if fit:
                reference = min(fit, key=lambda ref: not (auditors[ref] & (own - {person.pk})))
                text = f"{selector.label}, for {person.name}"
                chosen[reference] = (person, Reason(text))
    reasons = {reference: reason for reference, (_, reason) in chosen.items()}
    _keep_draw(month_label(cycle.period), selector, cycle.seed, pool, reasons)
    for reference, (person, reason) in chosen.items():
        _send(pool[reference], selector, reason.text, moderator=person)
    return len(chosen)


def _auditors_of(audits: Iterable[Audit]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {audit.reference: set() for audit in audits}
    rows = Assessment.objects.filter(audit__reference__in=found).exclude(assessor=None)
    for reference, assessor in rows.values_list("audit__reference", "assessor_id"):
        found[reference].add(assessor)
    return found


def _draw_meeting(cycle: Cycle, framework: Framework, selector: Selector, rule: PanelAudits) -> int:
    """Fill the month's meeting: what its chair chose by theme, else as many as chance draws (SLO-76)."""
    meeting = meeting_for(cycle=cycle)
    waiting = {
        reference: audit
        for reference, audit in _finished(cycle).items()
        if audit.status == AuditStatus.OUTCOME
    }
    by_theme = set(meeting.cases.values_list("audit__reference", flat=True))
    chosen: dict[str, Reason] = {}
    if not by_theme and "random" in rule.methods:
        chosen = rule.select(waiting, seed=cycle.seed)
    _keep_draw(
        month_label(cycle.period),
        selector,
        cycle.seed,
        waiting,
        chosen or {reference: Reason(f"Chosen by theme: {meeting.theme}") for reference in by_theme},
    )
    for reference, reason in chosen.items():
        add_case(
            meeting=meeting,
            audit=waiting[reference],
            selector=selector,
            method=CaseMethod.RANDOM,
            text=reason.text,
        )
    return len(chosen)


def _send(
    audit: Audit, selector: Selector, text: str, *, kind: str = "rule", moderator: Person | None = None
) -> None:
    found = ModerationReasonFound(selector.key, kind, OVERALL, text, moderator)
    send_to_moderation(audit=audit, reasons=(found,))


def _keep_draw(
    period: str, selector: Selector, seed: str, pool: Iterable[str], chosen: dict[str, Reason]
) -> None:
    ModerationDraw.objects.create(
        period=period,
        selector=selector.key,
        seed=seed,
        pool=sorted(pool),
        chosen={reference: reason.text for reference, reason in chosen.items()},
        drawn_at=clock.now(),
    )


# Quarters -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def draw_ended_quarter() -> int:
    """Fill the consistency session of the quarter that has just ended; return how many audits it looks at (DUR-86).

    Does nothing for a framework without sessions, and the second time.
    """
    last = calendar.add_months(calendar.month_start(clock.today()), -3)
    year, quarter = calendar.quarter_of(last)
    starts, ends = calendar.quarter_bounds(year, quarter)
    label = calendar.quarter_label(year, quarter)
    try:
        version = version_in_force()
    except NoFrameworkError:
        return 0
    framework = framework_of(version)
    selector = session_selector(framework)
    if selector is None or ModerationDraw.objects.filter(period=label, selector=selector.key).exists():
        return 0
    assert isinstance(selector.rule, SessionSample)  # noqa: S101  (so session_selector says)
    pool = _finished_in(starts, ends)
    grades = {
        reference: dict(audit.grades.values_list("domain", "grade")).get(OVERALL, "")
        for reference, audit in pool.items()
    }
    seed = sha256(f"{label}|{'|'.join(sorted(pool))}".encode()).hexdigest()
    chosen = selector.rule.select(grades, framework.names, seed=seed)
    _keep_draw(label, selector, seed, pool, chosen)
    if not chosen:
        return 0
    meeting = meeting_for(quarter=label)
    for reference, reason in chosen.items():
        _into_session(meeting, pool[reference], selector, reason.text)
    return len(chosen)


def _finished_in(starts: date, ends: date) -> dict[str, Audit]:
    found = Audit.objects.filter(
        status__in=WITH_FINAL_GRADE, submitted_at__date__gte=starts, submitted_at__date__lte=ends
    )
    found = found.exclude(origin=Origin.RE_AUDIT).select_related(
        "cycle", "case__team", "case__service", "team", "service"
    )
    return {audit.reference: audit for audit in found}


def _into_session(meeting: Meeting, audit: Audit, selector: Selector, text: str) -> None:
    found = ModerationReasonFound(selector.key, "rule", OVERALL, text)
    moderation = open_moderation(audit=audit, reasons=(found,))
    moderation.meeting = meeting
    moderation.save(update_fields=["meeting"])
