"""Names that may stand in a certificate. They end up in file names and configurations, so they are narrow."""

import re
from collections.abc import Iterable
from ipaddress import ip_address

from cryptography import x509

# 64 characters is the upper bound of a common name (RFC 5280 appendix A.1, ub-common-name).
_SUBJECT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_DNS_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_DNS_NAME_LENGTH = 253


class NameRefused(ValueError):
    """The name may not stand in a certificate; the text says why."""


def check_subject(subject: str) -> str:
    """Return the subject when it is one: lower-case letters, digits and inner dashes, 64 at most."""
    # fullmatch, because `$` would let a trailing newline through, and a newline is a new directive.
    if not _SUBJECT.fullmatch(subject):
        raise NameRefused("A subject consists of a-z, 0-9 and inner dashes, 64 characters at most.")
    return subject


def check_alternative_names(names: Iterable[str]) -> list[x509.GeneralName]:
    """Turn addresses and DNS names into general names (section 4.2.1.6)."""
    return [_general_name(name) for name in names]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(_check_dns_name(name))


def _check_dns_name(name: str) -> str:
    labels = name.split(".")
    well_formed = len(name) <= _DNS_NAME_LENGTH and all(map(_DNS_LABEL.fullmatch, labels))
    # A name that ends in digits is a mistyped address, never a host (RFC 1123 section 2.1).
    if not well_formed or labels[-1].isdigit():
        raise NameRefused(f"{name!r} is neither an IP address nor a DNS name.")
    return name.lower()
