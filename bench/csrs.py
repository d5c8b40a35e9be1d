"""Keys and signing requests, as machines make them."""

import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pki.authority.x509 import renewal_message


def make_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_to_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def make_csr(key: ec.EllipticCurvePrivateKey) -> str:
    """A PEM request. Its name is ignored by the portal."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def prove_renewal(key: ec.EllipticCurvePrivateKey, subject: str, csr: str) -> str:
    """The signature that a machine sends along, by its present key."""
    message = renewal_message(subject=subject, csr=csr)
    return base64.b64encode(key.sign(message, ec.ECDSA(hashes.SHA256()))).decode()
