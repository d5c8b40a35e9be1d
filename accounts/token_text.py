"""How a token is written: `nsm_`, its public part, `_`, its secret, six characters by which a slip is noticed.

Anybody who searches for secrets that were left lying about finds it by `nsm_[a-z2-7]{8}_[0-9A-Za-z]{49}`, and sees by
the last six (CRC-32 of all before, in base 62) whether it is one, without asking us.
"""

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass, field

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PREFIX_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
PREFIX_LENGTH = 8
_SECRET_LENGTH = 43  # 256 bits
_CHECK_LENGTH = 6
_SHAPE = re.compile(r"nsm_([a-z2-7]{8})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")


@dataclass(frozen=True, slots=True)
class TokenText:
    prefix: str
    # In no log and in no repr of an exception.
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """Without the secret: only `written` has all of it."""
        return f"nsm_{self.prefix}"

    def written(self) -> str:
        body = f"nsm_{self.prefix}_{self.secret}"
        return body + _check_of(body)

    def secret_hash(self) -> str:
        """The secret has 256 random bits, so no slow hash is needed."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def new_token() -> TokenText:
    return TokenText(
        "".join(secrets.choice(_PREFIX_DIGITS) for _ in range(PREFIX_LENGTH)),
        "".join(secrets.choice(_DIGITS) for _ in range(_SECRET_LENGTH)),
    )


def read_token(text: str) -> TokenText | None:
    """None for what is none of ours: nobody has to be asked about it."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    prefix, secret, check = shape.groups()
    token = TokenText(prefix, secret)
    return token if _check_of(f"nsm_{prefix}_{secret}") == check else None


def _check_of(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
