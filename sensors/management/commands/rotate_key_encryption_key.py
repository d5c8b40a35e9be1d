"""Change the key that the escrow is sealed under, in three steps, while the portal works on."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from database.named_locks import SomebodyElseHolds
from pki.escrow.key_file import KeyFileRefused
from pki.escrow.operations.begin_sealing_under import NotYetEverywhere
from pki.escrow.vault import EscrowUnavailable, WrongKeyEncryptionKey
from pki.models import KeyEncryptionKeyCheck, WrappedKey
from sensors.keys.operations.add_key_encryption_key import add_key_encryption_key
from sensors.keys.operations.remove_old_keys import StillNeeded, remove_old_keys
from sensors.keys.operations.rotate_key_encryption_key import NothingToRotate, rotate_key_encryption_key
from tenants.actors import Actor

_ACTOR = Actor.process("rotate_key_encryption_key")
_SHOWN_EVERY_S = 1.0


class Command(BaseCommand):
    help = (
        "Change the key-encryption key. `add FILE` makes a new key in the file beside the old one; then start the"
        " machines' door and the signer again, which from then on hold both. `run` seals everything again under it, and"
        " goes on where it was if it was ended. `status` says how many secrets need which key. `remove FILE` takes what"
        " nothing needs out of the file; then start the same processes again. Copies of the old key are needed as long"
        " as backups from before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        for step in ("add", "remove"):
            steps.add_parser(step).add_argument("file", type=Path, help="as in NSMAAS_KEY_ENCRYPTION_KEY_FILE")
        for step in ("run", "status"):
            steps.add_parser(step)

    def handle(self, *args: Any, **options: Any) -> None:
        with_file = {"add": self._add, "remove": self._remove}
        try:
            if (step := options["step"]) in with_file:
                with_file[step](options["file"])
            else:
                {"run": self._run, "status": self._status}[step]()
        except SomebodyElseHolds as busy:
            raise CommandError(f"Another process is at it: {busy}. Wait until that has ended.") from None
        except (
            EscrowUnavailable, KeyFileRefused, NotYetEverywhere, NothingToRotate, StillNeeded, WrongKeyEncryptionKey,
        ) as problem:  # fmt: skip
            raise CommandError(str(problem)) from None

    def _add(self, file: Path) -> None:
        made = add_key_encryption_key(file=file, added_by=_ACTOR)
        self.stdout.write(
            f"{made} stands last in {file}. Keep a copy of it offline, beside that of the old one. Then start"
        )
        self.stdout.write("the machines' door and the signer again, on each host, and run the next step.")

    def _run(self) -> None:
        begun, shown = time.monotonic(), 0.0

        def show(done: int, total: int) -> None:
            nonlocal shown
            now = time.monotonic()
            if done == total or now - shown > _SHOWN_EVERY_S:
                shown = now
                self.stdout.write(
                    f"{done} of {total} ({100 * done // max(total, 1)} %), {done / (now - begun):.0f} a second"
                )

        rotation = rotate_key_encryption_key(rotated_by=_ACTOR, progress=show)
        self.stdout.write(f"{rotation.resealed} secrets were sealed again under {rotation.kek_id}.")
        if rotation.refused:
            raise CommandError(
                f"{len(rotation.refused)} do not open under the key they name, and were left as they are:"
                f" {', '.join(rotation.refused[:20])}. Keep the old key."
            )

    def _status(self) -> None:
        newest, needed = KeyEncryptionKeyCheck.objects.newest(), WrappedKey.objects.needed_keys()
        for kek_id in sorted({*needed, *([newest.kek_id] if newest else [])}):
            note = ", new ones are sealed under it" if newest and kek_id == newest.kek_id else ""
            self.stdout.write(f"{kek_id}: {needed.get(kek_id, 0)} secrets need it{note}")
        old = sum(count for kek_id, count in needed.items() if newest is None or kek_id != newest.kek_id)
        if old:
            raise CommandError(f"{old} secrets still need an old key.")

    def _remove(self, file: Path) -> None:
        removed = remove_old_keys(file=file, removed_by=_ACTOR)
        if not removed:
            self.stdout.write(f"{file} holds the key in use alone.")
            return
        self.stdout.write(
            f"Nothing needs {', '.join(removed)} any more; it is out of {file}. Start the machines' door and"
        )
        self.stdout.write(
            "the signer again. Backups from before the rotation still need it: keep its offline copy for them."
        )
