"""Make the key and certificate that the machines' door proves itself with."""

from argparse import ArgumentParser
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.signers import SignerUnavailable, configured_signer
from pki.authority.x509 import IssuerExpired, NameRefused, Profile, own_request
from pki.models import Authority, NoAuthority
from pki.private_files import replace_file

SUBJECT = "machines-door"


class Command(BaseCommand):
    help = (
        "Issue the TLS server certificate of the machines' door: door.key (mode 0600), door.crt, ca.crt."
        " The key is made here: run it on the door's host, or carry the files there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--name", action="append", required=True, help="address or DNS name of the door; may be repeated"
        )
        parser.add_argument("--directory", type=Path, required=True)
        parser.add_argument("--replace", action="store_true", help="renew: replace the files that are there")

    def handle(self, *_: object, name: list[str], directory: Path, replace: bool, **__: object) -> None:
        key_file = directory / "door.key"
        if key_file.exists() and not replace:
            raise CommandError(f"{key_file} is there already; --replace makes a new one.")
        try:
            self._issue(name, directory)
        except (NoAuthority, SignerUnavailable, NameRefused, IssuerExpired) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The files cannot be written: {error}") from error

    def _issue(self, names: list[str], directory: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        directory.mkdir(parents=True, exist_ok=True)
        # The row is kept only if the files were written: no certificate is on record that nobody has.
        with transaction.atomic(durable=True):
            authority = Authority.objects.current()
            certificate = issue_certificate(
                authority=authority,
                profile=Profile.DOOR,
                subject=SUBJECT,
                csr=own_request(key),
                signer=configured_signer(),
                now=timezone.now(),
                alternative_names=names,
            )
            replace_file(directory / "door.key", key_pem)
            replace_file(directory / "door.crt", certificate.pem.encode(), mode=0o644)
            replace_file(directory / "ca.crt", authority.pem.encode(), mode=0o644)
        self.stdout.write(
            f"Issued {certificate.serial} for {', '.join(names)}, good until {certificate.not_after:%Y-%m-%d}."
        )
