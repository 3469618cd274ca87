"""Which pages the council has by its framework: the page "More" leads to no others."""

from audits.enums import Origin
from audits.frameworks.selectors import NoFrameworkError, framework_in_force
from audits.models import ExtraCase
from qaf.tenants.models import Person


def has_themes(person: Person) -> bool:
    """Say whether the framework in force lets months or programmes have themes."""
    try:
        return framework_in_force().sampling.themes is not None
    except NoFrameworkError:
        return False


def has_extras(person: Person) -> bool:
    """Say whether the framework in force lets cases be put forward, or some were under an earlier one."""
    try:
        kinds = {one.origin for one in framework_in_force().sampling.extra}
    except NoFrameworkError:
        return False
    return bool(kinds & {str(Origin.NOMINATED), str(Origin.AD_HOC)}) or ExtraCase.objects.exists()
