"""Telephone numbers as people write them, and as a telephone dials them."""

import re

# As in +44 20 7946 0100 or (020) 7946-0100. Not +44 (0)20: a telephone would dial that 0.
_WRITTEN = re.compile(r"(?!.*\(0\))\+?[0-9(][0-9 ()/.-]{1,38}[0-9]", re.ASCII)
HOW_TO_WRITE = "one number with its country code, like +44 20 7946 0100"


def is_phone(text: str) -> bool:
    return _WRITTEN.fullmatch(text) is not None and len(dialled(text).strip("+")) >= 3


def dialled(text: str) -> str:
    """What stands after `tel:` (RFC 3966)."""
    return re.sub(r"[^0-9+]", "", text)
