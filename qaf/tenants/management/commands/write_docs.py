"""``manage.py write_docs``: the pages of docs/generated, made again from the code."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from qaf.tenants.documents import PAGES


class Command(BaseCommand):
    """Write every generated page."""

    help = "Write docs/generated again: diagrams of the statuses, and what is stored."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the pages whose text has changed."""
        folder = Path(settings.BASE_DIR) / "docs" / "generated"
        folder.mkdir(exist_ok=True)
        for name, page in PAGES.items():
            path, text = folder / name, page()
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"docs/generated/{name} written")
