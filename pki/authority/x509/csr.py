"""Checking a certificate signing request (RFC 2986): all that is kept of it is the public key."""

from dataclasses import dataclass
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pki.authority.digests import digest_for

# An RSA 8192 request is about 3,000 characters; anything much longer carries something else.
_LONGEST = 16_384
_RSA_BITS = range(2048, 8193)
# NIST SP 800-56B section 6.2 starts at 65537. The upper end keeps a hostile key from costing us time.
_RSA_EXPONENTS = range(65537, 2**32)

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey

_HOW_TO_MAKE_ONE = (
    "Make one with: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    " -subj /CN=any -keyout client.key -out client.csr"
)
_WHICH_KEYS = "Use a P-256, P-384, Ed25519 or RSA key (RSA: 2048 to 8192 bits, exponent 65537)."


class CsrRefused(ValueError):
    """The request is not acceptable; the text tells its sender how to mend it."""


@dataclass(frozen=True)
class CheckedCsr:
    """A public key whose holder has proved to have the private one. Only `check_csr` makes these."""

    public_key: PublicKey

    @property
    def key_der(self) -> bytes:
        """The SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), as a certificate for this key holds it."""
        return self.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the SubjectPublicKeyInfo, in hex."""
        return sha256(self.key_der).hexdigest()


def check_csr(pem: str) -> CheckedCsr:
    """Check form, signature and key; ignore subject and extensions. Raises CsrRefused and nothing else."""
    request = _parse(pem)
    key = _public_key_of(request)
    if not _is_signed_by_its_key(request):
        raise CsrRefused(
            "The request's signature does not fit its public key: make a new request with the same"
            " key. " + _HOW_TO_MAKE_ONE
        )
    return CheckedCsr(public_key=key)


def own_request(key: ec.EllipticCurvePrivateKey) -> CheckedCsr:
    """For a key that was made in this very process: a checked request is the one way into `issue_certificate`."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return check_csr(builder.sign(key, digest_for(key)).public_bytes(Encoding.PEM).decode())


def _parse(pem: str) -> x509.CertificateSigningRequest:
    if len(pem) > _LONGEST:
        raise CsrRefused(f"The request is longer than {_LONGEST} characters. {_HOW_TO_MAKE_ONE}")
    if "\0" in pem:
        raise CsrRefused(f"The request holds a NUL character. {_HOW_TO_MAKE_ONE}")
    if "PRIVATE KEY-----" in pem:
        raise CsrRefused(
            "This holds a private key, which must never leave its machine: throw that key away,"
            " make a new one and send the request only."
        )
    try:
        return x509.load_pem_x509_csr(pem.encode("ascii"))
    except Exception:  # The library documents no closed set: InvalidVersion, for one, is no ValueError.
        raise CsrRefused(f"This is not a PEM certificate signing request (PKCS #10). {_HOW_TO_MAKE_ONE}") from None


def _public_key_of(request: x509.CertificateSigningRequest) -> PublicKey:
    try:
        key = request.public_key()
    except Exception:  # As above.
        raise CsrRefused(f"The request's public key cannot be read. {_WHICH_KEYS}") from None
    match key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1() | ec.SECP384R1()):
            return key
        case ed25519.Ed25519PublicKey():
            return key
        case rsa.RSAPublicKey() if _is_sound_rsa(key):
            return key
    raise CsrRefused(f"The request's public key is of a kind that is not accepted. {_WHICH_KEYS}")


def _is_sound_rsa(key: rsa.RSAPublicKey) -> bool:
    exponent = key.public_numbers().e
    return key.key_size in _RSA_BITS and exponent in _RSA_EXPONENTS and exponent % 2 == 1


def _is_signed_by_its_key(request: x509.CertificateSigningRequest) -> bool:
    try:
        return request.is_signature_valid
    except Exception:  # As above; what cannot be verified is not signed.
        return False
