"""The gateway's own certificate: read and checked against its key and its authority. Pure but for reading files."""

import base64
import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.x509.oid import NameOID

WARN_DAYS = 30
MOST_AUTHORITIES = 4


class CertificateUnfit(Exception):
    """The text says why."""


def make_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_to_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def make_csr(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The portal ignores the names in it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return csr.public_bytes(serialization.Encoding.PEM)


def check_certificate(*, certificate: bytes, chain: bytes, key: bytes, subject: str) -> tuple[bytes, bytes]:
    """That it is ours, for our key, and issued by one of the chain. Raises CertificateUnfit.

    Returns a new PEM of both, so that what is stored is what was looked at, whatever else stood beside it.
    """
    try:
        [ours] = x509.load_pem_x509_certificates(certificate)
        issuers = x509.load_pem_x509_certificates(chain)
        private = serialization.load_pem_private_key(key, password=None)
    except ValueError as error:
        raise CertificateUnfit("certificate, chain or key is not PEM") from error
    if _spki(ours) != _public_half(private.public_key()):
        raise CertificateUnfit("the certificate is for another key")
    names = [name.value for name in ours.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [subject]:
        raise CertificateUnfit("the certificate is for another name")
    if not any(_issued(ours, issuer) for issuer in issuers):
        raise CertificateUnfit("the certificate was not issued by the authority that came with it")
    if len(issuers) > MOST_AUTHORITIES or not all(map(_is_authority, issuers)):
        raise CertificateUnfit(f"the chain must be of 1 to {MOST_AUTHORITIES} authorities")
    return _as_pem(ours), b"".join(map(_as_pem, issuers))


def sign_renewal(*, key: bytes, subject: str, csr: str) -> str:
    """Base64 of a signature by the present key, as docs/contracts.md has it. Raises CertificateUnfit."""
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except ValueError as error:
        raise CertificateUnfit("the key is not PEM") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise CertificateUnfit("the key is none that this agent makes")
    message = f"nsmaas renewal v1\n{subject}\n{csr}".encode()
    return base64.b64encode(private.sign(message, ec.ECDSA(hashes.SHA256()))).decode()


def fits(key: bytes | None, certificate: bytes | None) -> bool:
    """Whether the certificate is for this key. What is missing or no PEM fits nothing."""
    try:
        ours = x509.load_pem_x509_certificate(certificate or b"")
        private = serialization.load_pem_private_key(key or b"", password=None)
    except ValueError:
        return False
    return _spki(ours) == _public_half(private.public_key())


def part_of_life(path: Path, now: dt.datetime) -> float:
    """How much of it is over: 0 at its beginning, 1 at its end. Raises CertificateUnfit."""
    certificate = _read(path)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return (now - begins) / (ends - begins)


def days_left(path: Path, now: dt.datetime) -> float:
    """Negative once it has expired. Raises CertificateUnfit."""
    certificate = _read(path)
    if certificate.not_valid_before_utc > now:
        raise CertificateUnfit(f"{path.name} is not valid yet: is the clock right?")
    return (certificate.not_valid_after_utc - now) / dt.timedelta(days=1)


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateUnfit(f"{path.name} cannot be read") from error


def _spki(certificate: x509.Certificate) -> bytes:
    return _public_half(certificate.public_key())


def _public_half(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _as_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
