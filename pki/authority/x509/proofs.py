"""That the machine that asks for a renewal holds the key of a certificate of the same subject."""

import base64
import binascii

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

# Says what is signed, so that no signature that a box makes for something else is one of these.
_PURPOSE = "nsmaas renewal v1"


def renewal_message(*, subject: str, csr: str) -> bytes:
    """What is signed, as by `openssl dgst -sha256 -sign`: purpose, subject and the request as it was sent."""
    return f"{_PURPOSE}\n{subject}\n{csr}".encode("utf-8", "surrogatepass")


def is_signed_by(certificate: x509.Certificate, *, message: bytes, proof: str) -> bool:
    """Whether `proof` (base64) is a signature over the message by this certificate's key."""
    try:
        signature = base64.b64decode(proof, validate=True)
    except (binascii.Error, ValueError):
        return False
    key = certificate.public_key()
    try:
        match key:
            case ec.EllipticCurvePublicKey():
                key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
            case rsa.RSAPublicKey():
                key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            case ed25519.Ed25519PublicKey():
                key.verify(signature, message)
            case _:
                return False
    except InvalidSignature:
        return False
    return True
