"""A group audit: one audit and one set of grades, several people present (kept as such)."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audits.enums import RUNNING
from audits.frameworks.selectors import framework_of
from audits.models import Audit, AuditMember
from audits.selectors.people import people_who_may
from audits.selectors.standing import is_self_assessment
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, TransitionRefused


def may_name_members(person: Person, audit: Audit) -> bool:
    """Say whether the person says who audits together: one of its auditors, or whoever runs months."""
    own = (
        audit.assessments.filter(assessor=person).exclude(status="reassigned").values_list("slot", flat=True)
    )
    framework = framework_of(audit.framework_version)
    audits_it = any(not is_self_assessment(framework, slot) for slot in own)
    return audit.status in RUNNING and (audits_it or may(person, "audits.open_cycle"))


def possible_members(audit: Audit) -> list[Person]:
    """Return who may join: everybody who audits, but the child's worker and those who audit the case already."""
    taken = {audit.worker_id, *audit.assessments.values_list("assessor_id", flat=True)}
    found = [one for one in people_who_may("audits.audit") if one.pk not in taken]
    if audit.case.restricted:
        found = [one for one in found if one.cleared_for_restricted]
    return sorted(found, key=lambda one: one.name)


@transaction.atomic
def name_members(*, audit: Audit, people: Iterable[Person], person: Person) -> None:
    """Say who audits together with the auditor, instead of whoever was named before; they may open the audit.

    Raises ``PermissionDenied``, or ``TransitionRefused`` for somebody who may not join.
    """
    if not may_name_members(person, audit):
        raise PermissionDenied("Its auditors, and those who run months, say who audits together.")
    wanted = {one.pk: one for one in people}
    allowed = {one.pk for one in possible_members(audit)}
    if refused := [one.name for pk, one in wanted.items() if pk not in allowed]:
        raise TransitionRefused([Problem(f"{', '.join(refused)} may not join this audit.", "#id_people")])
    with because("Who audits together", person=person):
        AuditMember.objects.filter(audit=audit).exclude(person__in=wanted).delete()
        known = set(AuditMember.objects.filter(audit=audit).values_list("person_id", flat=True))
        AuditMember.objects.bulk_create(
            AuditMember(audit=audit, person_id=pk, added_by=person) for pk in wanted if pk not in known
        )


def is_member(audit: Audit, person: Person) -> bool:
    """Say whether the person audits together with the auditor."""
    return AuditMember.objects.filter(audit=audit, person=person).exists()
