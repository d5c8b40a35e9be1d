"""Make a copy of the key-encryption key that may be kept on paper, and prove such a copy."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pki.age import AgeFailed, decrypting, encrypting
from pki.escrow.envelope import MalformedKeyEncryptionKey, parse_key_encryption_keys
from pki.escrow.key_file import KeyFileRefused, read_keys
from pki.escrow.vault import WrongKeyEncryptionKey, verify_key_encryption_keys


class Command(BaseCommand):
    help = (
        "Write COPY: the keys of --key, encrypted with age to --recipients, as text that can be printed. With --verify,"
        " open COPY with --identity and prove that its keys are those that this database needs; nothing is written."
    )
    # Without the key, or with the wrong one, is when a copy has to be proved.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("copy", type=Path)
        parser.add_argument("--key", type=Path, default=Path("/etc/nsmaas/secrets/key-encryption-key"))
        parser.add_argument("--recipients", type=Path, help="a file of age's: one public key a line")
        parser.add_argument("--verify", action="store_true")
        parser.add_argument("--identity", type=Path, help="a file of age's with the secret key, for --verify")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"]:
            self._verify(options["copy"], options["identity"])
        else:
            self._seal(options["copy"], options["key"], options["recipients"])

    def _seal(self, copy: Path, key: Path, recipients: Path | None) -> None:
        if recipients is None:
            raise CommandError("Name the file of --recipients.")
        if copy.exists():
            raise CommandError(f"{copy} is there already; a copy is never overwritten.")
        try:
            keys = read_keys(key)
            with encrypting(recipients=recipients, to=copy, printable=True) as stream:
                stream.write("".join(f"{one.to_text()}\n" for one in keys).encode())
        except (AgeFailed, KeyFileRefused, OSError) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(
            f"Sealed {', '.join(one.id for one in keys)} in {copy}. Prove it with --verify, then print it."
        )

    def _verify(self, copy: Path, identity: Path | None) -> None:
        if identity is None:
            raise CommandError("Name the file of --identity.")
        try:
            with decrypting(identity=identity, file=copy) as stream:
                text = stream.read()
            keys = parse_key_encryption_keys(text.decode("ascii", errors="replace"))
            verify_key_encryption_keys({key.id: key for key in keys})
        except (AgeFailed, MalformedKeyEncryptionKey) as problem:
            raise CommandError(f"{copy}: {problem}") from None
        except WrongKeyEncryptionKey as problem:
            raise CommandError(f"{copy} is not a copy of what this database needs. {problem}") from None
        self.stdout.write(f"{copy} opens all that is in escrow: {', '.join(key.id for key in keys)}.")
