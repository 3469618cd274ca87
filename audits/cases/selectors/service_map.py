"""Which service a case belongs to: its team's, else the one the framework gives its status."""

from audits.frameworks.selectors import NoFrameworkError, framework_in_force
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Unit


def default_services() -> dict[str, int]:
    """Return the service unit for each status that exactly one service of the framework takes by default."""
    try:
        framework = framework_in_force()
    except NoFrameworkError:
        return {}
    units = dict(Unit.objects.filter(kind=UnitKind.SERVICE).values_list("key", "pk"))
    found: dict[str, list[int]] = {}
    for service in framework.services:
        for status in service.statuses:
            if service.key in units:
                found.setdefault(str(status), []).append(units[service.key])
    return {status: pks[0] for status, pks in found.items() if len(pks) == 1}
