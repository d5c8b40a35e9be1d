"""What an OpenVPN server does with a tls-crypt-v2 client key, written for its own sake from OpenVPN's document."""

import hmac
from base64 import b64decode
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class ClientKey(NamedTuple):
    key: bytes
    kind: int
    metadata: bytes


def body_of(pem: str) -> bytes:
    return b64decode("".join(pem.splitlines()[1:-1]), validate=True)


def unwrap(*, server_key: bytes, pem: str) -> ClientKey:
    """Raises AssertionError for what a server would not take."""
    body = body_of(pem)
    key, wrapped = body[:256], body[256:]
    assert int.from_bytes(wrapped[-2:], "big") == len(wrapped)
    tag = wrapped[:32]
    decryptor = Cipher(algorithms.AES256(server_key[:32]), modes.CTR(tag[:16])).decryptor()
    plain = decryptor.update(wrapped[32:-2]) + decryptor.finalize()
    assert hmac.compare_digest(tag, hmac.digest(server_key[64:96], wrapped[-2:] + plain, "sha256"))
    assert plain[:256] == key
    return ClientKey(key, plain[256], plain[257:])
