from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sensors.fleet.operations.allocate_address import allocate_address
from sensors.fleet.operations.raise_generation import raise_generation
from sensors.models import Gateway, Sensor
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Site


@transaction.atomic
def register_sensor(
    *,
    site: Site,
    gateway: Gateway,
    name: str,
    line: str,
    registered_by: Actor,
    description: str = "",
    hardware_serial: str = "",
) -> Sensor:
    """A new sensor with its static address. Raises ValidationError."""
    sensor = Sensor(
        site=site,
        gateway=gateway,
        name=name,
        line=line,
        description=description,
        hardware_serial=hardware_serial,
    )
    if gateway.revoked_at:
        raise ValidationError({"gateway": f"{gateway} is revoked: choose another."})
    # Checked before an address is taken: a name that is refused costs none.
    sensor.full_clean(exclude=["underlay_address"])
    sensor.underlay_address = allocate_address(gateway=gateway)
    save_under_its_name(sensor, force_insert=True)
    raise_generation(sensor=sensor)
    record_customer_audit(
        customer=site.customer,
        actor=registered_by,
        action=AuditAction.SENSOR_REGISTER,
        subject=f"sensor:{sensor.subject}",
        details={"name": name, "site": site.name, "gateway": gateway.name, "address": sensor.address},
    )
    return sensor


def save_under_its_name(sensor: Sensor, **options: Any) -> None:
    """Raises ValidationError when somebody else took the name after it was checked."""
    try:
        with transaction.atomic():
            sensor.save(**options)
    except IntegrityError:
        sensor.full_clean(exclude=["underlay_address"])
        raise
