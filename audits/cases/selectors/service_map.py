"""What the framework says of the case list: services by status, what a front-door case is."""

from datetime import date

from audits.cases.formats.rows import FrontDoor
from audits.frameworks.selectors import framework_if_any
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Unit


def default_services() -> dict[str, int]:
    """Return the service unit for each status that exactly one service of the framework takes by default."""
    framework = framework_if_any()
    if framework is None:
        return {}
    units = dict(Unit.objects.filter(kind=UnitKind.SERVICE).values_list("key", "pk"))
    found: dict[str, list[int]] = {}
    for service in framework.services:
        for status in service.statuses:
            if service.key in units:
                found.setdefault(str(status), []).append(units[service.key])
    return {status: pks[0] for status, pks in found.items() if len(pks) == 1}


def front_door_on(day: date) -> FrontDoor:
    """Return which contacts and referrals are cases, by the framework in force on a day; else our default."""
    framework = framework_if_any(day)
    rule = framework.sampling.front_door if framework else None
    if rule is None:
        return FrontDoor()
    return FrontDoor(days=rule.days, without_further_action=rule.without_further_action)
