from django.db import transaction

from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.register_sensor import save_under_its_name
from sensors.models import Sensor, SensorWords
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit


@transaction.atomic
def describe_sensor(*, sensor: Sensor, changes: SensorWords, described_by: Actor) -> Sensor:
    """Change what people call it. Subject, address, site and state are untouched. Raises ValidationError."""
    sensor = lock_sensor(sensor)
    before = {name: getattr(sensor, name) for name in changes}
    for name, value in changes.items():
        setattr(sensor, name, value)
    sensor.full_clean()
    save_under_its_name(sensor, update_fields=list(changes))
    record_customer_audit(
        customer=sensor.customer,
        actor=described_by,
        action=AuditAction.SENSOR_DESCRIBE,
        subject=f"sensor:{sensor.subject}",
        details={"from": before, "to": {name: getattr(sensor, name) for name in changes}},
    )
    return sensor
