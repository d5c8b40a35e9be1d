"""Create the certificate authority: its encrypted key file and its row."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from pki.authority.operations.create_authority import create_authority
from pki.authority.signers import SignerUnavailable
from pki.authority.x509 import NameRefused


class Command(BaseCommand):
    help = "Create a certificate authority. Its key goes to NSMAAS_CA_KEY_FILE, under NSMAAS_CA_PASSPHRASE."
    # The checks ask whether the signer's key opens; this command is what makes that key.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="short name, part of the revocation list's address: main")
        parser.add_argument("--common-name", required=True, help="the name that its certificate shows")

    def handle(self, *_: object, **options: str) -> None:
        if settings.CA_KEY_FILE is None or settings.CA_PASSPHRASE is None:
            raise CommandError("Set NSMAAS_CA_KEY_FILE and NSMAAS_CA_PASSPHRASE first.")
        try:
            authority = create_authority(
                name=options["name"],
                common_name=options["common_name"],
                key_file=Path(settings.CA_KEY_FILE),
                passphrase=settings.CA_PASSPHRASE,
            )
        except (SignerUnavailable, NameRefused) as error:
            raise CommandError(str(error)) from error
        except IntegrityError as error:
            raise CommandError(f"There is an authority {options['name']!r} already.") from error
        self.stdout.write(f"Created the authority {authority.name}; its key is in {settings.CA_KEY_FILE}.")
