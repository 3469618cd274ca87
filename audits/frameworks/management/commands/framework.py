"""`manage.py framework check FILE` and `manage.py framework load COUNCIL FILE`."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from audits.frameworks import loader
from audits.frameworks.problems import FrameworkError
from audits.frameworks.schema.framework import Framework
from audits.frameworks.services import publish_framework
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope


class Command(BaseCommand):
    help = "Check a framework file, load it for a council, or print the JSON Schema of framework files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="say everything that is wrong with a file")
        check.add_argument("file", help="a file, or the name of a framework that comes with the product")
        load = actions.add_parser("load", help="publish a file as a council's next version")
        load.add_argument("council")
        load.add_argument("file", help="a file, or the name of a framework that comes with the product")
        load.add_argument("--from", dest="effective_from", type=date.fromisoformat, metavar="DATE")
        actions.add_parser("schema", help="print the JSON Schema of framework files")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "schema":
            self.stdout.write(loader.json_schema(), ending="")
            return
        name, text = self._text(options["file"])
        framework = self._framework(name, text)
        if options["action"] == "check":
            self._say_what_runs(name, framework)
            return
        self._load(options["council"], name, text, options["effective_from"])
        self._say_what_runs(name, framework)

    def _text(self, file: str) -> tuple[str, str]:
        if file in loader.builtin_names():
            return f"{file}.yaml", loader.builtin_text(file)
        try:
            return Path(file).name, loader.read_text(file)
        except FrameworkError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            names = ", ".join(loader.builtin_names())
            raise CommandError(f"{file} cannot be read. Give a file, or one of {names}.") from error

    def _framework(self, name: str, text: str) -> Framework:
        try:
            return loader.load(text, name)
        except FrameworkError as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            count = len(error.problems)
            self.stderr.write(f"{name}: {count} problem{'' if count == 1 else 's'}.")
            sys.exit(1)

    def _load(self, council: str, name: str, text: str, effective_from: date | None) -> None:
        authority = Authority.objects.filter(slug=council).first()
        if authority is None:
            raise CommandError(f"There is no council '{council}'.")
        try:
            with authority_scope(authority, why="Framework loaded by an operator"):
                version = publish_framework(text=text, file=name, effective_from=effective_from)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{authority.name}: {version}, in force from {version.effective_from:%-d %B %Y}.")

    def _say_what_runs(self, name: str, framework: Framework) -> None:
        self.stdout.write(f"{name}: no problems.")
        for gap in framework.unimplemented():
            self.stdout.write(f"  this release cannot run: {gap.text}")
        for gap in framework.later():
            self.stdout.write(f"  recorded, run by a later release: {gap.text}")
