"""Take a subject's sealed keys out of use: never given out again, or destroyed for good. Needs no key of ours."""

from datetime import datetime

from pki.models import KeyRetirement, WrappedKey


def retire_key(*, purpose: str, subject: str, now: datetime) -> None:
    """What was sealed so far is never given out again; the next one who may ask gets a new key.

    Joins the caller's transaction, who holds the lock under which keys are given out.
    """
    newest = WrappedKey.objects.of(purpose=purpose, subject=subject).newest()
    if newest:
        KeyRetirement.objects.create(purpose=purpose, subject=subject, up_to_version=newest.version, retired_at=now)


def destroy_key(*, purpose: str, subject: str, now: datetime) -> int:
    """How many were destroyed. What they opened is lost for good, but to backups of this database made before."""
    retire_key(purpose=purpose, subject=subject, now=now)
    sealed = WrappedKey.objects.of(purpose=purpose, subject=subject).filter(destroyed_at=None)
    return sealed.update(nonce=b"", ciphertext=b"", destroyed_at=now)
