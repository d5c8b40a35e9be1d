"""Make the key that the escrow is sealed under."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pki.escrow.envelope import generate_key_encryption_key
from pki.private_files import write_new_file


class Command(BaseCommand):
    help = (
        "Make a key-encryption key in a new file, for NSMAAS_KEY_ENCRYPTION_KEY_FILE. Keep a copy, but apart"
        " from the database's backups: without it no disk key can be opened again."
    )
    # It is made before there is a database.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_: object, file: Path, **__: object) -> None:
        kek = generate_key_encryption_key()
        try:
            write_new_file(file, f"{kek.to_text()}\n".encode())
        except FileExistsError:
            raise CommandError(f"{file} is there already; a key-encryption key is never overwritten.") from None
        except OSError as error:
            raise CommandError(f"The file cannot be written: {error}") from error
        self.stdout.write(f"Made the key-encryption key {kek.id} in {file}.")
