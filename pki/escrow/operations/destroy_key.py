"""Destroy a subject's sealed keys for good. Needs no key of ours."""

from datetime import datetime

from database.owner_functions import call_owner_function, has_owner_functions
from pki.escrow.operations.retire_key import retire_key
from pki.models import WrappedKey


def destroy_key(*, purpose: str, subject: str, now: datetime) -> int:
    """How many were destroyed. What they opened is lost for good, but to backups of this database made before."""
    retire_key(purpose=purpose, subject=subject, now=now)
    if has_owner_functions():
        return int(call_owner_function("pki_destroy_retired", purpose, subject))
    sealed = WrappedKey.objects.of(purpose=purpose, subject=subject).filter(destroyed_at=None)
    return sealed.update(nonce=b"", ciphertext=b"", destroyed_at=now)
