"""A box asks from where it is not expected, and somebody who has looked lets it have its key there, once."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sensors.models import DiskKeyRelease, KeyPermit, Sensor
from sensors.operations.lock_sensor import lock_sensor
from sensors.operations.tell_people import people_to_tell
from sensors.release_decision import FOR_PEOPLE, Outcome
from sensors.states import SensorState
from tenants.models import Person
from tenants.operations.queue_mail import queue_mails
from tenants.operations.record_audit import record_customer_audit

LIFETIME = timedelta(hours=1)


@transaction.atomic(durable=True)
def permit_release(*, sensor: Sensor, public_address: str, permitted_by: Person) -> KeyPermit:
    """For the address that `permitted_by` has read; the permit that is there already, if somebody was faster.

    The caller has made sure that `permitted_by` may. Raises ValidationError if the box is not held at that address.
    """
    sensor = lock_sensor(sensor)
    held = held_request_of(sensor)
    if sensor.state != SensorState.IN_SERVICE or held is None:
        raise ValidationError(f"{sensor.name} does not wait for its key any more.")
    if held.public_address != public_address:
        raise ValidationError(f"{sensor.name} asks from {held.public_address} by now. Look at that first.")
    now = timezone.now()
    if earlier := KeyPermit.objects.usable(now).filter(sensor=sensor, public_address=public_address).first():
        return earlier  # Two people at once permit one boot.
    permit = KeyPermit.objects.create(
        sensor=sensor,
        public_address=public_address,
        permitted_by=permitted_by,
        permitted_at=now,
        expires_at=now + LIFETIME,
    )
    record_customer_audit(
        customer=sensor.customer,
        actor=permitted_by.actor,
        action="sensor:disk-key:permit",
        subject=f"sensor:{sensor.subject}",
        details={"public_address": public_address, "expires_at": permit.expires_at.isoformat()},
    )
    queue_mails(
        recipients=people_to_tell(sensor.customer),
        template="key_permitted",
        about=f"sensor:{sensor.pk}",
        context={"sensor": sensor, "permit": permit},
    )
    return permit


def held_request_of(sensor: Sensor) -> DiskKeyRelease | None:
    """Its last request for its key, if that is held until somebody has looked."""
    last = DiskKeyRelease.objects.filter(sensor=sensor).order_by("-at").first()
    if last is None or last.outcome != Outcome.HELD or last.reason not in FOR_PEOPLE:
        return None
    return last
