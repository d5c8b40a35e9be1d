"""The rows of the authority and of the escrow."""

from pki.models.authority import Authority, NoAuthority
from pki.models.certificate import Certificate
from pki.models.certificate_revocation_list import CertificateRevocationList
from pki.models.restoration import RecalledSerials, Restoration
from pki.models.revocation import Reason, Revocation
from pki.models.time_query import TimeQuery
from pki.models.wrapped_key import KeyEncryptionKeyCheck, KeyRetirement, WrappedKey

__all__ = [
    "Authority",
    "Certificate",
    "CertificateRevocationList",
    "KeyEncryptionKeyCheck",
    "KeyRetirement",
    "NoAuthority",
    "Reason",
    "RecalledSerials",
    "Restoration",
    "Revocation",
    "TimeQuery",
    "WrappedKey",
]
