"""Certificates that were issued. Rows are only ever added, see `pki.append_only`."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import models
from django.utils import timezone

from pki.authority.x509 import Profile
from pki.models.authority import Authority


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def of_subject(self, subject: str) -> "CertificateQuerySet":
        return self.filter(subject=subject)

    def not_revoked(self) -> "CertificateQuerySet":
        return self.filter(revocation__isnull=True)

    def revoked(self) -> "CertificateQuerySet":
        return self.filter(revocation__isnull=False)

    def valid_at(self, now: datetime) -> "CertificateQuerySet":
        """Inside their dates, both included (RFC 5280 section 4.1.2.5); says nothing about revocation."""
        return self.filter(not_before__lte=now, not_after__gte=now)


class Certificate(models.Model):
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="certificates", db_index=False)
    # Decimal, as OpenVPN names them; 20 octets (RFC 5280 section 4.1.2.2) are at most 49 digits.
    serial = models.CharField(max_length=49)
    subject = models.CharField(max_length=64, db_index=True)
    profile = models.CharField(max_length=16, choices=[(profile.value, profile.value) for profile in Profile])
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    der = models.BinaryField()
    fingerprint = models.CharField("SHA-256 fingerprint, hex", max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["authority", "serial"], name="pki_certificate_serial_once_per_authority"),
        )
        # A revocation list is made without a look at the certificates themselves.
        indexes = (models.Index(fields=["authority", "id"], name="pki_certificate_of_authority"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.serial}"

    @property
    def pem(self) -> str:
        certificate = x509.load_der_x509_certificate(bytes(self.der))
        return certificate.public_bytes(Encoding.PEM).decode()
