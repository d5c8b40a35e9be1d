"""Take the key-encryption keys that nothing needs any more out of their file."""

from pathlib import Path

from django.db import transaction

from pki.escrow.key_file import KeyFileRefused, read_keys, replace_keys
from pki.models import KeyEncryptionKeyCheck, WrappedKey
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit


class StillNeeded(Exception):
    """The text says by how many secrets."""


@transaction.atomic(durable=True)
def remove_old_keys(*, file: Path, removed_by: Actor) -> list[str]:
    """The names of those that were taken out. Raises StillNeeded and KeyFileRefused, and then changes nothing.

    Nothing is sealed under an old key once another has taken its place, see `begin_sealing_under`: none stays none.
    """
    sealed_under = KeyEncryptionKeyCheck.objects.newest()
    keys = read_keys(file)
    if sealed_under is None or sealed_under.kek_id not in {key.id for key in keys}:
        raise KeyFileRefused(f"{file} does not hold the key that the database is sealed under. Nothing was changed.")
    kept = tuple(key for key in keys if key.id == sealed_under.kek_id)
    removed = [key.id for key in keys if key.id != sealed_under.kek_id]
    needed = WrappedKey.objects.needed_keys()
    if still := [f"{needed[kek_id]} by {kek_id}" for kek_id in removed if kek_id in needed]:
        raise StillNeeded(f"Secrets are still sealed: {', '.join(still)}. Rotate first. Nothing was changed.")
    if removed:
        record_provider_audit(
            actor=removed_by,
            action=AuditAction.KEY_ENCRYPTION_KEY_REMOVE,
            subject=f"key-encryption-key:{sealed_under.kek_id}",
            details={"removed": removed},
        )
        replace_keys(file, kept)
    return removed
