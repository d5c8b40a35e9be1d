from django.db import models

from sensors.models.sensor import Sensor


class DiskKeyRelease(models.Model):
    """One handing-out of a disk key, or why it was not handed out."""

    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="releases")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    source_address = models.GenericIPAddressField()
    public_address = models.GenericIPAddressField(null=True)
    serial = models.CharField(max_length=50)

    class Meta:
        indexes = (models.Index(fields=["sensor", "-at"], name="release_latest"),)

    def __str__(self) -> str:
        return f"{self.outcome} to {self.sensor} at {self.at}"
