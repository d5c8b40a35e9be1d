from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Protocol

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Reader(Protocol):
    """A person with roles, which this room knows nothing of."""

    def provider_roles(self) -> Collection[str]: ...


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, person: Reader) -> "MailQuerySet":
        """In the admin: provider staff."""
        return self.all() if person.provider_roles() else self.none()

    def waiting(self, now: datetime) -> "MailQuerySet":
        return self.filter(sent_at=None, next_attempt_at__lte=now)


class Mail(models.Model):
    """The outbox: written in the transaction that gives the reason, sent after it by a worker, kept as proof."""

    recipient = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    forget_text = models.BooleanField(
        default=False, help_text="It holds a link that only its reader may have: gone once it is sent."
    )
    about = models.CharField(max_length=80, db_index=True, help_text="What it tells of, such as case:<id>.")
    kind = models.CharField(  # noqa: DJ001  # None: written by a version that kept no kinds
        max_length=40, null=True, help_text="The template it was written from."
    )
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["Mail"]] = MailQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["next_attempt_at"], condition=Q(sent_at=None), name="mail_waiting"),)

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"
