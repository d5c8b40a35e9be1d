"""Building the authority's own, self-signed certificate."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from pki.authority.digests import digest_for
from pki.authority.x509.certificates import BACKDATED, common_name
from pki.authority.x509.names import NameRefused
from pki.authority.x509.profiles import key_usage

_LIFETIME = timedelta(days=3652)
_LONGEST_NAME = 64


def build_authority_certificate(
    *, name: str, signing_key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    """Ten years, path length 0: it signs machines, never another authority. Raises NameRefused."""
    subject = common_name(_check_name(name))
    public_key = signing_key.public_key()
    start = now.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - BACKDATED)
        .not_valid_after(start + _LIFETIME)
        # Sections 4.2.1.9 and 4.2.1.3: both critical in the certificate of an authority.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .sign(signing_key, digest_for(signing_key))
    )


def _check_name(name: str) -> str:
    if not name.isprintable() or not 0 < len(name.strip()) <= len(name) <= _LONGEST_NAME:
        raise NameRefused(f"An authority's name is 1 to {_LONGEST_NAME} printable characters.")
    return name
