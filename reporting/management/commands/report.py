"""``manage.py report COUNCIL quarterly 2026-Q3 --out FILE``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.frameworks.selectors import NoFrameworkError
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from reporting.enums import ReportKind
from reporting.models import ReportSnapshot
from reporting.services import faces
from reporting.services.freezing import freeze

SUFFIXES = (".pdf", ".xlsx", ".json")


class Command(BaseCommand):
    """Make a report, or hand out an edition made before."""

    help = "Freeze a council's report and write it as PDF, spreadsheet or JSON, by the file's ending."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("council", help="The council's slug.")
        parser.add_argument("kind", choices=ReportKind.values)
        parser.add_argument(
            "period",
            help="2026-Q3 for a quarter, 2026-09 for a month, 2026-08-31 for six weeks from that day.",
        )
        parser.add_argument("--of", default="", help="Whose audits: service-4, theme-2. Without it, all.")
        parser.add_argument("--out", required=True, type=Path, help="A file ending in .pdf, .xlsx or .json.")
        parser.add_argument("--edition", type=int, help="Hand out this edition; nothing new is counted.")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        if out.suffix not in SUFFIXES:
            raise CommandError(f"--out must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.")
        if not out.parent.is_dir():
            raise CommandError(f"There is no folder {out.parent}.")
        authority = Authority.objects.filter(slug=options["council"]).first()
        if authority is None:
            raise CommandError(f"There is no council '{options['council']}'.")
        with authority_scope(authority, why="manage.py report"):
            snapshot = self._snapshot(options)
            content = self._content(snapshot, out.suffix.removeprefix("."))
        out.write_bytes(content)
        self.stdout.write(f"{out}: edition {snapshot.number}, checksum {snapshot.checksum}")

    def _snapshot(self, options: dict[str, Any]) -> ReportSnapshot:
        kind, label, edition = options["kind"], options["period"], options["edition"]
        if edition is None:
            try:
                return freeze(kind=kind, label=label, scope=options["of"])
            except (ValueError, NoFrameworkError) as error:
                raise CommandError(str(error)) from error
        found = ReportSnapshot.objects.filter(
            kind=kind, scope=options["of"], period=label.upper() if "q" in label.lower() else label
        )
        snapshot = found.filter(number=edition).first()
        if snapshot is None:
            raise CommandError(f"There is no edition {edition} of the {kind} report for {label}.")
        return snapshot

    def _content(self, snapshot: ReportSnapshot, form: str) -> bytes:
        if form == "json":
            return faces.as_json(snapshot)
        return bytes(snapshot.files.get(format=form).content)
