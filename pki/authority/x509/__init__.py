"""X.509 without storage: bytes in, bytes out. Sections are those of RFC 5280 unless named."""

from pki.authority.x509.authorities import build_authority_certificate
from pki.authority.x509.certificates import IssuerExpired, build_certificate
from pki.authority.x509.csr import CheckedCsr, CsrRefused, check_csr, own_request
from pki.authority.x509.names import NameRefused, check_alternative_names, check_subject
from pki.authority.x509.profiles import Profile
from pki.authority.x509.proofs import is_signed_by, renewal_message

__all__ = [
    "CheckedCsr",
    "CsrRefused",
    "IssuerExpired",
    "NameRefused",
    "Profile",
    "build_authority_certificate",
    "build_certificate",
    "check_alternative_names",
    "check_csr",
    "check_subject",
    "is_signed_by",
    "own_request",
    "renewal_message",
]
