"""Sign a new revocation list, if it is due."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import SignerUnavailable, configured_signer
from pki.models import Authority, NoAuthority


class Command(BaseCommand):
    help = "Sign and store the revocation list if something was revoked since or half its life is over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="also when it is not due")

    def handle(self, *_: object, force: bool, **__: object) -> None:
        try:
            authority = Authority.objects.current()
            crl = publish_crl(authority=authority, signer=configured_signer(), now=timezone.now(), force=force)
        except (NoAuthority, SignerUnavailable) as error:
            raise CommandError(str(error)) from error
        if crl is None:
            self.stdout.write("Nothing was due.")
            return
        self.stdout.write(
            f"Published list {crl.number} of {authority.name} with {crl.entry_count} entries,"
            f" good until {crl.next_update:%Y-%m-%d %H:%M} UTC."
        )
