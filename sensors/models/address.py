from django.db import models

from sensors.models.gateway import Gateway


class UnderlayAddress(models.Model):
    """One address of a gateway's underlay: one row for ever, so that the database itself rules out a second owner."""

    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="addresses")
    address = models.GenericIPAddressField(protocol="IPv4", unique=True)
    allocated_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["gateway", "released_at"], name="address_released"),)

    def __str__(self) -> str:
        return self.address
