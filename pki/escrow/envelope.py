"""Sealing secrets under the key-encryption key: AES-256-GCM (NIST SP 800-38D), without storage."""

import os
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from secrets import token_hex

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_LENGTH = 32
# 96 random bits: good for 2^32 seals under one key (SP 800-38D section 8.3), far above any fleet.
_NONCE_LENGTH = 12
_DOMAIN = b"nsmaas envelope 1"
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


class MalformedKeyEncryptionKey(ValueError):
    """The text is not a key-encryption key. The message never repeats the text."""


class EnvelopeRefused(Exception):
    """The sealed bytes do not open: another key, another context, or they were changed."""


@dataclass(frozen=True)
class KeyEncryptionKey:
    """An AES-256 key with a name. Its repr shows the name only."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise MalformedKeyEncryptionKey("A key-encryption key's id consists of a-z, 0-9 and inner dashes.")
        if len(self.secret) != _KEY_LENGTH:
            raise MalformedKeyEncryptionKey(f"A key-encryption key is {_KEY_LENGTH} bytes long.")

    def to_text(self) -> str:
        """`<id>:<base64>`: the secret itself, to be written to its file and nowhere else."""
        return f"{self.id}:{b64encode(self.secret).decode()}"


@dataclass(frozen=True)
class Context:
    """What a sealed secret is and whose: it opens in exactly this context."""

    purpose: str
    subject: str
    version: int


@dataclass(frozen=True)
class Sealed:
    """What may be stored: useless without the key it names."""

    kek_id: str
    nonce: bytes
    ciphertext: bytes


def generate_key_encryption_key() -> KeyEncryptionKey:
    """A new key under a new id."""
    return KeyEncryptionKey(id=f"kek-{token_hex(6)}", secret=os.urandom(_KEY_LENGTH))


def parse_key_encryption_key(text: str) -> KeyEncryptionKey:
    """Read `<id>:<base64 of 32 bytes>`. Raises MalformedKeyEncryptionKey."""
    key_id, colon, encoded = text.strip().partition(":")
    if not colon:
        raise MalformedKeyEncryptionKey("A key-encryption key is written <id>:<base64 of 32 bytes>.")
    try:
        secret = b64decode(encoded.encode("ascii"), validate=True)
    except (Base64Error, UnicodeEncodeError):
        raise MalformedKeyEncryptionKey("The part after the colon of the key-encryption key is not base64.") from None
    return KeyEncryptionKey(id=key_id, secret=secret)


def parse_key_encryption_keys(text: str) -> tuple[KeyEncryptionKey, ...]:
    """One a line, the newest last: several while one takes another's place. Raises MalformedKeyEncryptionKey."""
    keys = tuple(parse_key_encryption_key(line) for line in text.split())
    if not keys:
        raise MalformedKeyEncryptionKey("There is no key-encryption key in it.")
    if len({key.id for key in keys}) < len(keys):
        raise MalformedKeyEncryptionKey("Two key-encryption keys have the same id.")
    return keys


def seal(*, kek: KeyEncryptionKey, context: Context, plaintext: bytes) -> Sealed:
    """Encrypt for one context."""
    nonce = os.urandom(_NONCE_LENGTH)
    ciphertext = AESGCM(kek.secret).encrypt(nonce, plaintext, _additional_data(kek.id, context))
    return Sealed(kek_id=kek.id, nonce=nonce, ciphertext=ciphertext)


def open_sealed(*, kek: KeyEncryptionKey, context: Context, sealed: Sealed) -> bytes:
    """Decrypt; raises EnvelopeRefused with nothing of the secret in it."""
    if sealed.kek_id != kek.id:
        raise EnvelopeRefused(f"Sealed under the key {sealed.kek_id!r}; this process holds {kek.id!r}.")
    try:
        return AESGCM(kek.secret).decrypt(sealed.nonce, sealed.ciphertext, _additional_data(kek.id, context))
    except (InvalidTag, ValueError):
        raise EnvelopeRefused("Sealed with another key or for another context, or changed since.") from None


def _additional_data(kek_id: str, context: Context) -> bytes:
    # Each part is preceded by its length: without it ("ab", "c") and ("a", "bc") would be the same bytes, and
    # a row could be passed off as another.
    parts = [
        _DOMAIN,
        context.purpose.encode(),
        context.subject.encode(),
        str(context.version).encode(),
        kek_id.encode(),
    ]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
