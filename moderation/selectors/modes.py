"""How a moderation is decided and by when: what its reasons' rules say, else the framework's own way."""

from collections.abc import Iterable
from dataclasses import dataclass

from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import (
    ConsistencySession,
    DecisionMode,
    Panel,
    Selector,
)
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary import DueRule
from audits.frameworks.vocabulary.selection import LineReview, QuotaPerRole, SessionSample
from moderation.enums import Mode
from moderation.models import Moderation

AFTERWARDS = ("month_closed", "each_quarter")


@dataclass(frozen=True)
class Way:
    """Who may decide: in which mode, and which role a rule names to look at it alone."""

    mode: str
    reviewer_role: str = ""
    line_review: bool = False

    @property
    def close(self) -> bool:
        """Whether somebody of the case's own line may decide: on a panel, or as the manager who reviews."""
        return self.mode == Mode.PANEL or self.line_review


def way_for(framework: Framework, rules: Iterable[str]) -> Way:
    """Return who may decide what was chosen by these rules."""
    rules = list(rules)
    return Way(
        mode_of(decision_for(framework, rules)),
        reviewer_role_for(framework, rules),
        is_line_review(framework, rules),
    )


def way_of(moderation: Moderation) -> Way:
    """Return who may decide the moderation as it stands."""
    framework = framework_of(moderation.audit.framework_version)
    return Way(moderation.mode, moderation.reviewer_role, is_line_review(framework, rules_of(moderation)))


def selectors_by_key(framework: Framework, rules: Iterable[str]) -> list[Selector]:
    """Return the framework's selectors among ``rules``; a reason that is no selector's has none."""
    wanted = set(rules)
    return [one for one in framework.moderation.selectors if one.key in wanted]


def rules_of(moderation: Moderation) -> list[str]:
    """Return the keys of the rules that led to the moderation."""
    return [reason.rule for reason in moderation.reasons.all()]


def decision_for(framework: Framework, rules: Iterable[str]) -> DecisionMode:
    """Return how it is decided: a rule's own way only where no other reason asks for the framework's."""
    rules = list(rules)
    selectors = selectors_by_key(framework, rules)
    if len(selectors) == len(set(rules)) and selectors and all(one.decision for one in selectors):
        return selectors[0].decision or framework.moderation.decision
    return framework.moderation.decision


def due_rule_for(framework: Framework, rules: Iterable[str]) -> DueRule:
    """Return by when it is decided: a rule's own day only where no other reason asks for the framework's."""
    rules = list(rules)
    selectors = selectors_by_key(framework, rules)
    if len(selectors) == len(set(rules)) and selectors and all(one.due for one in selectors):
        return selectors[0].due or framework.moderation.due
    return framework.moderation.due


def reviewer_role_for(framework: Framework, rules: Iterable[str]) -> str:
    """Return the role whose holder looks at it alone, where every rule names one; else an empty string."""
    rules = list(rules)
    selectors = selectors_by_key(framework, rules)
    roles = [
        one.rule.reviewer if isinstance(one.rule, LineReview) else one.rule.role
        for one in selectors
        if isinstance(one.rule, LineReview | QuotaPerRole)
    ]
    return roles[0] if roles and len(roles) == len(set(rules)) else ""


def is_line_review(framework: Framework, rules: Iterable[str]) -> bool:
    """Say whether it is a manager's review of audits of their own team."""
    selectors = selectors_by_key(framework, rules)
    return bool(selectors) and all(isinstance(one.rule, LineReview) for one in selectors)


def comes_afterwards(framework: Framework, rules: Iterable[str]) -> bool:
    """Say whether a month or quarter had to end first, so that a later month is not late."""
    return any(one.evaluated in AFTERWARDS for one in selectors_by_key(framework, rules))


def panel_of(framework: Framework) -> Panel | None:
    """Return the framework's panel, where panels decide."""
    decision = framework.moderation.decision
    return decision if isinstance(decision, Panel) else None


def session_of(framework: Framework) -> ConsistencySession | None:
    """Return the framework's consistency session, where it has one."""
    decision = framework.moderation.decision
    return decision if isinstance(decision, ConsistencySession) else None


def session_selector(framework: Framework) -> Selector | None:
    """Return the selector that fills a consistency session."""
    return next((one for one in framework.moderation.selectors if isinstance(one.rule, SessionSample)), None)


def mode_of(decision: DecisionMode) -> Mode:
    """Return the mode that a moderation keeps."""
    return Mode(decision.kind)


def wants_agreement(moderation: Moderation) -> bool:
    """Say whether moderator and auditor have to agree."""
    return moderation.mode == Mode.CONSENSUS


__all__ = [
    "Way",
    "comes_afterwards",
    "decision_for",
    "due_rule_for",
    "is_line_review",
    "mode_of",
    "panel_of",
    "reviewer_role_for",
    "rules_of",
    "selectors_by_key",
    "session_of",
    "session_selector",
    "wants_agreement",
    "way_for",
    "way_of",
]
