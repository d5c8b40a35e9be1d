from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sensors.models.gateway import Gateway
from sensors.models.sensor import Sensor
from sensors.states import DiskState


class SensorContact(models.Model):
    """What a sensor last told of itself: written often, so not a part of Sensor's row, which reports lock."""

    sensor = models.OneToOneField(Sensor, on_delete=models.CASCADE, related_name="contact")
    last_heartbeat_at = models.DateTimeField(null=True)
    disk = models.CharField(max_length=10, choices=[(state.value, state.value) for state in DiskState], blank=True)
    kit_version = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.sensor} at {self.last_heartbeat_at}"


class SessionQuerySet(models.QuerySet["Session"]):
    def current(self) -> "SessionQuerySet":
        return self.filter(ended_at=None)


class Session(models.Model):
    """A tunnel, as its gateway reported it. One that floats to another public address stays the same session."""

    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="sessions")
    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="sessions")
    public_address = models.GenericIPAddressField()
    underlay_address = models.GenericIPAddressField(protocol="IPv4")
    since = models.DateTimeField(help_text="By the gateway's clock.")
    client = models.PositiveBigIntegerField(default=0, help_text="OpenVPN's number for it, until OpenVPN restarts.")
    serial = models.CharField(max_length=50, blank=True, help_text="Of its certificate, where the gateway knows it.")
    noted_at = models.DateTimeField(default=timezone.now, help_text="When its first report arrived.")
    reported_at = models.DateTimeField()
    bytes_received = models.PositiveBigIntegerField(default=0)
    bytes_sent = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, help_text="When the gateway's report of the end arrived.")

    objects: ClassVar[models.Manager["Session"]] = SessionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["gateway", "sensor"],
                condition=Q(ended_at=None),
                name="one_current_session_per_gateway",
            ),
        )
        indexes = (
            models.Index(fields=["sensor", "ended_at"], name="session_current"),
            models.Index(fields=["public_address"], condition=Q(ended_at=None), name="session_current_address"),
        )

    def __str__(self) -> str:
        return f"{self.sensor} from {self.public_address}"
