"""The closed vocabulary of rule kinds: each one small model, one pure function and its words.

A new kind is added here and nowhere else: write the class in the module of its family, add it to the family's union,
and give it a test. `implemented = False` marks a kind whose parameters are known and which this release cannot run.
"""

from audits.frameworks.vocabulary.conditions import Condition, ConditionKind, all_hold
from audits.frameworks.vocabulary.dues import Due, DueFacts, DueRule, MissingAnchorError
from audits.frameworks.vocabulary.effects import Effect, EffectKind
from audits.frameworks.vocabulary.eligibility import (
    EXCLUSIONS,
    Eligibility,
    EligibilityKind,
    Exclude,
    FromCase,
    Pool,
)
from audits.frameworks.vocabulary.facts import (
    AuditFacts,
    CaseFacts,
    Grades,
    HistoryFacts,
    PastAudit,
    PersonFacts,
    Reason,
    Verdict,
)
from audits.frameworks.vocabulary.histories import History, HistoryKind
from audits.frameworks.vocabulary.selection import OneAudit, RandomShare, Selection, SelectorKind
from audits.frameworks.vocabulary.strategies import RandomCase, Strategy, StrategyKind
from audits.frameworks.vocabulary.wording import Names

__all__ = [
    "EXCLUSIONS",
    "AuditFacts",
    "CaseFacts",
    "Condition",
    "ConditionKind",
    "Due",
    "DueFacts",
    "DueRule",
    "Effect",
    "EffectKind",
    "Eligibility",
    "EligibilityKind",
    "Exclude",
    "FromCase",
    "Grades",
    "History",
    "HistoryFacts",
    "HistoryKind",
    "MissingAnchorError",
    "Names",
    "OneAudit",
    "PastAudit",
    "PersonFacts",
    "Pool",
    "RandomCase",
    "RandomShare",
    "Reason",
    "Selection",
    "SelectorKind",
    "Strategy",
    "StrategyKind",
    "Verdict",
    "all_hold",
]
