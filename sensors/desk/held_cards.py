"""Boxes whose key is held, into what the page of decisions shows."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from sensors.keys.operations.permit_release import LIFETIME
from sensors.models import DiskKeyRelease, Sensor
from tenants.models import Person
from tenants.operations.check_standing import why_not_each


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCard:
    sensor: Sensor
    held: DiskKeyRelease
    enrolled_anew: bool
    why_not: str
    delay: int  # minutes
    minutes: int


def held_cards(boxes: QuerySet[Sensor], person: Person) -> list[HeldCard]:
    """`boxes` comes from `waiting_boxes`."""
    sensors = list(boxes.select_related("site__customer", "enrolled_anew_with"))
    keys: dict[UUID, int] = {sensor.pk: sensor.held for sensor in sensors}  # type: ignore[attr-defined]  # annotated
    rows = DiskKeyRelease.objects.in_bulk(keys.values())
    codes = [sensor.unconfirmed_code for sensor in sensors]
    reasons = why_not_each(person=person, asked_at=[code.issued_at if code else None for code in codes])
    return [
        HeldCard(
            sensor=sensor,
            held=rows[keys[sensor.pk]],
            enrolled_anew=code is not None,
            why_not=reason if code else "",
            delay=sensor.customer.change_delay // timedelta(minutes=1),
            minutes=LIFETIME // timedelta(minutes=1),
        )
        for sensor, code, reason in zip(sensors, codes, reasons, strict=True)
    ]
