"""Issue a certificate."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pki.models import Authority, Certificate
from pki.signers import Signer, SignerUnavailable
from pki.x509 import CheckedCsr, Profile, build_certificate


def issue_certificate(
    *,
    authority: Authority,
    profile: Profile,
    subject: str,
    csr: CheckedCsr,
    signer: Signer,
    now: datetime,
    alternative_names: Sequence[str] = (),
) -> Certificate:
    """Sign and store. Raises NameRefused, IssuerExpired or SignerUnavailable.

    The caller decides whether the subject may have one, and holds a lock that keeps `revoke_subject` for the
    same subject apart: a certificate that is committed after the revocation would escape it.
    """
    issuer = authority.certificate
    if signer.public_key != issuer.public_key():
        raise SignerUnavailable(f"The signer's key is not that of the authority {authority.name!r}.")
    certificate = build_certificate(
        profile=profile,
        subject=subject,
        csr=csr,
        issuer=issuer,
        signing_key=signer.signing_key,
        now=now,
        alternative_names=alternative_names,
    )
    return _store(authority, profile, subject, certificate, now)


def _store(
    authority: Authority, profile: Profile, subject: str, certificate: x509.Certificate, now: datetime
) -> Certificate:
    return Certificate.objects.create(
        authority=authority,
        serial=str(certificate.serial_number),
        subject=subject,
        profile=profile.value,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        der=certificate.public_bytes(Encoding.DER),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        created_at=now,
    )
