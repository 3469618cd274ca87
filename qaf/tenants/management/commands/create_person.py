"""`manage.py create_person COUNCIL --name … --email … --role …`."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from qaf.tenants.models import Authority, Role, Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_person, give_post


class Command(BaseCommand):
    help = (
        "Enter somebody who may sign in to a council. The password is asked for, or read from QAF_PASSWORD;"
        " without one they sign in with the council's directory or ask for a new password by e-mail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("council", help="the council's part of the address")
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--role", action="append", default=[], help="key of a role of the framework; may be repeated"
        )
        parser.add_argument(
            "--unit", default="", help="team or service (its name) that the roles are for; empty: the council"
        )
        parser.add_argument("--directory-id", default="", help="object id in the council's directory")
        parser.add_argument("--no-password", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        authority = Authority.objects.filter(slug=options["council"]).first()
        if authority is None:
            known = ", ".join(Authority.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no council '{options['council']}'. There are: {known}.")
        password = None if options["no_password"] else self._password()
        with authority_scope(authority, why="Person entered by an operator"):
            roles = [self._role(key) for key in options["role"]]
            unit = self._unit(options["unit"])
            try:
                person = create_person(
                    name=options["name"],
                    email=options["email"],
                    unit=unit,
                    signs_in=True,
                    password=password,
                    directory_id=options["directory_id"],
                )
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            for role in roles:
                give_post(person=person, role=role, unit=unit)
        held = ", ".join(role.label for role in roles) or "no role yet"
        self.stdout.write(f"{person.name} may sign in to {authority.name} as {person.email}: {held}.")

    @staticmethod
    def _password() -> str | None:
        password = os.environ.get("QAF_PASSWORD", "")
        if not password and sys.stdin.isatty():
            password = getpass.getpass("Password (empty: none): ")
        if not password:
            return None
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password

    @staticmethod
    def _role(key: str) -> Role:
        role = Role.objects.filter(key=key).first()
        if role is None:
            known = ", ".join(Role.objects.order_by("key").values_list("key", flat=True))
            raise CommandError(f"The framework has no role '{key}'. It has: {known}.")
        return role

    @staticmethod
    def _unit(name: str) -> Unit | None:
        if not name:
            return None
        unit = Unit.objects.filter(name__iexact=name).first() or Unit.objects.filter(key__iexact=name).first()
        if unit is None:
            raise CommandError(
                f"There is no team or service '{name}' here. Bring in the case list, or add it in the browser."
            )
        return unit
