from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from sensors.models.sensor import Sensor
from tenants.models import Person

# So long after its first use, so that an answer that was lost on its way can be asked for again.
GRACE = timedelta(minutes=1)


class KeyPermitQuerySet(models.QuerySet["KeyPermit"]):
    def usable(self, now: datetime) -> "KeyPermitQuerySet":
        return self.filter(Q(used_at=None) | Q(used_at__gt=now - GRACE), expires_at__gt=now)

    def with_giver(self) -> "KeyPermitQuerySet":
        """With no more of the person than a process without sign-in may know."""
        unknown = [field.name for field in Person._meta.concrete_fields if field.name not in {"id", "email", "name"}]
        return self.select_related("permitted_by").defer(*(f"permitted_by__{name}" for name in unknown))


class KeyPermit(models.Model):
    """Somebody has looked: this sensor may have its disk key at this public address, for one boot."""

    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="key_permits")
    public_address = models.GenericIPAddressField()
    permitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="key_permits")
    permitted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # When the worker had told the customer's people of it.
    announced_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["KeyPermit"]] = KeyPermitQuerySet.as_manager()

    class Meta:
        ordering = ("-permitted_at",)

    def __str__(self) -> str:
        return f"{self.sensor} at {self.public_address}"

    def is_second_word_on(self, *, issued_by: str, used_at: datetime) -> bool:
        """Of another than the issuer of the enrolment code, who knew that a box had used it."""
        return str(self.permitted_by.actor) != issued_by and self.permitted_at > used_at
