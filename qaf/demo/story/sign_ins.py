"""Who can sign in to the demonstration, and with what."""

from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from qaf.tenants.models import User

PASSWORD = "quiet-heron-by-the-river"  # the demonstration's, printed with every sign-in
FILE = "demo-sign-ins.txt"


@dataclass(frozen=True)
class SignIn:
    """One line of the table."""

    role: str
    council: str
    name: str
    email: str


def give_passwords() -> None:
    """Give every demonstration account the one password; it is hashed once."""
    User.objects.filter(email__endswith=".example.org").update(password=make_password(PASSWORD))


def write_table(sign_ins: list[SignIn], folder: Path) -> str:
    """Write the table into ``folder`` and return it."""
    rows = [("Role", "Council", "Name", "E-mail"), *((s.role, s.council, s.name, s.email) for s in sign_ins)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    table = "\n".join([*lines, "", f"Password for all of them: {PASSWORD}", ""])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(table, encoding="utf-8")
    path.chmod(0o600)
    return table
