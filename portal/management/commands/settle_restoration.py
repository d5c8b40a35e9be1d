"""After a restoration: recover what was revoked since the backup, say what cannot be known, and let keys out again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pki.authority.crl import CrlBroken
from pki.models import NoAuthority, Restoration
from sensors.cases.operations.recover_revocations import recover_revocations
from sensors.cases.operations.settle_restoration import GatewaysMissing, gateways_to_come, settle_restoration
from sensors.cases.restoration_report import restoration_report
from tenants.actors import Actor

_ACTOR = Actor.process("settle_restoration")


class Command(BaseCommand):
    help = (
        "Revoke what the gateways, and the published lists that are given, know as revoked and this database does not;"
        " then say what a person has to look at. With --settle keys are given out again. May be run again and again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--list", action="append", default=[], type=Path, dest="lists", help="a revocation list that was published"
        )
        parser.add_argument("--without", action="append", default=[], help="the name of a gateway that will not come")
        parser.add_argument("--settle", action="store_true", help="all that is listed was looked at")

    def handle(self, *args: Any, **options: Any) -> None:
        restoration = Restoration.objects.open().order_by("-pk").first()
        if restoration is None:
            raise CommandError("No restoration is open.")
        try:
            lists = [path.read_bytes() for path in options["lists"]]
            recovered = recover_revocations(restoration=restoration, lists=lists, recovered_by=_ACTOR)
        except (CrlBroken, NoAuthority, OSError) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{len(recovered)} certificates were revoked again.")
        for line in restoration_report(restoration=restoration):
            self.stdout.write(line)
        for gateway in gateways_to_come(restoration):
            self.stdout.write(f"The gateway {gateway.name} has not told yet what it knows as revoked.")
        if not options["settle"]:
            self.stdout.write("Keys are held. Look at all of this, then run it again with --settle.")
            return
        try:
            settle_restoration(restoration=restoration, without=options["without"], settled_by=_ACTOR)
        except GatewaysMissing as missing:
            raise CommandError(f"{missing} Let them come, or name each with --without.") from None
        self.stdout.write("Settled: keys are given out again, and lists are signed.")
