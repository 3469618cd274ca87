"""Which service a case belongs to: its team's, else the one the framework gives its status."""

from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Unit


def default_services() -> dict[str, int]:
    """Return the service unit for each status that exactly one service of the framework takes by default."""
    framework = _framework()
    if framework is None:
        return {}
    units = dict(Unit.objects.filter(kind=UnitKind.SERVICE).values_list("key", "pk"))
    found: dict[str, list[int]] = {}
    for service in framework.services:
        for status in getattr(service, "statuses", ()):
            if service.key in units:
                found.setdefault(str(status), []).append(units[service.key])
    return {status: pks[0] for status, pks in found.items() if len(pks) == 1}


def _framework():
    try:
        from audits.frameworks.selectors import framework_in_force
    except ImportError:
        return None
    from qaf.lib import clock

    try:
        return framework_in_force(clock.today())
    except LookupError:
        return None
