"""Name the key-encryption key that every process seals under from now on."""

from datetime import datetime

from database.named_locks import exclude_until_commit
from pki.escrow.envelope import KeyEncryptionKey
from pki.escrow.operations.find_processes_without import find_processes_without
from pki.escrow.vault import SEALING, make_check
from pki.models import KeyEncryptionKeyCheck
from pki.models.wrapped_key import FIRST_CHECK


class NotYetEverywhere(Exception):
    """Some processes could not open what would be sealed under this key. The text names them."""


def begin_sealing_under(*, kek: KeyEncryptionKey, now: datetime) -> None:
    """Joins the caller's transaction. Raises NotYetEverywhere, and SomebodyElseHolds while a key is being sealed."""
    if without := find_processes_without(kek_id=kek.id):
        raise NotYetEverywhere(
            f"These were started before they were given the key {kek.id!r}: {'; '.join(without)}."
            " Start them again first."
        )
    # What is sealed under the key before is committed by now, so that sealing again from here on misses none.
    exclude_until_commit(SEALING)
    newest = KeyEncryptionKeyCheck.objects.newest()
    check = make_check(kek)
    check.pk = newest.pk + 1 if newest else FIRST_CHECK
    check.created_at = now
    check.save(force_insert=True)
