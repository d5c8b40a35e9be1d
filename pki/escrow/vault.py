"""The escrow: secrets at rest in the database, sealed under the key-encryption key.

Everything here joins the caller's transaction. A key may be handed out only once that transaction is
committed: a disk formatted under a key whose row was rolled back is lost.
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from database.named_locks import share_until_commit
from database.repeated import RepeatedQueries, RepeatedQuery
from pki.escrow import tls_crypt_v2
from pki.escrow.envelope import (
    Context,
    EnvelopeRefused,
    KeyEncryptionKey,
    MalformedKeyEncryptionKey,
    Sealed,
    open_sealed,
    parse_key_encryption_keys,
    seal,
)
from pki.models import KeyEncryptionKeyCheck, KeyRetirement, WrappedKey
from pki.models.wrapped_key import DISK_KEY, FIRST_CHECK, TLS_CRYPT_V2_SERVER_KEY

DISK_KEY_LENGTH = 64
# Shared by all that seal; what changes the key that is sealed under excludes them.
SEALING = "sealing"


class _Stored(NamedTuple):
    subject: str
    version: int
    kek_id: str
    nonce: bytes
    ciphertext: bytes


def _newest(purpose: str, subject: str) -> QuerySet[Any, Any]:
    stored = WrappedKey.objects.of(purpose=purpose, subject=subject).in_use().order_by("-version")
    return stored.values_list(*_Stored._fields)


def _disk_keys(subjects: tuple[str, ...]) -> QuerySet[Any, Any]:
    stored = WrappedKey.objects.filter(purpose=DISK_KEY, subject__in=subjects).in_use().order_by("version")
    return stored.values_list(*_Stored._fields)


_NEWEST = RepeatedQuery(_Stored, _newest, str, str)
_DISK_KEYS = RepeatedQueries(_Stored, _disk_keys, str)

_CHECK = "key-encryption-key-check"
_CHECK_VALUE = b"this is the right key"


class EscrowUnavailable(Exception):
    """This process holds no key-encryption key, or a malformed one."""


class WrongKeyEncryptionKey(Exception):
    """This process holds another key-encryption key than the one the database was sealed with."""


class NoSuchSecret(Exception):
    """Nothing is in escrow for this subject and purpose."""


def get_or_create_disk_key(*, subject: str) -> bytes:
    """The subject's newest disk key that was not retired, made on the first request; two at once get the same."""
    return _get_or_create(DISK_KEY, subject, lambda: os.urandom(DISK_KEY_LENGTH))


def disk_key_since(*, subject: str) -> datetime | None:
    """Since when the subject has had a disk key, of those in use; None if the next request would make its first."""
    in_use = WrappedKey.objects.of(purpose=DISK_KEY, subject=subject).in_use()
    return in_use.order_by("created_at").values_list("created_at", flat=True).first()


def open_disk_keys(*, subjects: Sequence[str]) -> dict[str, bytes]:
    """The newest disk key of each; who has none yet is left out. Raises as `open_secret` does, whosever key it was."""
    newest = {row.subject: row for row in _DISK_KEYS.all(subjects)}
    return {subject: _open(DISK_KEY, row) for subject, row in newest.items()}


def get_or_create_tls_crypt_v2_server_key(*, subject: str) -> bytes:
    """The 128 raw bytes of a gateway's server key, made on the first request."""
    return _get_or_create(TLS_CRYPT_V2_SERVER_KEY, subject, tls_crypt_v2.generate_server_key)


def open_secret(*, purpose: str, subject: str) -> bytes:
    """The newest one in use. Raises NoSuchSecret, EscrowUnavailable, WrongKeyEncryptionKey or EnvelopeRefused."""
    row = _NEWEST.first(purpose, subject)
    if row is None:
        raise NoSuchSecret(f"No {purpose} is in escrow for {subject}.")
    return _open(purpose, row)


def _open(purpose: str, row: _Stored) -> bytes:
    return open_sealed(
        kek=_key_named(row.kek_id, _held_keys()),
        context=Context(purpose=purpose, subject=row.subject, version=row.version),
        sealed=Sealed(kek_id=row.kek_id, nonce=bytes(row.nonce), ciphertext=bytes(row.ciphertext)),
    )


def reseal(*, row: WrappedKey, under: KeyEncryptionKey) -> Sealed:
    """The same secret under another key; nothing is stored. Raises as `open_secret` does."""
    context = Context(purpose=row.purpose, subject=row.subject, version=row.version)
    stored = _Stored(row.subject, row.version, row.kek_id, bytes(row.nonce), bytes(row.ciphertext))
    return seal(kek=under, context=context, plaintext=_open(row.purpose, stored))


def verify_key_encryption_key() -> None:
    """Raises WrongKeyEncryptionKey unless this process can seal, and open each secret that is stored.

    An empty database fits any key.
    """
    verify_key_encryption_keys(_held_keys())


