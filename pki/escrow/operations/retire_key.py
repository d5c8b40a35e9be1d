"""Take a subject's sealed keys out of use: never given out again, or destroyed for good. Needs no key of ours."""

from datetime import datetime

from database.owner_functions import call_owner_function, has_owner_functions
from pki.models import KeyRetirement, WrappedKey


def retire_key(*, purpose: str, subject: str, now: datetime) -> None:
    """What was sealed so far is never given out again; the next one who may ask gets a new key.

    Joins the caller's transaction, who holds the lock under which keys are given out.
    """
    versions = WrappedKey.objects.of(purpose=purpose, subject=subject).values_list("version", flat=True)
    if versions:
        KeyRetirement.objects.create(purpose=purpose, subject=subject, up_to_version=max(versions), retired_at=now)


def destroy_key(*, purpose: str, subject: str, now: datetime) -> int:
    """How many were destroyed. What they opened is lost for good, but to backups of this database made before."""
    retire_key(purpose=purpose, subject=subject, now=now)
    if has_owner_functions():
        return int(call_owner_function("pki_destroy_retired", purpose, subject))
    sealed = WrappedKey.objects.of(purpose=purpose, subject=subject).filter(destroyed_at=None)
    return sealed.update(nonce=b"", ciphertext=b"", destroyed_at=now)
