"""Issue a certificate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import models, transaction

from pki.models import Authority, Certificate
from pki.signers import Signer, SignerUnavailable
from pki.x509 import CheckedCsr, Profile, build_certificate

_FIELDS: list[Any] = [
    field for field in Certificate._meta.local_concrete_fields if not isinstance(field, models.AutoField)
]
# Written once: having the ORM write it for each certificate takes longer than to sign one. Only the model's own names
# of tables and columns are in here.
_INSERT = (
    f'INSERT INTO "{Certificate._meta.db_table}" ({", ".join(field.column for field in _FIELDS)})'  # noqa: S608
    f' VALUES ({", ".join("%s" for _ in _FIELDS)}) RETURNING "id"'
)


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
    row = Certificate(
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
    connection = transaction.get_connection()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in _FIELDS])
        (row.pk,) = cursor.fetchone()
    # What the ORM notes of a row that it has stored itself.
    row._state.adding, row._state.db = False, connection.alias
    return row
