from typing import ClassVar

from django.db import models

from sensors.models.sensor import Sensor
from tenants.models import Person


class DiskKeyReleaseQuerySet(models.QuerySet["DiskKeyRelease"]):
    def visible_to(self, person: Person) -> "DiskKeyReleaseQuerySet":
        return self.filter(sensor__in=Sensor.objects.visible_to(person))


class DiskKeyRelease(models.Model):
    """One handing-out of a disk key, or why it was not handed out."""

    # No index of its own: `release_latest` begins with it.
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="releases", db_index=False)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    source_address = models.GenericIPAddressField()
    public_address = models.GenericIPAddressField(null=True)
    other_addresses = models.CharField(
        max_length=400, blank=True, help_text="Where another box with the same certificate was, separated by commas."
    )
    serial = models.CharField(max_length=50)
    repeats = models.PositiveIntegerField(
        default=0, help_text="How often the same was said again afterwards without a row."
    )

    objects: ClassVar[models.Manager["DiskKeyRelease"]] = DiskKeyReleaseQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["sensor", "-at"], name="release_latest"),
            models.Index(fields=["sensor", "at"], condition=models.Q(outcome="held"), name="release_held"),
        )

    def __str__(self) -> str:
        return f"{self.outcome} to {self.sensor} at {self.at}"
