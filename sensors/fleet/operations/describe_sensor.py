from django.db import transaction

from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.register_sensor import save_under_its_name
from sensors.models import Sensor
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit


@transaction.atomic
def describe_sensor(
    *, sensor: Sensor, name: str, description: str, hardware_serial: str, described_by: Actor
) -> Sensor:
    """Change what people call it. Subject, address, site and state are untouched. Raises ValidationError."""
    sensor = lock_sensor(sensor)
    sensor.name, sensor.description, sensor.hardware_serial = name, description, hardware_serial
    sensor.full_clean()
    save_under_its_name(sensor, update_fields=["name", "description", "hardware_serial"])
    record_customer_audit(
        customer=sensor.customer,
        actor=described_by,
        action=AuditAction.SENSOR_DESCRIBE,
        subject=f"sensor:{sensor.subject}",
        details={"name": name, "description": description, "hardware_serial": hardware_serial},
    )
    return sensor
