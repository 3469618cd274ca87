"""Who a party of the framework is for one audit: then, as it was sampled, and now."""

from collections.abc import Iterable
from datetime import date

from audits.followup.selectors import answering, around_case, people_for
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit
from audits.selectors.facts import around_audit
from qaf.lib import clock
from qaf.tenants.models import Person, Role
from qaf.tenants.selectors import holders


def concerned_then(audit: Audit, party: str, *, framework: Framework, on: date) -> list[Person]:
    """Return who stands behind ``party`` for the team and worker that the audit was sampled from."""
    return people_for(party, framework=framework, around=around_audit(audit), on=on)


def concerned_now(audit: Audit, party: str, *, framework: Framework, on: date) -> list[Person]:
    """Return who stands behind ``party`` for the child as the case list stands now."""
    return people_for(party, framework=framework, around=around_case(audit.case), on=on)


def everyone_concerned(audit: Audit, parties: Iterable[str], *, framework: Framework, on: date) -> list[Person]:
    """Return everybody behind ``parties``, then and now, each once: a child who moved has both."""
    found: list[Person] = []
    for party in parties:
        found += concerned_then(audit, party, framework=framework, on=on)
        found += concerned_now(audit, party, framework=framework, on=on)
    return list(dict.fromkeys(found))


def auditors_ever(audit: Audit) -> set[int]:
    """Return the ids of everybody who was ever given a part in the audit, or in the one that it repeats.

    A reassigned auditor knows the case too.
    """
    chain = [audit.pk]
    while audit.re_audit_of is not None:
        audit = audit.re_audit_of
        chain.append(audit.pk)
    rows = Assessment.objects.filter(audit__in=chain).exclude(assessor=None)
    return set(rows.values_list("assessor_id", flat=True))


def people_who_may(permission: str) -> list[Person]:
    """Return everybody whose posts give ``permission`` today, with deputies for those who are away."""
    day = clock.today()
    keys = [role.key for role in Role.objects.only("key", "permissions") if permission in role.permissions]
    return answering(holders(*keys, on=day), on=day) if keys else []
