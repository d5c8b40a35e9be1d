"""The authority: its certificate. Its private key is never in the database."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import models
from django.utils import timezone


class NoAuthority(Exception):
    """No authority has been created yet."""


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def current(self) -> "Authority":
        """The authority that issues now: the newest. Raises NoAuthority."""
        newest = self.order_by("-created_at", "-pk").first()
        if newest is None:
            raise NoAuthority("There is no certificate authority yet: run `manage.py create_authority`.")
        return newest


class Authority(models.Model):
    name = models.SlugField(unique=True)
    certificate_der = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.name

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(bytes(self.certificate_der))

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()
