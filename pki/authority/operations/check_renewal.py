"""Ask whether a renewal was asked for by the holder of the subject's present key, and for a new one."""

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.conf import settings

from pki.authority.x509 import CheckedCsr, Profile, is_signed_by, renewal_message
from pki.models import Certificate


class RenewalUnproven(Exception):
    """The text says what is missing."""


class RenewalTooEarly(RenewalUnproven):
    """The certificate has much of its life before it: each one that is made without need makes a cut-off slower."""


def check_renewal(
    *, profile: Profile, subject: str, csr: str, checked: CheckedCsr, proof: str, now: datetime
) -> Certificate:
    """The certificate whose key has signed `csr`, which `proof` shows: a valid one, near its end.

    Raises RenewalUnproven.

    Only rows that the signer writes are believed, and of those only what our authority has signed. A key that had a
    certificate before gets none this way: so an old request that is written into the database again is no use.
    """
    known = list(Certificate.objects.of_subject(subject).select_related("authority", "revocation"))
    if any(checked.key_der in bytes(certificate.der) for certificate in known):
        raise RenewalUnproven("this key has had a certificate before")
    message = renewal_message(subject=subject, csr=csr)
    for certificate in known:
        serves = certificate.profile == profile and certificate.not_before <= now <= certificate.not_after
        if serves and not hasattr(certificate, "revocation") and _proves(certificate, message, proof):
            _refuse_early(certificate, now)
            return certificate
    raise RenewalUnproven("it is not signed with the key of a valid certificate of this machine")


def _refuse_early(certificate: Certificate, now: datetime) -> None:
    life = certificate.not_after - certificate.not_before
    begins = certificate.not_before + life * settings.RENEWABLE_AFTER_PERCENT / 100
    if now < begins:
        raise RenewalTooEarly(f"it can be renewed from {begins:%Y-%m-%d} on")


def _proves(row: Certificate, message: bytes, proof: str) -> bool:
    certificate = x509.load_der_x509_certificate(bytes(row.der))
    try:
        certificate.verify_directly_issued_by(row.authority.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return is_signed_by(certificate, message=message, proof=proof)
