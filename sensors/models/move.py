from typing import ClassVar

from django.db import models

from sensors.models.address import UnderlayAddress
from sensors.models.gateway import Gateway
from sensors.models.sensor import Sensor
from tenants.models import Site


class SensorMove(models.Model):
    """A box went to another site, to another gateway, or to both. The newest one holds its key back until people were
    told of it and had their time to object, as other networks of a site do."""

    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT, related_name="moves")
    from_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    to_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    from_gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="+")
    to_gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="+")
    # By which the gateway that it left still names it.
    from_address = models.ForeignKey(UnderlayAddress, on_delete=models.PROTECT, related_name="+")
    moved_by = models.CharField(max_length=280)
    moved_at = models.DateTimeField()
    # When the worker had told the customer's people of it.
    announced_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["SensorMove"]] = models.Manager()

    class Meta:
        indexes = (models.Index(fields=["sensor", "-id"], name="move_newest"),)

    def __str__(self) -> str:
        return f"{self.sensor} to {self.to_site}"

    @property
    def changes_gateway(self) -> bool:
        return self.from_gateway_id != self.to_gateway_id
