"""Make one backup of all but the key-encryption key, and take old ones away."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from pki.age import AgeFailed, encrypting
from pki.models import WrappedKey
from portal.backups.archive import ArchiveWriter
from portal.backups.continuous import look_at_continuity
from portal.backups.database_copy import CopyFailed, dumping
from portal.backups.durable import put_in_place
from portal.backups.settings_files import FileRefused, files_below
from portal.backups.shipping import ShippingFailed, ship
from portal.backups.staleness import BACKUP


class Command(BaseCommand):
    help = (
        "Write a backup into FOLDER: the database, the authority, the sealed keys and the settings, encrypted by age to"
        " each of the recipients. Never the key-encryption key, which has a copy of its own: see"
        " seal_key_encryption_key. Says each time what would be lost with this host all the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--recipients", type=Path, required=True, help="a file of age's: one public key a line")
        parser.add_argument("--configuration", type=Path, default=Path("/etc/nsmaas"), help="default: /etc/nsmaas")
        parser.add_argument("--keep", type=int, default=30, help="how many of FOLDER's stay, the newest; default: 30")
        parser.add_argument("--ship-with", type=Path, help="a program that is called with the new backup's path")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError("--keep must be at least 1: this one.")
        folder: Path = options["folder"]
        now = timezone.now()
        file = folder / f"{now:%Y%m%dT%H%M%S.%fZ}{BACKUP}"
        unfinished = file.with_suffix(".unfinished")
        try:
            with encrypting(recipients=options["recipients"], to=unfinished) as stream:
                writer = ArchiveWriter(stream)
                keys = sorted(WrappedKey.objects.needed_keys())
                for name, content, mode in files_below(options["configuration"]):
                    writer.add_file(name, content, mode)
                with dumping() as dump:
                    writer.add_database(dump)
                applied = MigrationRecorder(connection).applied_migrations()
                writer.finish(
                    made_at=now.isoformat(),
                    vendor=connection.vendor,
                    migrations=sorted(f"{app}.{name}" for app, name in applied),
                    keys=keys,
                )
            put_in_place(unfinished, file)
        except (AgeFailed, CopyFailed, FileRefused, OSError) as problem:
            raise CommandError(f"No backup was made. {problem}") from None
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(
            f"Made {file}, {file.stat().st_size} bytes. It opens with the key-encryption keys {keys} alone."
        )
        try:
            ship(file, program=options["ship_with"])
        except ShippingFailed as problem:
            raise CommandError(f"The backup is on this host alone. {problem}") from None
        for old in sorted(folder.glob(f"*{BACKUP}"))[: -options["keep"]]:
            old.unlink()
        for warning in look_at_continuity().sentences:
            self.stderr.write(self.style.WARNING(warning))