def verify_key_encryption_keys(held: dict[str, KeyEncryptionKey]) -> None:
    """The same of keys, by their ids, that this process need not hold."""
    known = {check.kek_id: check for check in KeyEncryptionKeyCheck.objects.all()}
    sealed_under = KeyEncryptionKeyCheck.objects.newest()
    for kek_id in {*WrappedKey.objects.needed_keys(), *([sealed_under.kek_id] if sealed_under else [])}:
        _key_named(kek_id, held)
    for kek_id in held.keys() & known.keys():
        _verify(held[kek_id], known[kek_id])


def newest_held_key() -> KeyEncryptionKey:
    """The one that stands last in what this process was given. Raises EscrowUnavailable."""
    return list(_held_keys().values())[-1]


def make_check(kek: KeyEncryptionKey) -> KeyEncryptionKeyCheck:
    """The row, not stored, by which a process finds that it holds this key. Its number is to be filled in."""
    sealed = seal(kek=kek, context=_check_context(kek), plaintext=_CHECK_VALUE)
    return KeyEncryptionKeyCheck(kek_id=kek.id, nonce=sealed.nonce, ciphertext=sealed.ciphertext)


def _verify(kek: KeyEncryptionKey, check: KeyEncryptionKeyCheck) -> None:
    sealed = Sealed(kek_id=check.kek_id, nonce=bytes(check.nonce), ciphertext=bytes(check.ciphertext))
    try:
        open_sealed(kek=kek, context=_check_context(kek), sealed=sealed)
    except EnvelopeRefused:
        raise WrongKeyEncryptionKey(
            f"This process's key-encryption key is named {kek.id!r}, but it is not the one that the"
            " database knows under that name: put the right one in its place."
        ) from None


def _get_or_create(purpose: str, subject: str, make: Callable[[], bytes]) -> bytes:
    try:
        return open_secret(purpose=purpose, subject=subject)
    except NoSuchSecret:
        # The second one stores nothing and opens what the first one stored.
        context = Context(purpose=purpose, subject=subject, version=_first_in_use(purpose, subject))
        _store(_key_for_sealing(), context, make())
    return open_secret(purpose=purpose, subject=subject)


def _first_in_use(purpose: str, subject: str) -> int:
    """Counted from what was retired, and not from what is stored: two at once must come to the same number."""
    retired = KeyRetirement.objects.filter(purpose=purpose, subject=subject).order_by("-up_to_version").first()
    return retired.up_to_version + 1 if retired else 1


def _store(kek: KeyEncryptionKey, context: Context, secret: bytes) -> bool:
    sealed = seal(kek=kek, context=context, plaintext=secret)
    try:
        # A savepoint: on PostgreSQL a collision would otherwise end the caller's whole transaction.
        with transaction.atomic():
            WrappedKey.objects.create(
                subject=context.subject,
                purpose=context.purpose,
                version=context.version,
                kek_id=kek.id,
                nonce=sealed.nonce,
                ciphertext=sealed.ciphertext,
            )
    except IntegrityError:
        return False
    return True


def _key_for_sealing() -> KeyEncryptionKey:
    # The database says which, so that no process seals under a key that another one has done away with. Checked before
    # each seal: what is sealed under a wrong key is lost to every process that holds the right one.
    held = _held_keys()
    share_until_commit(SEALING)
    check = KeyEncryptionKeyCheck.objects.newest() or _first_check(newest_held_key())
    kek = _key_named(check.kek_id, held)
    _verify(kek, check)
    return kek


def _first_check(kek: KeyEncryptionKey) -> KeyEncryptionKeyCheck:
    # One row, so that of two processes that hold different keys the second one is refused.
    check = make_check(kek)
    check.pk = FIRST_CHECK
    KeyEncryptionKeyCheck.objects.bulk_create([check], ignore_conflicts=True)
    return KeyEncryptionKeyCheck.objects.get(pk=FIRST_CHECK)


def _held_keys() -> dict[str, KeyEncryptionKey]:
    if settings.KEY_ENCRYPTION_KEY is None:
        raise EscrowUnavailable("This process holds no key-encryption key: NSMAAS_KEY_ENCRYPTION_KEY is unset.")
    try:
        return {key.id: key for key in parse_key_encryption_keys(settings.KEY_ENCRYPTION_KEY)}
    except MalformedKeyEncryptionKey as error:
        raise EscrowUnavailable(f"NSMAAS_KEY_ENCRYPTION_KEY: {error}") from None


def _check_context(kek: KeyEncryptionKey) -> Context:
    return Context(purpose=_CHECK, subject=kek.id, version=1)


def _key_named(needed: str, held: dict[str, KeyEncryptionKey]) -> KeyEncryptionKey:
    if needed in held:
        return held[needed]
    raise WrongKeyEncryptionKey(
        f"The database was sealed with the key-encryption key {needed!r}, but this process holds"
        f" {', '.join(map(repr, held))}. Was it started again since the key was changed?"
    )
