"""Dates follow each other."""

from collections.abc import Callable, Iterator
from datetime import date

from audits.frameworks.checks.sense import Found, needs
from audits.frameworks.enums import Anchor
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary import DueFacts, DueRule


@needs("actions")
def default_within_maximum(framework: Framework) -> Iterator[Found]:
    """An action's default due date never lies after the latest one allowed."""
    actions = framework.actions
    days = _due_on_one_day(actions.default_due), _due_on_one_day(actions.maximum_due)
    if all(days) and all(default > maximum for default, maximum in zip(*days, strict=True)):
        names = _PlainNames()
        yield (
            ("actions", "default_due"),
            "lies after the latest date allowed",
            actions.default_due.in_words(names),
            (f"at the latest {actions.maximum_due.in_words(names)}"),
        )


@needs("moderation")
def moderation_in_order(framework: Framework) -> Iterator[Found]:
    """Moderation is not due before it is allocated."""
    rules = framework.moderation
    starts, ends = _due_on_one_day(rules.allocate), _due_on_one_day(rules.due)
    if starts and ends and all(end < start for start, end in zip(starts, ends, strict=True)):
        names = _PlainNames()
        yield (
            ("moderation", "due"),
            "lies before moderation is allocated",
            rules.due.in_words(names),
            (f"not before: {rules.allocate.in_words(names)}"),
        )


class _PlainNames:
    """Words for keys where a whole framework may be missing."""

    def __getattr__(self, name: str) -> Callable[[str], str]:
        return lambda key: key.replace("_", " ")


def _due_on_one_day(rule: DueRule) -> list[date]:
    """The rule's day where everything happens on the first of a month; empty where this release cannot say."""
    days = []
    for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 8, 1)):
        facts = DueFacts(
            month=month,
            moments={anchor.value: month for anchor in Anchor if anchor is not Anchor.AUDIT_MONTH_END},
        )
        try:
            days.append(rule.due_on(facts))
        except NotImplementedError:
            return []
    return days
