"""Bring in a council's case list: ``manage.py import_cases COUNCIL FILE… --as-of DATE``."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.cases.formats.rows import FileFault
from audits.cases.services import ImportRefused, import_files
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope


class Command(BaseCommand):
    help = "Bring in a council's case list from Annex A, the Standard Safeguarding Dataset or the local supplement."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("council", help="the council's slug")
        parser.add_argument("files", nargs="+", type=Path, help="workbooks, CSV files, a zip or a folder")
        parser.add_argument(
            "--as-of", required=True, type=date.fromisoformat, help="the day they tell of: 2026-11-30"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="answer as JSON")
        parser.add_argument(
            "--confirm-closing",
            action="store_true",
            help="close more than a fifth of the open cases",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        council = Authority.objects.filter(slug=options["council"]).first()
        if council is None:
            raise CommandError(f"There is no council {options['council']}.")
        try:
            with authority_scope(council, why="manage.py import_cases"):
                outcome = import_files(
                    files=options["files"],
                    as_of=options["as_of"],
                    dry_run=options["dry_run"],
                    closing_confirmed=options["confirm_closing"],
                )
        except FileFault as fault:
            self._fail(options["as_json"], fault.message, fault.file)
        except ImportRefused as refused:
            self._fail(options["as_json"], str(refused), "")
        else:
            self._tell(outcome.to_json(), options["as_json"], options["dry_run"])

    def _fail(self, as_json: bool, message: str, file: str) -> None:
        if as_json:
            counts = {"new": 0, "changed": 0, "closed": 0, "unchanged": 0, "refused": []}
            self.stdout.write(json.dumps({**counts, "error": {"file": file, "message": message}}))
        raise CommandError(f"{file}: {message}" if file else message)

    def _tell(self, result: dict[str, Any], as_json: bool, dry_run: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        verb = "would be " if dry_run else ""
        for action in ("new", "changed", "closed", "unchanged"):
            self.stdout.write(f"{result[action]:>6} {verb}{action}")
        self.stdout.write(f"{len(result['refused']):>6} {verb}refused")
        for refusal in result["refused"]:
            self.stdout.write(
                f"       {refusal['file']}, list {refusal['list']}, row {refusal['row']}: {refusal['column']} is "
                f"“{refusal['value']}”, expected {refusal['expected']}"
            )
        for key, words in (
            ("unmapped_teams", "Teams"),
            ("unmapped_workers", "People"),
            ("unmapped_roles", "Role codes"),
        ):
            if result[key]:
                self.stdout.write(f"{words} not known before, to be mapped: {', '.join(result[key])}")
        for notice in result["notices"]:
            self.stdout.write(f"Note: {notice['text']}")
