from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from pki.models import Certificate
from sensors.models.gateway import Gateway
from sensors.models.sensor import Sensor
from tenants.models import Approval

_FOR_ONE_MACHINE = Q(sensor=None, gateway__isnull=False) | Q(sensor__isnull=False, gateway=None)


class EnrolmentCodeQuerySet(models.QuerySet["EnrolmentCode"]):
    def usable(self, now: datetime) -> "EnrolmentCodeQuerySet":
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=now)


class EnrolmentCode(models.Model):
    """A one-time code. Kept is the SHA-256 of its SHA-256 only: it has 130 random bits, so no slow hash is needed.

    The first of the two proves to the signer that somebody had the code, which the second, in the database, does not.
    """

    digest = models.CharField(max_length=64, unique=True)
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, null=True, related_name="enrolment_codes")
    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, null=True, related_name="enrolment_codes")
    # By which two people wanted a gateway's code. None: a command on the portal's host has issued it.
    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, null=True, related_name="enrolment_code")
    issued_by = models.CharField(max_length=280)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # When the worker had told the customer's people of it.
    announced_at = models.DateTimeField(null=True)
    # When it had its second person: of one that was used for a box whose disk key is older.
    confirmed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["EnrolmentCode"]] = EnrolmentCodeQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=_FOR_ONE_MACHINE, name="code_is_for_one_machine"),)

    def __str__(self) -> str:
        return f"code for {self.sensor or self.gateway}"


class CertificateRequestQuerySet(models.QuerySet["CertificateRequest"]):
    def waiting(self) -> "CertificateRequestQuerySet":
        return self.filter(certificate=None, refused_because="")


class CertificateRequest(models.Model):
    """A CSR that waits for the signer, or was signed: by enrolment (with a code) or by renewal (without)."""

    code = models.OneToOneField(EnrolmentCode, on_delete=models.PROTECT, null=True, related_name="request")
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, null=True, related_name="certificate_requests")
    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, null=True, related_name="certificate_requests")
    csr = models.TextField()
    csr_digest = models.CharField(max_length=64, db_index=True)
    # What the signer wants to see, since others write this row: of an enrolment the SHA-256 of its code, erased once it
    # was dealt with; of a renewal a signature by the machine's present key, see `pki.authority.x509.proofs`.
    code_proof = models.CharField(max_length=64, blank=True)
    renewal_proof = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True)
    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, null=True)
    refused_because = models.CharField(max_length=200, blank=True)
    tunnel_key = models.TextField(
        blank=True,
        help_text="tls-crypt-v2 client key; erased once the sensor was seen connected, or after an hour.",
    )

    objects: ClassVar[models.Manager["CertificateRequest"]] = CertificateRequestQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=_FOR_ONE_MACHINE, name="request_is_for_one_machine"),)
        indexes = (models.Index(fields=["requested_at"], condition=Q(certificate=None), name="request_waiting"),)

    def __str__(self) -> str:
        return f"certificate request of {self.sensor or self.gateway}"
