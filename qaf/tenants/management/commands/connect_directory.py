"""`manage.py connect_directory COUNCIL --server … --client-id …`."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from qaf.tenants.models import Authority
from qaf.tenants.services import connect_directory, disconnect_directory


class Command(BaseCommand):
    help = (
        "Let a council's people sign in with its own directory (OpenID Connect). The client secret is asked for, or"
        " read from QAF_DIRECTORY_SECRET. Doing it again changes what is given; --remove ends it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("council", help="the council's part of the address")
        parser.add_argument(
            "--server",
            default="",
            help="the issuer, such as https://login.microsoftonline.com/TENANT/v2.0",
        )
        parser.add_argument("--client-id", default="", help="what the directory calls this service")
        parser.add_argument("--tenant", default="", help="the value of tid that the council's tokens carry")
        parser.add_argument("--remove", action="store_true", help="people sign in with passwords again")

    def handle(self, *args: Any, **options: Any) -> None:
        authority = Authority.objects.filter(slug=options["council"]).first()
        if authority is None:
            known = ", ".join(Authority.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no council '{options['council']}'. There are: {known}.")
        if options["remove"]:
            disconnect_directory(authority=authority)
            self.stdout.write(f"{authority.name} signs in with passwords and passkeys.")
            return
        try:
            provider = connect_directory(
                authority=authority,
                server_url=options["server"],
                client_id=options["client_id"],
                secret=self._secret(),
                tenant=options["tenant"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        back = settings.PUBLIC_URL.rstrip("/") + reverse(
            "openid_connect_callback", kwargs={"provider_id": provider.provider_id}
        )
        self.stdout.write(
            f"{authority.name} may sign in with its directory. Enter there as redirect address: {back}"
        )
        self.stdout.write("Give each person their directory id (oid): People, Change details.")

    @staticmethod
    def _secret() -> str:
        secret = os.environ.get("QAF_DIRECTORY_SECRET", "")
        if not secret and sys.stdin.isatty():
            secret = getpass.getpass("Client secret: ")
        if not secret:
            raise CommandError("Give the client secret in QAF_DIRECTORY_SECRET.")
        return secret
