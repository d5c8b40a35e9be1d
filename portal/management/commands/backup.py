"""Make one backup of all but the key-encryption key, and take old ones away."""

import os
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
from portal.backups.continuous import SUFFIX, find_unprotected
from portal.backups.database_copy import CopyFailed, dumping
from portal.backups.settings_files import FileRefused, files_below


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

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError("--keep must be at least 1: this one.")
        folder: Path = options["folder"]
        now = timezone.now()
        file = folder / f"{now:%Y%m%dT%H%M%S.%fZ}{SUFFIX}"
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
            _put_in_place(unfinished, file)
        except (AgeFailed, CopyFailed, FileRefused, OSError) as problem:
            raise CommandError(f"No backup was made. {problem}") from None
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(
            f"Made {file}, {file.stat().st_size} bytes. It opens with the key-encryption keys {keys} alone."
        )
        for old in sorted(folder.glob(f"*{SUFFIX}"))[: -options["keep"]]:
            old.unlink()
        for warning in find_unprotected():
            self.stderr.write(self.style.WARNING(warning))


def _put_in_place(unfinished: Path, file: Path) -> None:
    unfinished.chmod(0o600)
    descriptor = os.open(unfinished, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    unfinished.rename(file)
    descriptor = os.open(file.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
