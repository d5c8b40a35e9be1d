"""Seal some of the stored secrets again, under the key that the database names."""

from dataclasses import dataclass

from django.db import connection, transaction

from pki.escrow.envelope import EnvelopeRefused, KeyEncryptionKey
from pki.escrow.vault import reseal
from pki.models import WrappedKey

_CHANGE = "UPDATE pki_wrappedkey SET kek_id = %s, nonce = %s, ciphertext = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Batch:
    """`last` is the highest number that was looked at, None if there was nothing more."""

    last: int | None
    resealed: int
    refused: tuple[str, ...]


@transaction.atomic(durable=True)
def reseal_keys(*, under: KeyEncryptionKey, after: int, limit: int) -> Batch:
    """At most `limit` rows with numbers above `after`, in one short transaction. Raises WrongKeyEncryptionKey.

    It holds the locks of these rows and no others, and waits for none: a row that somebody is destroying is left for
    the next time. Nobody who reads a key waits for it. `refused` names what does not open under the key it says.
    """
    others = WrappedKey.objects.sealed().exclude(kek_id=under.id).filter(pk__gt=after).order_by("pk")
    rows = list(others.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)[:limit])
    changed, refused = [], []
    for row in rows:
        try:
            sealed = reseal(row=row, under=under)
        except EnvelopeRefused:
            refused.append(str(row))
            continue
        changed.append((sealed.kek_id, sealed.nonce, sealed.ciphertext, row.pk))
    if changed:
        with connection.cursor() as cursor:
            cursor.executemany(_CHANGE, changed)
    return Batch(rows[-1].pk if rows else None, len(changed), tuple(refused))
