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


class KeyPermit(models.Model):
    """Somebody has looked: this sensor may have its disk key at this public address, for one boot."""

    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="key_permits")
    public_address = models.GenericIPAddressField()
    permitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="key_permits")
    permitted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["KeyPermit"]] = KeyPermitQuerySet.as_manager()

    class Meta:
        ordering = ("-permitted_at",)

    def __str__(self) -> str:
        return f"{self.sensor} at {self.public_address}"
