from django.db import transaction

from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Sensor, SensorSetupChanges
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models.setup_level import take_setup


@transaction.atomic
def set_sensor_setup(*, sensor: Sensor, changes: SensorSetupChanges, set_by: Actor) -> Sensor:
    """What Security Onion's setup is told of one sensor; it changes nothing on the box. Raises ValidationError."""
    sensor = lock_sensor(sensor)
    details = take_setup(sensor, changes)
    sensor.save(update_fields=list(changes))
    record_customer_audit(
        customer=sensor.customer,
        actor=set_by,
        action=AuditAction.SENSOR_SET_SETUP,
        subject=f"sensor:{sensor.subject}",
        details=details,
    )
    return sensor
