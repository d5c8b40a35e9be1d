"""Codes of loss cards: typed from paper by somebody who is in a hurry, and guessed by nobody. Pure."""

import hashlib
import re
import secrets

# Without 0 O, 1 I L, 2 Z, 5 S, 8 B and U, V, which look alike on paper or in haste.
ALPHABET = "ACDEFGHJKMNPQRTWXY34679"
LENGTH, GROUP = 25, 5  # 113 random bits
_WRITTEN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(text[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest_of(written: str) -> str:
    """What is kept of a code, however somebody writes it: spaces, dashes and case do not matter.

    What is no code has a digest as well, which no card has: looking for it takes as long.
    """
    canonical = re.sub(r"[\s-]+", "", written[:200]).upper()
    if not _WRITTEN.fullmatch(canonical):
        canonical = ""
    return hashlib.sha256(canonical.encode()).hexdigest()
