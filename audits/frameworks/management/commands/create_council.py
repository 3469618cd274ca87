"""`manage.py create_council SLUG --framework NAME|FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audits.frameworks import loader
from audits.frameworks.problems import FrameworkError
from audits.frameworks.services import publish_framework
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import create_council


class Command(BaseCommand):
    help = (
        "Create a council with its framework, roles and services. Doing it twice changes nothing but says so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the council's part of every address, such as 'exampleshire'")
        parser.add_argument(
            "--framework",
            required=True,
            help=f"a file, or one that comes with it: {', '.join(loader.builtin_names())}",
        )
        parser.add_argument("--name", default="", help="the council's name; without it, the framework's")
        parser.add_argument("--prefix", default="", help="up to six letters that begin audit references")
        parser.add_argument("--colour", default="#1d4f5f", help="the council's colour, such as #1d4f5f")

    def handle(self, *args: Any, **options: Any) -> None:
        if Authority.objects.filter(slug=options["slug"]).exists():
            raise CommandError(
                f"There is a council '{options['slug']}' already. To give it another framework: "
                f"manage.py framework load {options['slug']} FILE"
            )
        name, text = self._framework_text(options["framework"])
        try:
            framework = loader.load(text, name)
            with transaction.atomic():
                authority = create_council(
                    slug=options["slug"],
                    name=options["name"] or framework.authority.name,
                    reference_prefix=options["prefix"],
                    colour=options["colour"],
                )
                with authority_scope(authority, why="Council created by an operator"):
                    version = publish_framework(text=text, file=name)
        except FrameworkError as error:
            raise CommandError("\n".join(str(problem) for problem in error.problems)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{authority.name} is there, with {version}.")
        self.stdout.write(
            f"Next: manage.py create_person {authority.slug} --name … --email … --role ROLE, one of: "
            + ", ".join(role.key for role in framework.roles if not role.external)
        )

    @staticmethod
    def _framework_text(given: str) -> tuple[str, str]:
        if given in loader.builtin_names():
            return f"{given}.yaml", loader.builtin_text(given)
        try:
            return Path(given).name, loader.read_text(given)
        except FrameworkError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            names = ", ".join(loader.builtin_names())
            raise CommandError(f"{given} cannot be read. Give a file, or one of {names}.") from error
