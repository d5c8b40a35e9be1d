"""Revocations: rows of their own that are never changed or deleted, see `pki.append_only`."""

from django.db import models
from django.utils import timezone

from pki.models.authority import Authority
from pki.models.certificate import Certificate


class Reason(models.TextChoices):
    """The reasons of RFC 5280 section 5.3.1 that are final; `pki.crl` says which are left out and why."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"
    AA_COMPROMISE = "aACompromise"


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def of_authority(self, authority: Authority) -> "RevocationQuerySet":
        return self.filter(certificate__authority=authority)

    def of_subject(self, subject: str) -> "RevocationQuerySet":
        return self.filter(certificate__subject=subject)


class Revocation(models.Model):
    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField(max_length=24, choices=Reason.choices)
    revoked_at = models.DateTimeField(default=timezone.now)
    # This certificate's element of the revocation list, encoded once, see `pki.crl`.
    entry_der = models.BinaryField()

    objects = RevocationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.reason}"
