"""Which scrutiny a framework asks for where a provider is judged inadequate, and who records the judgement."""

from audits.cases.models import Case
from audits.followup.selectors.rights import holds_role, is_cleared, may_raise_about
from audits.frameworks.enums import Occurrence
from audits.frameworks.schema import Framework
from audits.frameworks.schema.followup import Consequence
from audits.frameworks.selectors import framework_if_any
from audits.frameworks.vocabulary.effects import ScrutiniseProvider
from qaf.tenants.models import Person
from qaf.tenants.permissions import may


def scrutinies_asked(framework: Framework) -> list[tuple[Consequence, ScrutiniseProvider]]:
    """Return every scrutiny of a provider that the framework asks for, with its rule."""
    return [
        (rule, effect)
        for rule in framework.consequences_of(Occurrence.PROVIDER_JUDGED)
        for effect in rule.effects
        if isinstance(effect, ScrutiniseProvider)
    ]


def may_judge_provider(case: Case, person: Person) -> bool:
    """Say whether the person records that the child's provider was judged inadequate (WSX-206).

    Those who have to do with the child, those who then decide, and those who follow everything; where the framework
    asks for scrutiny at all.
    """
    framework = framework_if_any()
    asked = scrutinies_asked(framework) if framework else []
    if not asked or not case.is_open or not is_cleared(person, case):
        return False
    decides = any(holds_role(person, effect.by) for _, effect in asked)
    return decides or may(person, "followup.see_all") or may_raise_about(case, person)
