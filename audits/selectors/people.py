"""Who a party of the framework is for one audit: then, as it was sampled, and now."""

from collections.abc import Iterable
from datetime import date

from audits.followup.selectors import answering, around_case, people_for
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit
from audits.selectors.facts import around_audit, framework_for
from qaf.lib import clock
from qaf.tenants.models import Person, Role
from qaf.tenants.selectors import holders


def concerned_then(audit: Audit, party: str, *, framework: Framework, on: date) -> list[Person]:
    """Return who stands behind ``party`` for the team and worker that the audit was sampled from."""
    return people_for(party, framework=framework, around=around_audit(audit), on=on)


def concerned_now(audit: Audit, party: str, *, framework: Framework, on: date) -> list[Person]:
    """Return who stands behind ``party`` for the child as the case list stands now."""
    return people_for(party, framework=framework, around=around_case(audit.case), on=on)


def everyone_concerned(
    audit: Audit, parties: Iterable[str], *, framework: Framework, on: date
) -> list[Person]:
    """Return everybody behind ``parties``, then and now, each once: a child who moved has both."""
    arounds = (around_audit(audit), around_case(audit.case))
    found = (
        person
        for party in parties
        for around in arounds
        for person in people_for(party, framework=framework, around=around, on=on)
    )
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


def possible_owners(audit: Audit) -> list[tuple[Person, str]]:
    """Return who can own an action about the child now, with what they are: the framework's owners, then the chair."""
    framework, day = framework_for(audit), clock.today()
    found: dict[Person, str] = {}
    for party in (*framework.actions.owners, "iro_or_chair"):
        for person in concerned_now(audit, party, framework=framework, on=day):
            found.setdefault(person, framework.names.party(party).removeprefix("the "))
    return list(found.items())


def owner_role_of(audit: Audit, owner: Person) -> str:
    """Return whether an action of ``owner`` follows the child to the next worker or manager, or stays with them."""
    if owner.pk == audit.case.worker_id:
        return "worker"
    managers = concerned_now(audit, "team_manager", framework=framework_for(audit), on=clock.today())
    return "manager" if owner.pk in {manager.pk for manager in managers} else ""


def joint_owner_of(audit: Audit, owner: Person) -> Person | None:
    """Return who answers for an action together with ``owner``: the other of the two that the framework names."""
    framework, day = framework_for(audit), clock.today()
    pair = framework.actions.joint_owners
    if pair is None:
        return None
    sides = [concerned_now(audit, party, framework=framework, on=day) for party in pair]
    for own, other in (sides, sides[::-1]):
        if owner in own:
            return next((person for person in other if person != owner), None)
    return None
