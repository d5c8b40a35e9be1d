"""tls-crypt-v2 keys as OpenVPN reads them (its doc/tls-crypt-v2.txt), without storage.

The server key wraps each client key: the server needs no list of them, and the client hands its wrapped key
over in its first packet. WKc = T || AES-256-CTR(Ke, IV = first 128 bits of T, Kc || metadata) || length, T =
HMAC-SHA256(Ka, length || Kc || metadata), where length is that of WKc, in two octets.
"""

import hmac
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SERVER_KEY_LENGTH = 128
CLIENT_KEY_LENGTH = 256
# 1024 octets of WKc less Kc, T, length and the metadata's type.
LONGEST_METADATA = 733

_TAG_LENGTH = 32
_LENGTH_LENGTH = 2
_IV_LENGTH = 16
_USER_METADATA = 0
_LONGEST_PEM = 8_192
_SERVER_LABEL = "OpenVPN tls-crypt-v2 server key"
_CLIENT_LABEL = "OpenVPN tls-crypt-v2 client key"


class TlsCryptV2Refused(ValueError):
    """Not a key of the expected kind, or not wrapped by this server key. Never repeats key material."""


@dataclass(frozen=True)
class ClientKey:
    """An unwrapped client key: what the server sees when the client calls."""

    key: bytes = field(repr=False)
    metadata_type: int
    metadata: bytes


def generate_server_key() -> bytes:
    """The 128 raw bytes of a new server key."""
    return os.urandom(SERVER_KEY_LENGTH)


def server_key_to_pem(server_key: bytes) -> str:
    """The file that OpenVPN's `tls-crypt-v2` takes on the server."""
    return _to_pem(_SERVER_LABEL, _check_server_key(server_key))


def server_key_from_pem(pem: str) -> bytes:
    """The 128 raw bytes. Raises TlsCryptV2Refused."""
    return _check_server_key(_from_pem(_SERVER_LABEL, pem))


def make_client_key(*, server_key: bytes, subject: str) -> str:
    """A new client key as PEM, wrapped for this server; the subject is the metadata that the server reads."""
    return wrap_client_key(server_key=server_key, key=os.urandom(CLIENT_KEY_LENGTH), metadata=subject.encode())


def wrap_client_key(*, server_key: bytes, key: bytes, metadata: bytes) -> str:
    """The PEM of Kc || WKc for a given Kc."""
    _check_server_key(server_key)
    if len(key) != CLIENT_KEY_LENGTH:
        raise TlsCryptV2Refused(f"A tls-crypt-v2 client key is {CLIENT_KEY_LENGTH} bytes long.")
    if len(metadata) > LONGEST_METADATA:
        raise TlsCryptV2Refused(f"Metadata is at most {LONGEST_METADATA} bytes long.")
    plain = key + bytes([_USER_METADATA]) + metadata
    length = (_TAG_LENGTH + len(plain) + _LENGTH_LENGTH).to_bytes(_LENGTH_LENGTH, "big")
    tag = _tag(server_key, length + plain)
    return _to_pem(_CLIENT_LABEL, key + tag + _counter_mode(server_key, tag, plain) + length)


def unwrap_client_key(*, server_key: bytes, pem: str) -> ClientKey:
    """What the server does with a client's first packet. Raises TlsCryptV2Refused."""
    _check_server_key(server_key)
    body = _from_pem(_CLIENT_LABEL, pem)
    key, wrapped = body[:CLIENT_KEY_LENGTH], body[CLIENT_KEY_LENGTH:]
    length = wrapped[-_LENGTH_LENGTH:]
    if len(wrapped) < _TAG_LENGTH + CLIENT_KEY_LENGTH + 1 + _LENGTH_LENGTH or int.from_bytes(length, "big") != len(
        wrapped
    ):
        raise TlsCryptV2Refused("The wrapped key does not have the length it says.")
    tag = wrapped[:_TAG_LENGTH]
    plain = _counter_mode(server_key, tag, wrapped[_TAG_LENGTH:-_LENGTH_LENGTH])
    if not hmac.compare_digest(tag, _tag(server_key, length + plain)) or plain[:CLIENT_KEY_LENGTH] != key:
        raise TlsCryptV2Refused("This client key was not wrapped by this server key.")
    return ClientKey(key=key, metadata_type=plain[CLIENT_KEY_LENGTH], metadata=plain[CLIENT_KEY_LENGTH + 1 :])


def _check_server_key(server_key: bytes) -> bytes:
    if len(server_key) != SERVER_KEY_LENGTH:
        raise TlsCryptV2Refused(f"A tls-crypt-v2 server key is {SERVER_KEY_LENGTH} bytes long.")
    return server_key


# OpenVPN's `struct key` is a cipher key of 64 bytes and an HMAC key of 64; AES-256 and HMAC-SHA256 use 32 of
# each.
def _counter_mode(server_key: bytes, tag: bytes, data: bytes) -> bytes:
    cipher = Cipher(algorithms.AES256(server_key[:32]), modes.CTR(tag[:_IV_LENGTH]))
    encryptor = cipher.encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _tag(server_key: bytes, data: bytes) -> bytes:
    return hmac.digest(server_key[64:96], data, "sha256")


def _to_pem(label: str, body: bytes) -> str:
    text = b64encode(body).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def _from_pem(label: str, pem: str) -> bytes:
    if len(pem) > _LONGEST_PEM:
        raise TlsCryptV2Refused(f"Longer than {_LONGEST_PEM} characters: this is no {label}.")
    lines = pem.strip().splitlines()
    if len(lines) < 3 or lines[0] != f"-----BEGIN {label}-----" or lines[-1] != f"-----END {label}-----":
        raise TlsCryptV2Refused(f"This is not the PEM of an {label}.")
    try:
        return b64decode("".join(lines[1:-1]).encode("ascii"), validate=True)
    except (Base64Error, UnicodeEncodeError):
        raise TlsCryptV2Refused(f"The body of the {label} is not base64.") from None
