"""The little of DER (ITU-T X.690) that joining a CRL from stored entries needs."""

from collections.abc import Iterator
from datetime import datetime

SEQUENCE = 0x30
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
ENUMERATED = 0x0A
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18

_LAST_UTC_TIME_YEAR = 2049


def encode(tag: int, *content: bytes) -> bytes:
    """One tag, length and value, copied once: it may be megabytes long."""
    return b"".join([header(tag, sum(map(len, content))), *content])


def header(tag: int, length: int) -> bytes:
    """The tag and the length that stand before so many octets."""
    return bytes([tag]) + _length(length)


def encode_positive_integer(value: int) -> bytes:
    """X.690 8.3: two's complement, so one more bit than the number has keeps it positive."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def encode_time(moment: datetime) -> bytes:
    """RFC 5280 section 5.1.2.6: UTCTime through 2049, GeneralizedTime after; UTC, whole seconds."""
    if moment.year <= _LAST_UTC_TIME_YEAR:
        return encode(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())
    return encode(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())


def children(der: bytes) -> Iterator[bytes]:
    """The elements inside one constructed element, each with its tag and length."""
    position, end = _content_range(der, 0)
    while position < end:
        _, following = _content_range(der, position)
        yield der[position:following]
        position = following


def _content_range(der: bytes, start: int) -> tuple[int, int]:
    first = der[start + 1]
    if first < 0x80:
        return start + 2, start + 2 + first
    content = start + 2 + (first & 0x7F)
    return content, content + int.from_bytes(der[start + 2 : content], "big")


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
