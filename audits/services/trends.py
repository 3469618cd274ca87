"""Patterns: a domain that stays weak is brought to a manager's notice, as a question and never as a ranking."""

from audits.enums import NOT_APPLICABLE, OVERALL, TREND_ORIGINS, WITH_FINAL_GRADE
from audits.followup.selectors import answering
from audits.frameworks.schema import Framework
from audits.frameworks.vocabulary import Grades, HistoryFacts, PastAudit
from audits.frameworks.vocabulary.effects import Notify
from audits.models import Audit, GradeOfRecord
from audits.selectors.facts import framework_for, ranks_of
from audits.selectors.links import audit_href
from audits.selectors.people import concerned_then
from qaf.lib import clock
from qaf.notices.services import tell

HISTORY = 24
"""How many of the newest audits a history rule may look back on."""


def look_for_patterns(*, audit: Audit) -> list[str]:
    """Tell those whom the framework names about every pattern that the audit completes; return the rules that held.

    Only audits drawn at random count, for the worker, team and service of the day they were drawn (HER-53).
    """
    if audit.origin not in TREND_ORIGINS:
        return []
    framework = framework_for(audit)
    held = []
    for rule in framework.trends:
        for level in rule.condition.levels:
            history = history_of(audit, level, framework)
            verdict = rule.condition.holds(history, framework.names) if history.audits else None
            if verdict:
                held.append(f"{rule.key}:{level}")
                text = "; ".join(reason.text for reason in verdict.reasons)
                for effect in rule.effects:
                    if isinstance(effect, Notify):
                        _tell(audit, framework, rule.label, f"{rule.key}:{level}", effect, level, text)
    return held


def history_of(audit: Audit, level: str, framework: Framework) -> HistoryFacts:
    """Return the final audits of the audit's own worker, team, service or council up to it, oldest first."""
    wanted: dict[str, dict[str, object]] = {
        "practitioner": {"worker": audit.worker},
        "team": {"team": audit.team},
        "service": {"service": audit.service},
        "authority": {},
    }
    same = wanted[level]
    if None in same.values():
        return HistoryFacts(rank={}, level=level, audits=())
    rows = Audit.objects.filter(
        origin__in=TREND_ORIGINS, status__in=WITH_FINAL_GRADE, tool=audit.tool, **same
    )
    earlier = rows.filter(allocated_on__lte=audit.allocated_on)
    newest = list(earlier.order_by("-allocated_on", "-final_at", "-id")[:HISTORY])
    # The audit itself is the newest: another of the same month that became final before it comes first.
    ordered = [one for one in reversed(newest) if one.pk != audit.pk] + [audit]
    grades: dict[int, dict[str, str | None]] = {}
    for audit_id, domain, grade in GradeOfRecord.objects.filter(audit__in=ordered).values_list(
        "audit_id", "domain", "grade"
    ):
        grades.setdefault(audit_id, {})[domain] = None if grade == NOT_APPLICABLE else grade
    past = [PastAudit(one.reference, one.allocated_on, _grades(grades.get(one.pk, {}))) for one in ordered]
    return HistoryFacts(rank=ranks_of(audit, framework), level=level, audits=tuple(past))


def _grades(found: dict[str, str | None]) -> Grades:
    return Grades(
        overall=found.get(OVERALL), domains={key: grade for key, grade in found.items() if key != OVERALL}
    )


def _tell(
    audit: Audit, framework: Framework, label: str, key: str, effect: Notify, level: str, text: str
) -> None:
    on = clock.today()
    people = [p for party in effect.to for p in concerned_then(audit, party, framework=framework, on=on)]
    about = {
        "practitioner": f"the work of {audit.worker}" if audit.worker else "",
        "team": f"{audit.team}" if audit.team else "",
        "service": f"{audit.service}" if audit.service else "",
    }.get(level, "the whole council")
    tell(
        people=answering(people, on=on),
        kind="pattern",
        key=f"{key}:{audit.reference}"[:160],
        subject=f"{label}: {about}"[:200],
        body=f"{text}. Ask what stands behind it and what support would help.",
        href=audit_href(audit),
    )
