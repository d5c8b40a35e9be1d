"""What the tests of sensors share, beside the fleet."""

from datetime import timedelta
from typing import Any

from django.db.models import F

from sensors.fleet.presenting import SensorCard, sensor_card
from sensors.fleet.queries import with_live_state
from sensors.models import Case, Sensor
from tenants.models import AuditEntry


def minutes_pass(minutes: int) -> None:
    """For the cases that are open."""
    Case.objects.update(opened_at=F("opened_at") - timedelta(minutes=minutes))


def last_details(action: str) -> dict[str, Any]:
    details: dict[str, Any] = AuditEntry.objects.filter(action=action).latest("pk").details
    return details


def sensor_card_of(sensor: Sensor) -> SensorCard:
    return sensor_card(with_live_state(Sensor.objects.filter(pk=sensor.pk)).get())
