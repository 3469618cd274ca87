"""Saying what a name in a case list is."""

from django.core.exceptions import ValidationError

from audits.cases.enums import AliasKind, AssignmentKind
from audits.cases.models import Assignment, Case, NameAlias, RoleCode
from audits.cases.selectors.names import name_key
from audits.cases.selectors.service_map import default_services
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Post, Unit

PERSON_KINDS = ("worker", "chair", "manager")


def map_team(*, team: Unit, service: Unit, locality: str = "") -> int:
    """Put a team under a service, and say which locality it serves; its cases follow. Returns how many moved."""
    if team.kind != UnitKind.TEAM or service.kind != UnitKind.SERVICE:
        raise ValidationError("Choose a service of the framework for the team.")
    Unit.objects.filter(pk=team.pk).update(parent=service, locality=locality.strip())
    return Case.objects.filter(team=team).exclude(service=service).update(service=service)


def settle_services() -> int:
    """Give cases without a service the one that the framework gives their status; return how many were settled."""
    homeless = Case.objects.filter(service=None, closed_on=None)
    return sum(
        homeless.filter(status=status).update(service=unit) for status, unit in default_services().items()
    )


def merge_people(*, duplicate: Person, into: Person) -> None:
    """Say that a name in the case list is somebody already known: cases and history follow, the name is learnt."""
    if duplicate.pk == into.pk:
        raise ValidationError("Choose somebody else.")
    if duplicate.user_id or Post.objects.filter(person=duplicate).exists():
        raise ValidationError("This person signs in or holds a post, so they are nobody else.")
    for kind in PERSON_KINDS:
        Case.objects.filter(**{kind: duplicate}).update(**{kind: into})
    Assignment.objects.filter(person=duplicate).update(person=into)
    for spelling in {name_key(duplicate.source_name), name_key(duplicate.name)} - {""}:
        NameAlias.objects.update_or_create(
            kind=AliasKind.PERSON, key=spelling[:160], defaults={"person": into, "unit": None}
        )
    NameAlias.objects.filter(person=duplicate).update(person=into)
    duplicate.delete()


def map_role_code(*, code: str, kind: str) -> RoleCode:
    """Say what a local role code of the Standard Safeguarding Dataset means; the empty kind ignores it."""
    if kind and kind not in AssignmentKind.values:
        raise ValidationError("Choose one of the roles, or ignore the code.")
    found, _ = RoleCode.objects.update_or_create(code=code[:60], defaults={"kind": kind})
    return found
