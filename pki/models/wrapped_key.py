"""Secrets at rest: sealed under the key-encryption key, useless without it."""

from django.db import models
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from database.append_only import append_only

DISK_KEY = "disk-key"
TLS_CRYPT_V2_SERVER_KEY = "tls-crypt-v2-server-key"
# The number of the first key-encryption key; each later one has the next.
FIRST_CHECK = 1


class WrappedKeyQuerySet(models.QuerySet["WrappedKey"]):
    def of(self, *, purpose: str, subject: str) -> "WrappedKeyQuerySet":
        return self.filter(purpose=purpose, subject=subject)

    def in_use(self) -> "WrappedKeyQuerySet":
        """Without those that were retired."""
        same = KeyRetirement.objects.filter(purpose=OuterRef("purpose"), subject=OuterRef("subject"))
        last = same.order_by("-up_to_version")
        return self.filter(version__gt=Coalesce(Subquery(last.values("up_to_version")[:1]), Value(0)))

    def sealed(self) -> "WrappedKeyQuerySet":
        """Without those that were destroyed: nothing is in them any more."""
        return self.filter(destroyed_at=None)

    def needed_keys(self) -> dict[str, int]:
        """By the id of each key-encryption key, how many secrets need it."""
        counted = self.sealed().order_by().values_list("kek_id").annotate(Count("pk"))
        return dict(counted.values_list("kek_id", "pk__count"))


class WrappedKey(models.Model):
    subject = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    kek_id = models.CharField(max_length=32, db_index=True)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    destroyed_at = models.DateTimeField(null=True, help_text="When nonce and ciphertext were emptied.")

    objects = WrappedKeyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "purpose", "version"], name="pki_wrapped_key_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject} version {self.version}"


@append_only
class KeyRetirement(models.Model):
    """These versions are never given out again. Rows are only ever added, see `database.append_only`."""

    subject = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    up_to_version = models.PositiveIntegerField()
    retired_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = (models.Index(fields=["subject", "purpose", "-up_to_version"], name="pki_key_retired_up_to"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject} up to version {self.up_to_version}"


class KeyEncryptionKeyCheckQuerySet(models.QuerySet["KeyEncryptionKeyCheck"]):
    def newest(self) -> "KeyEncryptionKeyCheck | None":
        """Of the key that every process seals under."""
        return self.order_by("-pk").first()


class KeyEncryptionKeyCheck(models.Model):
    """A known value sealed under a key: whether a process holds that key shows before it touches a secret."""

    kek_id = models.CharField(max_length=32, unique=True)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = KeyEncryptionKeyCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return self.kek_id
