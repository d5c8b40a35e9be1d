"""Certificate revocation lists without storage (RFC 5280 section 5).

Each entry is encoded once, when its certificate is revoked, and kept: a list of 100,000 is then a join. The
library's builder copies its list for each entry added, which takes seconds for as many.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pki.authority import der
from pki.authority.digests import digest_for

# Gateways' clocks differ a little from ours, and a list from the future locks every sensor out.
BACKDATED = timedelta(minutes=5)
LIFETIME = timedelta(days=7)

# Section 5.3.1. Two of its reasons are left out on purpose: removeFromCRL in a full list lets the certificate
# in again, and certificateHold promises a way back that revocation does not have here.
REASON_CODES = {
    "unspecified": 0,
    "keyCompromise": 1,
    "cACompromise": 2,
    "affiliationChanged": 3,
    "superseded": 4,
    "cessationOfOperation": 5,
    "privilegeWithdrawn": 9,
    "aACompromise": 10,
}
_REASON_CODE_OID = bytes.fromhex("551d15")  # 2.5.29.21


class CrlBroken(Exception):
    """The joined list did not read back as what went in; it must not be published."""


def encode_entry(*, serial: int, revoked_at: datetime, reason: str) -> bytes:
    """The DER of one element of revokedCertificates (section 5.1.2.6)."""
    fields = der.encode_positive_integer(serial) + der.encode_time(revoked_at.astimezone(UTC))
    code = REASON_CODES[reason]
    if code:  # Section 5.3.1: "unspecified" is said by leaving the extension out.
        extension = der.encode(der.OBJECT_IDENTIFIER, _REASON_CODE_OID) + der.encode(
            der.OCTET_STRING, der.encode(der.ENUMERATED, bytes([code]))
        )
        fields += der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, extension))
    return der.encode(der.SEQUENCE, fields)


def next_this_update(*, now: datetime, previous: datetime | None) -> datetime:
    """Set back, in whole seconds, and always later than the list before, so that readers see it as newer."""
    wanted = now.replace(microsecond=0) - BACKDATED
    if previous is None:
        return wanted
    return max(wanted, previous + timedelta(seconds=1))


def build_crl(
    *,
    issuer: x509.Certificate,
    signing_key: ec.EllipticCurvePrivateKey,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: bytes,
    count: int,
) -> bytes:
    """Sign a list of so many stored entries, one after the other, read it back and return its DER. Raises CrlBroken."""
    empty = _empty_crl(issuer, signing_key.curve, number, this_update, next_update)
    to_be_signed = _with_entries(empty.tbs_certlist_bytes, entries)
    _, algorithm, _ = der.children(empty.public_bytes(Encoding.DER))
    signature = signing_key.sign(to_be_signed, ec.ECDSA(digest_for(signing_key)))
    crl = der.encode(der.SEQUENCE, to_be_signed, algorithm, der.encode(der.BIT_STRING, b"\0", signature))
    _read_back(crl, issuer, count)
    return crl


def _empty_crl(
    issuer: x509.Certificate,
    curve: ec.EllipticCurve,
    number: int,
    this_update: datetime,
    next_update: datetime,
) -> x509.CertificateRevocationList:
    # The library writes everything but the entries. What signs here is thrown away: only the real signature,
    # over the list with its entries, may cost a call to the authority's key.
    throw_away = ec.generate_private_key(curve)
    issuer_key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(this_update)
        .next_update(next_update)
        # Sections 5.2.1 and 5.2.3: both required of a conforming issuer.
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
        .sign(throw_away, digest_for(throw_away))
    )


def _with_entries(empty_list: bytes, entries: bytes) -> bytes:
    version, algorithm, issuer, this_update, next_update, extensions = der.children(empty_list)
    # Section 5.1.2.6: with nothing revoked the whole field must be absent.
    revoked = (der.header(der.SEQUENCE, len(entries)), entries) if entries else ()
    return der.encode(der.SEQUENCE, version, algorithm, issuer, this_update, next_update, *revoked, extensions)


def _read_back(crl: bytes, issuer: x509.Certificate, count: int) -> None:
    public_key = issuer.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise CrlBroken("Only an elliptic-curve authority signs lists here.")
    try:
        parsed = x509.load_der_x509_crl(crl)
        found = len(parsed)
        signed, _, _ = der.children(crl)
    except ValueError as error:
        raise CrlBroken("The new revocation list cannot be parsed.") from error
    try:
        # Over the list's own octets. The library's `is_signature_valid` encodes all entries again to get the same
        # ones, which takes forty times as long.
        public_key.verify(parsed.signature, signed, ec.ECDSA(digest_for(public_key)))
    except InvalidSignature:
        raise CrlBroken("The new revocation list's signature does not fit the authority's certificate.") from None
    if found != count:
        raise CrlBroken(f"The new revocation list holds {found} entries instead of {count}.")


@dataclass(frozen=True, slots=True)
class PublishedList:
    """What a list that was signed says. `revoked` is by serial number: since when, and why."""

    number: int
    this_update: datetime
    next_update: datetime
    der: bytes
    revoked: Mapping[str, tuple[datetime, str]]


def read_published(*, crl: bytes, issuer: x509.Certificate) -> PublishedList:
    """One of this issuer's lists, DER or PEM, of any age. Raises CrlBroken."""
    load = x509.load_pem_x509_crl if crl.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    try:
        parsed = load(crl)
    except ValueError:
        raise CrlBroken("It is no revocation list.") from None
    public_key = issuer.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey) or not parsed.is_signature_valid(public_key):
        raise CrlBroken("It is not signed by this authority.")
    try:
        number = parsed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        raise CrlBroken("It has no number, so it is not one that this portal has published.") from None
    if parsed.next_update_utc is None:
        raise CrlBroken("It does not say until when it is good.")
    revoked = {str(entry.serial_number): (entry.revocation_date_utc, _reason_of(entry)) for entry in parsed}
    encoded = parsed.public_bytes(Encoding.DER)
    return PublishedList(number, parsed.last_update_utc, parsed.next_update_utc, encoded, revoked)


def _reason_of(entry: x509.RevokedCertificate) -> str:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return "unspecified"
    return reason.value if reason.value in REASON_CODES else "unspecified"
