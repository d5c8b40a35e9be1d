"""Change what is known of a sensor: what people call it, and what Security Onion's setup is told."""

from typing import Any, get_type_hints

from django.db import transaction

from sensors.fleet.operations.describe_sensor import describe_sensor
from sensors.fleet.operations.set_sensor_setup import set_sensor_setup
from sensors.models import Sensor, SensorWords
from tenants.actors import Actor


@transaction.atomic
def edit_sensor(*, sensor: Sensor, changes: dict[str, Any], edited_by: Actor) -> Sensor:
    """All that is named, or nothing of it; what is not named stays as it is. Raises ValidationError."""
    words = {name: value for name, value in changes.items() if name in get_type_hints(SensorWords)}
    setup = {name: value for name, value in changes.items() if name not in words}
    if words:
        sensor = describe_sensor(sensor=sensor, changes=words, described_by=edited_by)  # type: ignore[arg-type]
    if setup:
        sensor = set_sensor_setup(sensor=sensor, changes=setup, set_by=edited_by)  # type: ignore[arg-type]
    return sensor
