"""Whether an audit with these grades may stand without an action that has a date (WSX-13)."""

from dataclasses import replace

from audits.followup.enums import ActionStatus
from audits.frameworks.enums import Occurrence
from audits.frameworks.vocabulary import Grades, all_hold
from audits.frameworks.vocabulary.effects import RequireDatedAction
from audits.models import Audit
from audits.selectors.facts import audit_facts, framework_for

PROPOSE_ONE = (
    "Add at least one action with a date: the framework asks for immediate action where these grades stand"
)


def lacks_dated_action(audit: Audit, grades: Grades) -> bool:
    """Say whether a rule asks for a dated action with these grades and the audit has none that stands."""
    framework = framework_for(audit)
    rules = [
        rule
        for rule in framework.consequences_of(Occurrence.AUDIT_FINALISED)
        if any(isinstance(effect, RequireDatedAction) for effect in rule.effects)
    ]
    if not rules or audit.action_links.exclude(action__status=ActionStatus.NOT_AGREED).exists():
        return False
    facts = replace(audit_facts(audit, framework=framework), submitter=None, outcome=grades)
    return any(all_hold(rule.conditions, facts, framework.names) for rule in rules)
