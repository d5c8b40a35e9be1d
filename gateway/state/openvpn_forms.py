"""The notation of `openvpn_directives`: what a directive's words may be.

A form is words with a space between them; `|` parts whole alternatives. A word stands for itself, `<5-60>` for a whole
number from 5 to 60, and `<address>`, `<netmask>`, `<ciphers>` and `<groups>` for what is told here.
"""

import re

from gateway.state.ipv4 import is_address, is_netmask

# AEAD only: with these `auth` has no part in the data channel. In lists each may stand once.
CIPHERS = frozenset({"AES-256-GCM", "CHACHA20-POLY1305"})
# At least 128 bits of security, or a hybrid with ML-KEM.
GROUPS = frozenset(
    {"X25519MLKEM768", "SecP256r1MLKEM768", "X25519", "X448", "secp256r1", "prime256v1", "secp384r1", "secp521r1"}
)
_RANGE = re.compile(r"<([0-9]+)-([0-9]+)>")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")


def fits(words: tuple[str, ...], form: str) -> bool:
    """Whether `words` are one of the form's alternatives, no more and no less."""
    return any(_fits_one(words, alternative.split()) for alternative in form.split("|"))


def _fits_one(words: tuple[str, ...], wanted: list[str]) -> bool:
    return len(words) == len(wanted) and all(map(_fits_word, words, wanted))


def _fits_word(word: str, wanted: str) -> bool:
    if found := _RANGE.fullmatch(wanted):
        return _NUMBER.fullmatch(word) is not None and int(found[1]) <= int(word) <= int(found[2])
    match wanted:
        case "<address>":
            return is_address(word)
        case "<netmask>":
            return is_netmask(word)
        case "<ciphers>":
            return _is_list_of(CIPHERS, word)
        case "<groups>":
            return _is_list_of(GROUPS, word)
    return word == wanted


def _is_list_of(known: frozenset[str], word: str) -> bool:
    names = word.split(":")
    return known.issuperset(names) and len(set(names)) == len(names)
