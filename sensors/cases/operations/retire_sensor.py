from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from pki.authority.operations.revoke_subject import revoke_subject
from pki.models import Reason
from sensors.fleet.operations.allocate_address import release_address
from sensors.fleet.operations.change_state import change_state
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.raise_generation import raise_generation
from sensors.models import Case, CertificateRequest, EnrolmentCode, Sensor
from sensors.states import SensorState
from tenants.actors import Actor


@transaction.atomic(durable=True)
def retire_sensor(*, sensor: Sensor, retired_by: Actor) -> Sensor:
    """Take a sensor out of service for good. Its row stays, since revocations and the audit trail speak of it.

    Raises ValidationError while a case is open, and if it is retired already.
    """
    sensor = lock_sensor(sensor)
    retire_locked(sensor=sensor, retired_by=retired_by)
    return sensor


def retire_locked(*, sensor: Sensor, retired_by: Actor) -> None:
    """For a caller who holds the sensor's row lock. Raises ValidationError."""
    if Case.objects.filter(sensor=sensor, closed_at=None).exists():
        raise ValidationError(f"{sensor.name} has an open case: a reported sensor stays cut off until it is closed.")
    if sensor.state == SensorState.RETIRED:
        raise ValidationError(f"{sensor.name} is retired already.")
    leave_service(sensor=sensor, now=timezone.now())
    # The audit chain, which this takes, last, as everywhere.
    change_state(sensor=sensor, to=SensorState.RETIRED, changed_by=retired_by)
    release_address(address=sensor.underlay_address)


def leave_service(*, sensor: Sensor, now: datetime) -> None:
    """All that lets a box in or out ends. The caller holds the sensor's row lock, and frees its address once the sensor
    is retired."""
    EnrolmentCode.objects.filter(sensor=sensor).usable(now).update(revoked_at=now)
    CertificateRequest.objects.filter(sensor=sensor).update(tunnel_key="")
    revoke_subject(subject=sensor.subject, reason=Reason.CESSATION_OF_OPERATION, now=now)
    raise_generation(sensor=sensor)
