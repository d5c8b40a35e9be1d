"""Making requests, keys and issuers for the tests of the pure modules."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from pki.authority.x509 import build_authority_certificate

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

AnyKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey | rsa.RSAPrivateKey


def csr_object(
    key: AnyKey, *, name: str = "whatever", extension: x509.ExtensionType | None = None
) -> x509.CertificateSigningRequest:
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    )
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    needs_no_hash = isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
    return builder.sign(key, None if needs_no_hash else hashes.SHA256())


def csr_for(key: AnyKey, *, name: str = "whatever", extension: x509.ExtensionType | None = None) -> str:
    return csr_object(key, name=name, extension=extension).public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True)
class Issuer:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def make_issuer(curve: ec.EllipticCurve | None = None, now: datetime = NOW) -> Issuer:
    key = ec.generate_private_key(curve or ec.SECP256R1())
    return Issuer(key, build_authority_certificate(name="Example CA", signing_key=key, now=now))


PASSPHRASE = "a passphrase of the tests"
