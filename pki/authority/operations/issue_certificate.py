"""Issue a certificate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import DEFAULT_DB_ALIAS

from database.repeated_writes import RepeatedInsert
from pki.authority.signers import Signer, SignerUnavailable
from pki.authority.x509 import CheckedCsr, Profile, build_certificate
from pki.models import Authority, Certificate

# Having the ORM write the statement for each certificate takes longer than to sign one.
_INSERT = RepeatedInsert(Certificate)


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
    values: dict[str, Any] = {
        "authority_id": authority.pk,
        "serial": str(certificate.serial_number),
        "subject": subject,
        "profile": profile.value,
        "not_before": certificate.not_valid_before_utc,
        "not_after": certificate.not_valid_after_utc,
        "der": certificate.public_bytes(Encoding.DER),
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
        "created_at": now,
    }
    values = {"id": _INSERT.returning_key(**values), **values}
    # As the ORM gives a row that it has read: complete, in the order of the model's columns.
    row = Certificate.from_db(DEFAULT_DB_ALIAS, list(values), list(values.values()))
    row.authority = authority
    return row
