"""Have all that is in escrow sealed under the newest key-encryption key, while keys are made and given out."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from database.named_locks import SomebodyElseHolds, only_one
from pki.escrow.envelope import KeyEncryptionKey
from pki.escrow.operations.begin_sealing_under import begin_sealing_under
from pki.escrow.operations.reseal_keys import reseal_keys
from pki.escrow.vault import newest_held_key, verify_key_encryption_key
from pki.models import KeyEncryptionKeyCheck, WrappedKey
from pki.models.wrapped_key import FIRST_CHECK
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit
from tenants.models import AuditEntry

ROTATION = "rotation"
# Some milliseconds of locks that nobody but `destroy_key` asks for.
BATCH = 100
# A row is left out while somebody destroys its key, which takes no longer than a request does.
LEFT_OUT_FOR_S = 0.2
LONGEST_REST_S = 0.5
SEALING_FOR_S = 30.0
# done, of how many
Progress = Callable[[int, int], None]


class NothingToRotate(Exception):
    """All is sealed under the newest key already."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """`refused` names what does not open under the key that it says it was sealed with."""

    kek_id: str
    resealed: int
    refused: tuple[str, ...]


def rotate_key_encryption_key(*, rotated_by: Actor, progress: Progress) -> Rotation:
    """To the last key that this process was given, over many short transactions; run again, it goes on where it was.

    Raises NothingToRotate, NotYetEverywhere, EscrowUnavailable, WrongKeyEncryptionKey, and SomebodyElseHolds while
    another one runs.
    """
    with only_one(ROTATION):
        verify_key_encryption_key()
        kek = newest_held_key()
        _switch(kek, rotated_by)
        resealed, refused = _reseal_all(kek, progress)
        with transaction.atomic(durable=True):
            record_provider_audit(
                actor=rotated_by,
                action=AuditAction.KEY_ENCRYPTION_KEY_ROTATE,
                subject=f"key-encryption-key:{kek.id}",
                details={"resealed": resealed, "refused": list(refused)},
            )
        return Rotation(kek.id, resealed, refused)


def _switch(kek: KeyEncryptionKey, rotated_by: Actor) -> None:
    """Once: a run that goes on after a crash finds it done."""
    newest = KeyEncryptionKeyCheck.objects.newest()
    if newest and newest.kek_id == kek.id:
        if set(WrappedKey.objects.needed_keys()) <= {kek.id} and _is_on_record(newest):
            raise NothingToRotate(f"All is sealed under {kek.id!r} already, and there is no newer key: add one first.")
        return
    if KeyEncryptionKeyCheck.objects.filter(kek_id=kek.id).exists():
        raise NothingToRotate(f"{kek.id!r} was in use before: put the newest key last, or add a new one.")
    deadline = time.monotonic() + SEALING_FOR_S
    while True:
        try:
            with transaction.atomic(durable=True):
                # The chain first. It may be waited for only by one that has shut nobody out yet.
                record_provider_audit(
                    actor=rotated_by,
                    action=AuditAction.KEY_ENCRYPTION_KEY_SWITCH,
                    subject=f"key-encryption-key:{kek.id}",
                    details={"before": newest.kek_id if newest else None},
                )
                begin_sealing_under(kek=kek, now=timezone.now())
        except SomebodyElseHolds:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _is_on_record(check: KeyEncryptionKeyCheck) -> bool:
    """That the rotation to it has ended. Nothing was rotated to the first key."""
    ends = AuditEntry.objects.filter(
        action=AuditAction.KEY_ENCRYPTION_KEY_ROTATE, subject=f"key-encryption-key:{check.kek_id}"
    )
    return check.pk == FIRST_CHECK or ends.exists()


def _reseal_all(kek: KeyEncryptionKey, progress: Progress) -> tuple[int, tuple[str, ...]]:
    done, total = 0, _left(kek)
    while True:
        refused, after = list[str](), 0
        while True:
            began = time.monotonic()
            if (batch := reseal_keys(under=kek, after=after, limit=BATCH)).last is None:
                break
            done, after = done + batch.resealed, batch.last
            refused += batch.refused
            progress(done, total)
            # Half of the time is left to those who ask for keys.
            time.sleep(min(time.monotonic() - began, LONGEST_REST_S))
        if _left(kek) <= len(refused):
            return done, tuple(refused)
        time.sleep(LEFT_OUT_FOR_S)


def _left(kek: KeyEncryptionKey) -> int:
    return sum(count for kek_id, count in WrappedKey.objects.needed_keys().items() if kek_id != kek.id)
