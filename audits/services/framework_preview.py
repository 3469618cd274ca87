"""What a framework would have made of a month that was really audited. It reads and works out; it writes nothing.

Both frameworks, the one the month was run by and the one to come, are put to the same case list, seed and grades, so
that whatever differs comes from the rules. The case list is today's: children who left it since are not in it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from audits.enums import AuditStatus, CycleStatus
from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import Selector
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary import AuditFacts, DueRule, RandomShare
from audits.frameworks.vocabulary.dues import MissingAnchorError
from audits.frameworks.vocabulary.selection import OneAudit
from audits.models import Assessment, Cycle
from audits.selectors.facts import facts_of_month
from audits.services.drawing import make_draw, needs_theme, plan_of, theme_for
from audits.services.forecasting import Forecast, forecast
from audits.services.population import EXCLUSION_WORDS, population_on
from audits.services.roster import roster_on
from audits.services.sampling import Draw
from audits.services.theming import filter_of
from qaf.lib import calendar, clock
from qaf.tenants.transitions import TransitionRefused
from qaf.ui.words import long_date


@dataclass(frozen=True)
class Beside:
    """One thing under the framework of then and under the draft, in words."""

    label: str
    then: str
    draft: str

    @property
    def differs(self) -> bool:
        """Whether the two differ."""
        return self.then != self.draft


@dataclass(frozen=True)
class FrameworkPreview:
    """A month under two frameworks. `refused` says why one of them draws nothing in this release."""

    cycle: Cycle
    refused: tuple[str, ...]
    sample: tuple[Beside, ...]
    exclusions: tuple[Beside, ...]
    work: tuple[Beside, ...]
    moderation: tuple[Beside, ...]
    submitted: int
    newly_moderated: tuple[tuple[str, str], ...]
    """References with the rule that the draft would moderate them by."""
    no_longer_moderated: tuple[tuple[str, str], ...]
    dates: tuple[Beside, ...]
    late: tuple[Beside, ...]


@dataclass(frozen=True)
class _Sampled:
    """What one framework draws."""

    draw: Draw | None = None
    excluded: Mapping[str, int] | None = None
    forecast: Forecast | None = None
    refused: str = ""


def preview_framework(*, framework: Framework) -> FrameworkPreview | None:
    """Return what `framework` would have made of the last month that was audited; None where there was none."""
    cycle = _last_month()
    if cycle is None or cycle.allocated_on is None:
        return None
    then = framework_of(cycle.framework_version)
    both = (then, framework)
    sampled = tuple(_sampled(cycle, cycle.allocated_on, one) for one in both)
    facts = facts_of_month(cycle, then)
    selected = tuple(_selected(one, facts, cycle.seed) for one in both)
    was, would = selected
    return FrameworkPreview(
        cycle=cycle,
        refused=tuple(dict.fromkeys(one.refused for one in sampled if one.refused)),
        sample=_sample_rows(both, sampled),
        exclusions=_exclusion_rows(sampled),
        work=_work_rows(sampled),
        moderation=_moderation_rows(both, selected),
        submitted=len(facts),
        newly_moderated=_only_in(would, was, framework),
        no_longer_moderated=_only_in(was, would, then),
        dates=_date_rows(both, cycle),
        late=_late_rows(both, cycle),
    )


def _last_month() -> Cycle | None:
    opened = Cycle.objects.exclude(status=CycleStatus.DRAFT).exclude(allocated_on=None)
    opened = opened.order_by("-period")
    return opened.filter(period__lt=calendar.month_start(clock.today())).first() or opened.first()


# The sample ----------------------------------------------------------------------------------------------------------


def _sampled(cycle: Cycle, day: date, framework: Framework) -> _Sampled:
    try:
        theme = (cycle.theme or theme_for(framework, cycle.period)) if needs_theme(framework) else None
    except TransitionRefused as refused:
        return _Sampled(refused=" ".join(problem.text for problem in refused.problems))
    roster = roster_on(day, framework)
    limits = filter_of(theme) if theme is not None else None
    # The evening before: the month's own audits must not count as audited already.
    population = population_on(day - timedelta(days=1), cycle.period, framework, roster, limits)
    plan = plan_of(framework, roster, population, period=cycle.period, seed=cycle.seed)
    excluded = Counter(reason for one in population.candidates for reason in one.excluded)
    return _Sampled(
        draw=make_draw(plan, population, cycle.seed),
        excluded=excluded,
        forecast=forecast(framework=framework, plan=plan, population=population, roster=roster),
    )


def _sample_rows(both: Sequence[Framework], sampled: Sequence[_Sampled]) -> tuple[Beside, ...]:
    names = {service.key: service.name for one in both for service in one.services}
    counts = [{one.service: one for one in side.draw.services} if side.draw else {} for side in sampled]

    def shown(side: int, key: str) -> str:
        if not sampled[side].draw:
            return "cannot be worked out"
        found = counts[side].get(key)
        return f"{found.drawn} of {found.eligible}" if found else "does not take part"

    keys = list(dict.fromkeys(key for side in counts for key in side))
    rows = [Beside(names.get(key, key), shown(0, key), shown(1, key)) for key in keys]
    totals = [
        f"{len(side.draw.picks)} of {sum(one.eligible for one in side.draw.services)}"
        if side.draw
        else "cannot be worked out"
        for side in sampled
    ]
    return (*rows, Beside("All", totals[0], totals[1]))


def _exclusion_rows(sampled: Sequence[_Sampled]) -> tuple[Beside, ...]:
    def shown(side: _Sampled, reason: str) -> str:
        return "cannot be worked out" if side.excluded is None else str(side.excluded.get(reason, 0))

    return tuple(
        Beside(words, shown(sampled[0], reason), shown(sampled[1], reason))
        for reason, words in EXCLUSION_WORDS.items()
        if any((side.excluded or {}).get(reason) for side in sampled)
    )


def _work_rows(sampled: Sequence[_Sampled]) -> tuple[Beside, ...]:
    def row(label: str, read: Callable[[Forecast], str]) -> Beside:
        texts = [read(side.forecast) if side.forecast else "cannot be worked out" for side in sampled]
        return Beside(label, texts[0], texts[1])

    labels = list(
        dict.fromkeys(slot.label for side in sampled if side.forecast for slot in side.forecast.slots)
    )

    def slot_hours(label: str) -> Callable[[Forecast], str]:
        return lambda found: next(
            (f"{slot.hours:g} hours" for slot in found.slots if slot.label == label), "no such place"
        )

    rows = [row(label, slot_hours(label)) for label in labels]
    return (
        row("Audits", lambda found: str(found.audits)),
        *rows,
        row("Moderations to expect", lambda found: str(found.moderations)),
        row("Moderators", lambda found: f"{found.moderation_hours:g} hours"),
        row("Everybody together", lambda found: f"{found.hours:g} hours"),
    )


# Moderation ----------------------------------------------------------------------------------------------------------


Selected = Mapping[str, frozenset[str] | None]
"""Selector key to the references it selects; None where this release cannot work it out afterwards."""


def _selected(framework: Framework, facts: Mapping[str, AuditFacts], seed: str) -> Selected:
    found: dict[str, frozenset[str] | None] = {}
    for selector in framework.moderation.selectors:
        found[selector.key] = _by_rule(selector, facts, framework)
    taken = frozenset().union(*(references for references in found.values() if references))
    for selector in framework.moderation.selectors:
        if isinstance(selector.rule, RandomShare):
            left = sorted(set(facts) - taken)
            found[selector.key] = frozenset(selector.rule.select(left, seed=seed))
    return found


def _by_rule(
    selector: Selector, facts: Mapping[str, AuditFacts], framework: Framework
) -> frozenset[str] | None:
    if not isinstance(selector.rule, OneAudit):
        return None
    try:
        return frozenset(
            reference for reference, one in facts.items() if selector.rule.selects(one, framework.names).holds
        )
    except NotImplementedError:
        return None


def _moderation_rows(both: Sequence[Framework], selected: Sequence[Selected]) -> tuple[Beside, ...]:
    labels = {selector.key: selector.label for one in both for selector in one.moderation.selectors}

    def shown(side: Selected, key: str) -> str:
        if key not in side:
            return "no such rule"
        references = side[key]
        return "cannot be worked out afterwards" if references is None else str(len(references))

    rows = [Beside(label, shown(selected[0], key), shown(selected[1], key)) for key, label in labels.items()]
    totals = [str(len(_all(side))) for side in selected]
    return (*rows, Beside("Audits moderated", totals[0], totals[1]))


def _all(side: Selected) -> frozenset[str]:
    return frozenset().union(*(references for references in side.values() if references))


def _only_in(side: Selected, other: Selected, framework: Framework) -> tuple[tuple[str, str], ...]:
    labels = {selector.key: selector.label for selector in framework.moderation.selectors}
    return tuple(
        (
            reference,
            ", ".join(labels[key] for key, references in side.items() if reference in (references or ())),
        )
        for reference in sorted(_all(side) - _all(other))
    )


# Dates ---------------------------------------------------------------------------------------------------------------


def _date_rows(both: Sequence[Framework], cycle: Cycle) -> tuple[Beside, ...]:
    def rules(framework: Framework) -> dict[str, tuple[DueRule, bool]]:
        found: dict[str, tuple[DueRule, bool]] = {
            "Audits are handed out": (framework.allocation.issued_on, True)
        }
        found |= {f"{slot.label} is due": (slot.due, False) for slot in framework.process.slots}
        return found | {
            "Moderations are handed out": (framework.moderation.allocate, True),
            "Moderations are decided": (framework.moderation.due, False),
            "The audit is on the child's record": (framework.process.filing.due, False),
            "An action is due": (framework.actions.default_due, False),
            "The latest date for an action": (framework.actions.maximum_due, False),
        }

    shown = [
        {
            label: _when(framework, rule, cycle, issued=issued)
            for label, (rule, issued) in rules(framework).items()
        }
        for framework in both
    ]
    labels = list(dict.fromkeys([*shown[1], *shown[0]]))
    return tuple(
        Beside(label, shown[0].get(label, "no such date"), shown[1].get(label, "no such date"))
        for label in labels
    )


def _when(framework: Framework, rule: DueRule, cycle: Cycle, *, issued: bool) -> str:
    day = _day(framework, rule, cycle, issued=issued)
    if day is None:
        words = rule.in_words(framework.names)
        return f"{words[:1].upper()}{words[1:]}"
    return long_date(day)


def _day(framework: Framework, rule: DueRule, cycle: Cycle, *, issued: bool = False) -> date | None:
    """The day, or None for a rule that counts from a moment which comes with each audit."""
    work_out = framework.issued_on if issued else framework.due_on
    try:
        return work_out(rule, month=cycle.period, allocation=cycle.allocated_on or cycle.period)
    except (MissingAnchorError, NotImplementedError):
        return None


def _late_rows(both: Sequence[Framework], cycle: Cycle) -> tuple[Beside, ...]:
    """How many submissions of the month came after the day that each framework would have set."""
    done: dict[str, list[date]] = {}
    rows: Iterable[tuple[str, date]] = (
        (slot, calendar.local_date(at))
        for slot, at in Assessment.objects.filter(audit__cycle=cycle, submitted_at__isnull=False)
        .exclude(audit__status=AuditStatus.WITHDRAWN)
        .values_list("slot", "submitted_at")
        if at is not None
    )
    for slot, day in rows:
        done.setdefault(slot, []).append(day)

    def shown(framework: Framework, key: str) -> str:
        slot = next((one for one in framework.process.slots if one.key == key), None)
        due = _day(framework, slot.due, cycle) if slot else None
        if due is None:
            return "cannot be worked out"
        return f"{sum(day > due for day in done[key])} of {len(done[key])}"

    names = {slot.key: slot.label for framework in both for slot in framework.process.slots}
    return tuple(
        Beside(names.get(key, key), shown(both[0], key), shown(both[1], key)) for key in sorted(done)
    )


__all__ = ["Beside", "FrameworkPreview", "preview_framework"]
