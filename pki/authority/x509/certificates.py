"""Building end-entity certificates after the fixed profiles."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pki.authority.digests import digest_for
from pki.authority.x509.csr import CheckedCsr
from pki.authority.x509.names import NameRefused, check_alternative_names, check_subject
from pki.authority.x509.profiles import Profile, key_usage

# Boxes boot with clocks that are a little behind; a certificate from their future would lock them out.
BACKDATED = timedelta(minutes=5)


class IssuerExpired(ValueError):
    """The authority's own certificate has ended: it can issue nothing any more."""


def build_certificate(
    *,
    profile: Profile,
    subject: str,
    csr: CheckedCsr,
    issuer: x509.Certificate,
    signing_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    alternative_names: Sequence[str] = (),
) -> x509.Certificate:
    """Sign a certificate for the request's key. Raises NameRefused or IssuerExpired."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(common_name(check_subject(subject)))
        .issuer_name(issuer.subject)
        .public_key(csr.public_key)
        # Section 4.1.2.2 wants them unique and at most 20 octets: these are 159 random bits.
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.replace(microsecond=0) - BACKDATED)
        .not_valid_after(_not_after(profile, issuer, now))
    )
    for extension, critical in _extensions(profile, csr, issuer, alternative_names):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signing_key, digest_for(signing_key))


def common_name(text: str) -> x509.Name:
    """A distinguished name of one common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _not_after(profile: Profile, issuer: x509.Certificate, now: datetime) -> datetime:
    if issuer.not_valid_after_utc <= now:
        raise IssuerExpired(f"The authority's certificate ended on {issuer.not_valid_after_utc:%Y-%m-%d}.")
    # A certificate that outlives its issuer cannot be verified at its end (section 6.1.3 a 2).
    return min(now.replace(microsecond=0) + profile.lifetime, issuer.not_valid_after_utc)


def _extensions(
    profile: Profile, csr: CheckedCsr, issuer: x509.Certificate, alternative_names: Sequence[str]
) -> list[tuple[x509.ExtensionType, bool]]:
    issuer_key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage(signs_certificates=False), True),
        # RFC 3161 section 2.3: critical in the certificate of one that signs times.
        (x509.ExtendedKeyUsage(profile.extended_key_usages), profile is Profile.TIME),
        (x509.SubjectKeyIdentifier.from_public_key(csr.public_key), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), False),
    ]
    if (profile is Profile.DOOR) != bool(alternative_names):
        raise NameRefused("A door, and only a door, is reached under addresses or DNS names.")
    if alternative_names:
        extensions.append((x509.SubjectAlternativeName(check_alternative_names(alternative_names)), False))
    return extensions
