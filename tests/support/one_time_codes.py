"""What an authenticator app shows (RFC 6238 with its defaults: SHA-1, 30 seconds, six digits), made without allauth."""

import base64
import hashlib
import hmac
import struct
import time

from allauth.mfa.models import Authenticator

from tests.support.purses import fill_purses


def code_of(secret: str, *, later: int = 0) -> str:
    """Of the step so many after this one. One early is taken as well as one late, and no code is taken twice."""
    counter = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def unused_code(secret: str) -> str:
    """As if time had gone by since the last one was used, and since the last tries that failed."""
    fill_purses()
    for factor in Authenticator.objects.filter(type=Authenticator.Type.TOTP):
        factor.data.pop("last_step", None)
        factor.save(update_fields=["data"])
    return code_of(secret)
