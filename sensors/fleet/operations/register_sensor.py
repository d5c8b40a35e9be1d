from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sensors.fleet.operations.allocate_address import allocate_address
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.raise_generation import raise_generation
from sensors.models import Gateway, Sensor
from tenants.actors import Actor
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
    _save(sensor, force_insert=True)
    raise_generation(sensor=sensor)
    record_customer_audit(
        customer=site.customer,
        actor=registered_by,
        action="sensor:register",
        subject=f"sensor:{sensor.subject}",
        details={"name": name, "site": site.name, "gateway": gateway.name, "address": sensor.address},
    )
    return sensor


@transaction.atomic
def describe_sensor(
    *, sensor: Sensor, name: str, line: str, description: str, hardware_serial: str, described_by: Actor
) -> Sensor:
    """Change what people call it. Subject, address, site and state are untouched. Raises ValidationError."""
    sensor = lock_sensor(sensor)
    sensor.name, sensor.line = name, line
    sensor.description, sensor.hardware_serial = description, hardware_serial
    sensor.full_clean()
    _save(sensor, update_fields=["name", "line", "description", "hardware_serial"])
    record_customer_audit(
        customer=sensor.customer,
        actor=described_by,
        action="sensor:describe",
        subject=f"sensor:{sensor.subject}",
        details={"name": name, "line": line, "description": description, "hardware_serial": hardware_serial},
    )
    return sensor


def _save(sensor: Sensor, **options: Any) -> None:
    """Raises ValidationError when somebody else took the name after it was checked."""
    try:
        with transaction.atomic():
            sensor.save(**options)
    except IntegrityError:
        sensor.full_clean(exclude=["underlay_address"])
        raise
