"""What a box's settings are now, for the box itself."""

from django.conf import settings

from sensors.artifacts.box_settings import BoxSettings, box_settings
from sensors.artifacts.operations.gather_facts import sensor_facts
from sensors.models import Sensor
from sensors.states import CONNECTABLE


class NotInService(Exception):
    """The box was reported or retired, or has not enrolled yet: it is told nothing."""


def describe_box_settings(*, sensor: Sensor) -> BoxSettings:
    """`sensor` may hold no more than its key. Raises NotInService, and UnsafeValue for rows that make no sound file."""
    there = Sensor.objects.select_related("site", "gateway", "underlay_address").get(pk=sensor.pk)
    if there.state not in CONNECTABLE:
        raise NotInService
    return box_settings(sensor_facts(there), machines_door_url=settings.MACHINES_DOOR_URL)
