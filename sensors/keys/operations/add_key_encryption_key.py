"""Make a key-encryption key beside the one in use, for the processes to hold before anything is sealed under it."""

from pathlib import Path

from django.db import transaction

from pki.escrow.envelope import generate_key_encryption_key
from pki.escrow.key_file import KeyFileRefused, read_keys, replace_keys
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit


@transaction.atomic(durable=True)
def add_key_encryption_key(*, file: Path, added_by: Actor) -> str:
    """The new one's name; it stands last in `file`. Raises KeyFileRefused."""
    present = read_keys(file)
    if len(present) > 1:
        raise KeyFileRefused(f"{file} has {len(present)} keys already: rotate to the last one, and remove the others.")
    made = generate_key_encryption_key()
    record_provider_audit(
        actor=added_by, action=AuditAction.KEY_ENCRYPTION_KEY_ADD, subject=f"key-encryption-key:{made.id}"
    )
    # Last, under the chain's lock: two at once do not lose one another's key.
    if read_keys(file) != present:
        raise KeyFileRefused(f"{file} was changed at this moment.")
    replace_keys(file, (*present, made))
    return made.id
