"""Which pages the council has by its framework: the page "More" leads to no others."""

from audits.enums import Origin
from audits.frameworks.base import walk
from audits.frameworks.schema.process import FinalisationCheck
from audits.frameworks.selectors import framework_if_any
from audits.frameworks.vocabulary.conditions import FewerAuditsThan
from audits.models import ExtraCase, FamilyContact
from qaf.tenants.models import Person


def has_themes(person: Person) -> bool:
    """Say whether the framework in force lets months or programmes have themes."""
    framework = framework_if_any()
    return framework is not None and framework.sampling.themes is not None


def has_new_auditors(person: Person) -> bool:
    """Say whether the framework in force tells new auditors from experienced ones anywhere (SEF-77)."""
    framework = framework_if_any()
    if framework is None:
        return False
    return any(
        isinstance(node, FewerAuditsThan)
        or getattr(node, "min_completed_audits", None)
        or (
            isinstance(node, FinalisationCheck)
            and (node.offered_to == "new_auditors" or node.required_while_new)
        )
        for _, node in walk(framework)
    )


def has_extras(person: Person) -> bool:
    """Say whether the framework in force lets cases be put forward, or some were under an earlier one."""
    framework = framework_if_any()
    if framework is None:
        return False
    kinds = {one.origin for one in framework.sampling.extra}
    return bool(kinds & {str(Origin.NOMINATED), str(Origin.AD_HOC)}) or ExtraCase.objects.exists()


def has_families(person: Person) -> bool:
    """Say whether the framework in force asks families, or some were asked under an earlier one."""
    framework = framework_if_any()
    asked = framework is not None and framework.process.family_feedback is not None
    return asked or FamilyContact.objects.exists()
