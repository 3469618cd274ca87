"""Patterns: what stays weak, or moves, is brought to a manager's notice: as a question and never as a ranking."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from audits.enums import NOT_APPLICABLE, OVERALL, TREND_ORIGINS, WITH_FINAL_GRADE
from audits.followup.models import FollowUp
from audits.followup.selectors import answering
from audits.frameworks.schema import Framework
from audits.frameworks.schema.followup import TrendRule
from audits.frameworks.selectors import framework_in_force
from audits.frameworks.vocabulary import Grades, HistoryFacts, PastAudit, Verdict
from audits.frameworks.vocabulary.effects import Notify, OpenScrutiny
from audits.models import Assessment, Audit, FoundPattern, GradeOfRecord, Judgement
from audits.selectors.facts import framework_for, ranks_of
from audits.selectors.links import pattern_href
from audits.selectors.people import concerned_then
from audits.selectors.responsibility import work_of_others
from audits.services.effects import open_scrutiny_of_pattern
from qaf.lib import calendar, clock
from qaf.notices.services import tell

HISTORY = 24
"""How many of the newest audits a rule that names no time may look back on."""

COLUMNS = {"practitioner": "worker", "team": "team", "service": "service"}
"""Whose history it is: the columns of an audit, frozen on the day it was drawn."""


@dataclass(frozen=True)
class _Found:
    """A rule that holds for somebody: the audit that completed it, and why."""

    audit: Audit
    rule: TrendRule
    level: str
    verdict: Verdict

    @property
    def subject(self) -> int:
        return getattr(self.audit, f"{COLUMNS[self.level]}_id") if self.level in COLUMNS else 0

    @property
    def sentence(self) -> str:
        return "; ".join(reason.text for reason in self.verdict.reasons)

    @property
    def references(self) -> list[str]:
        return list(dict.fromkeys(one for reason in self.verdict.reasons for one in reason.references))


def look_for_patterns(*, audit: Audit) -> list[str]:
    """Do what the framework asks about every pattern that the audit completes; return the rules that held.

    Only audits drawn at random count, for the worker, team and service of the day they were drawn (HER-53).
    """
    if audit.origin not in TREND_ORIGINS:
        return []
    framework = framework_for(audit)
    found = [
        one
        for rule in framework.trends
        if not rule.condition.when_a_quarter_ends
        for level in rule.condition.levels
        if (one := _look(audit, rule, level, framework))
    ]
    for one in found:
        _act(one, framework)
    return [f"{one.rule.key}:{one.level}" for one in found]


def look_at_quarter(*, year: int, quarter: int) -> list[str]:
    """Do what the framework asks about changes from the quarter before; return the rules that held, with whose."""
    framework = framework_in_force(calendar.quarter_bounds(year, quarter)[1])
    rules = [rule for rule in framework.trends if rule.condition.when_a_quarter_ends]
    start, end = calendar.quarter_bounds(year, quarter)
    newest = (
        Audit.objects.filter(
            origin__in=TREND_ORIGINS,
            status__in=WITH_FINAL_GRADE,
            final_at__gte=calendar.local_midnight(start),
            final_at__lt=calendar.end_of_local_day(end),
        ).order_by("-final_at", "-id")
        if rules
        else Audit.objects.none()
    )
    last: dict[tuple[str, int | None], Audit] = {}
    for audit in newest.select_related("worker", "team", "service"):
        for level in ("practitioner", "team", "service", "authority"):
            last.setdefault((level, getattr(audit, f"{COLUMNS[level]}_id") if level in COLUMNS else 0), audit)
    found = [
        one
        for rule in rules
        for (level, _), audit in last.items()
        if level in rule.condition.levels and (one := _look(audit, rule, level, framework))
    ]
    for one in found:
        _act(one, framework)
    return [f"{one.rule.key}:{one.level}:{one.subject}" for one in found]


def _look(audit: Audit, rule: TrendRule, level: str, framework: Framework) -> _Found | None:
    history = history_of(audit, level, framework, rule)
    verdict = rule.condition.holds(history, framework.names) if history.audits else None
    return _Found(audit, rule, level, verdict) if verdict else None


def _act(found: _Found, framework: Framework) -> None:
    """Tell once for the same audits; ask for scrutiny once for a pattern, while it is the same one that goes on."""
    before = FoundPattern.objects.filter(rule=found.rule.key, level=found.level, subject=found.subject)
    earlier = [set(one) for one in before.values_list("references", flat=True)]
    references = set(found.references)
    if references and references in earlier:
        return
    goes_on = any(references & one for one in earlier)
    follow_up: FollowUp | None = None
    for effect in found.rule.effects:
        if isinstance(effect, OpenScrutiny) and not goes_on:
            follow_up = open_scrutiny_of_pattern(
                found.audit, framework, found.rule, effect, level=found.level, text=found.sentence
            )
    pattern = FoundPattern.objects.create(
        rule=found.rule.key,
        level=found.level,
        subject=found.subject,
        text=found.sentence,
        references=found.references,
        found_at=clock.now(),
        follow_up=follow_up,
    )
    for effect in found.rule.effects:
        if isinstance(effect, Notify):
            _tell(found, pattern, framework, effect)


def history_of(audit: Audit, level: str, framework: Framework, rule: TrendRule) -> HistoryFacts:
    """Return the final audits of the audit's own worker, team, service or council up to it, oldest first.

    They count on the day of the draw; for a rule about quarters, on the day they became final.
    """
    same = {COLUMNS[level]: getattr(audit, COLUMNS[level])} if level in COLUMNS else {}
    if None in same.values():
        return HistoryFacts(rank={}, level=level, audits=())
    ordered = _ordered(audit, rule, Q(**same))
    if level == "practitioner":
        # What was mainly the work of others says nothing about this worker (SEF-140).
        others = work_of_others(one.pk for one in ordered)
        ordered = [] if audit.pk in others else [one for one in ordered if one.pk not in others]
    by_final = rule.condition.when_a_quarter_ends
    grades: dict[int, dict[str, str | None]] = defaultdict(dict)
    of_record = GradeOfRecord.objects.filter(audit__in=ordered)
    for audit_id, domain, grade in of_record.values_list("audit_id", "domain", "grade"):
        grades[audit_id][domain] = None if grade == NOT_APPLICABLE else grade
    factors = _factors(ordered)
    past = [
        PastAudit(
            one.reference,
            _final_day(one) if by_final else one.allocated_on,
            _grades(grades[one.pk]),
            (one.allocated_on - one.worker_since).days // 7 if one.worker_since else None,
            factors[one.pk],
        )
        for one in ordered
    ]
    return HistoryFacts(rank=ranks_of(audit, framework), level=level, audits=tuple(past))


def _ordered(audit: Audit, rule: TrendRule, same: Q) -> list[Audit]:
    rows = Audit.objects.filter(same, origin__in=TREND_ORIGINS, status__in=WITH_FINAL_GRADE, tool=audit.tool)
    if rule.condition.when_a_quarter_ends:
        first = rule.condition.begins_on(_final_day(audit)) or date.min
        moments = {"final_at__gte": calendar.local_midnight(first), "final_at__lte": audit.final_at}
        return list(rows.filter(**moments).order_by("final_at", "id"))
    earlier = rows.filter(allocated_on__lte=audit.allocated_on).exclude(pk=audit.pk)
    newest = earlier.order_by("-allocated_on", "-final_at", "-id")
    since = rule.condition.begins_on(audit.allocated_on)
    found = list(newest.filter(allocated_on__gte=since) if since else newest[: HISTORY - 1])
    # The audit itself is the newest: another of the same month that became final before it comes first.
    return [*reversed(found), audit]


def _final_day(audit: Audit) -> date:
    return calendar.local_date(audit.final_at or clock.now())


def _factors(audits: Iterable[Audit]) -> dict[int, frozenset[str]]:
    """Return, by audit, the fields of the whole audit in which anything is recorded."""
    found: dict[int, set[str]] = defaultdict(set)
    # Two looks into an index: joined, judgements were read from the first to the last.
    parts = Assessment.objects.filter(audit__in=list(audits)).order_by()
    audit_of = dict(parts.values_list("pk", "audit_id"))
    rows = Judgement.objects.filter(assessment__in=list(audit_of), domain=OVERALL).order_by()
    for assessment_id, extra in rows.values_list("assessment_id", "extra"):
        found[audit_of[assessment_id]] |= {key for key, value in extra.items() if value}
    return defaultdict(frozenset, {pk: frozenset(keys) for pk, keys in found.items()})


def _grades(found: dict[str, str | None]) -> Grades:
    return Grades(
        overall=found.get(OVERALL), domains={key: grade for key, grade in found.items() if key != OVERALL}
    )


def _tell(found: _Found, pattern: FoundPattern, framework: Framework, effect: Notify) -> None:
    """Say that there is a pattern and where to read of it: whose it is stands on its page, never in an e-mail."""
    audit, on = found.audit, clock.today()
    people = [p for party in effect.to for p in concerned_then(audit, party, framework=framework, on=on)]
    tell(
        people=answering(people, on=on),
        kind="pattern",
        key=f"{found.rule.key}:{found.level}:{audit.reference}"[:160],
        subject="A pattern needs your attention",
        body="Several audits show the same. Open it to read what they show, and whose work it is about.",
        href=pattern_href(pattern),
    )
