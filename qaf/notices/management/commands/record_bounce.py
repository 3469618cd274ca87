"""Write down that an e-mail came back: for the mail server's own handling of bounces."""

import re
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qaf.notices.services import record_bounce
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope

OURS = re.compile(r"<[0-9a-f]{32}\.(?P<council>\d+)@[^>\s]+>")


class Command(BaseCommand):
    """Mark the e-mail that a returned message names as undelivered."""

    help = "Read a returned message from standard input, find the Message-ID that QAF gave, and mark it undelivered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the reason that is shown."""
        parser.add_argument("--reason", default="The message came back.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the council by the Message-ID itself."""
        for match in OURS.finditer(sys.stdin.buffer.read().decode(errors="replace")):
            authority = Authority.objects.filter(pk=match["council"]).first()
            if authority is None:
                continue
            with authority_scope(authority, why="a message came back"):
                if record_bounce(message_id=match[0], reason=options["reason"]):
                    self.stdout.write("Noted.")
                    return
        raise CommandError("This names no message that QAF has sent.")
