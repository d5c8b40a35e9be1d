"""Secrets at rest: sealed under the key-encryption key, useless without it."""

from django.db import models
from django.utils import timezone


class WrappedKeyQuerySet(models.QuerySet["WrappedKey"]):
    def of(self, *, purpose: str, subject: str) -> "WrappedKeyQuerySet":
        return self.filter(purpose=purpose, subject=subject)

    def newest(self) -> "WrappedKey | None":
        return self.order_by("-version").first()


class WrappedKey(models.Model):
    subject = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    kek_id = models.CharField(max_length=32, db_index=True)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WrappedKeyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "purpose", "version"], name="pki_wrapped_key_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject} version {self.version}"


class KeyEncryptionKeyCheck(models.Model):
    """A known value sealed under a key: whether a process holds that key shows before it touches a secret."""

    kek_id = models.CharField(max_length=32, unique=True)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.kek_id
