"""The revocation lists that were signed; the newest is the one to serve."""

from django.db import models
from django.utils import timezone

from pki.models.authority import Authority


class CertificateRevocationListQuerySet(models.QuerySet["CertificateRevocationList"]):
    def of_authority(self, authority: Authority) -> "CertificateRevocationListQuerySet":
        return self.filter(authority=authority)

    def of_authority_named(self, name: str) -> "CertificateRevocationListQuerySet":
        return self.filter(authority__name=name)

    def newest(self) -> "CertificateRevocationList | None":
        return self.order_by("-number").first()


class CertificateRevocationList(models.Model):
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="revocation_lists")
    number = models.PositiveBigIntegerField()
    # Revocations are never deleted, so a count that differs from theirs is a list that is out of date.
    entry_count = models.PositiveIntegerField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()
    der = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CertificateRevocationListQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="pki_crl_number_once_per_authority"),
        )

    def __str__(self) -> str:
        return f"{self.authority_id} #{self.number}"
