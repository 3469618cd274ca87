"""Councils and people."""

from datetime import date

from qaf.tenants.models import Authority, Person, Role, Unit
from qaf.tenants.services import create_council, create_person, give_post

LONG_AGO = date(2020, 1, 1)


def make_council(slug: str, name: str) -> Authority:
    """A council without framework or people."""
    return create_council(slug=slug, name=name)


def make_service(name: str) -> Unit:
    """A service of the open scope's council."""
    return Unit.objects.get_or_create(
        kind="service", key=name.lower().replace(" ", "_"), defaults={"name": name}
    )[0]


def make_team(name: str, service: Unit) -> Unit:
    """A team of ``service``."""
    return Unit.objects.get_or_create(kind="team", key=name, defaults={"name": name, "parent": service})[0]


def make_role(
    key: str, *permissions: str, in_line: bool = False, rank: int = 0, whole_council: bool = False
) -> Role:
    """A role of the open scope's council."""
    return Role.objects.get_or_create(
        key=key,
        defaults={
            "label": key.replace("_", " ").capitalize(),
            "permissions": list(permissions),
            "in_line": in_line,
            "rank": rank,
            "whole_council": whole_council,
        },
    )[0]


def make_person(name: str, *roles: str, unit: Unit | None = None, signs_in: bool = False, **fields) -> Person:
    """A person who has held ``roles`` for ``unit`` for years; roles are made where missing."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    person = create_person(
        name=name, email=email, unit=unit, signs_in=signs_in, password="correct horse battery", **fields
    )
    for key in roles:
        give_post(person=person, role=make_role(key), unit=unit, starts_on=LONG_AGO)
    return person
