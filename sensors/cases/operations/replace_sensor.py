"""A box is broken: it is retired, and another one is registered in its place."""

from django.db import transaction

from sensors.cases.operations.retire_sensor import retire_locked
from sensors.fleet.operations.describe_sensor import describe_sensor
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.fleet.operations.set_sensor_setup import set_sensor_setup
from sensors.models import Sensor
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit

_SETUP = ("sniffing_interfaces", "home_networks", "manager_name", "manager_address")


@transaction.atomic(durable=True)
def replace_sensor(*, sensor: Sensor, hardware_serial: str, replaced_by: Actor) -> Sensor:
    """The new one, with the name and all that was known of the old one but its serial number. It needs a code.

    The old one keeps its row under another name, and never gets the key of its disk again. Raises ValidationError while
    a case is open, and if it is retired already.
    """
    old = lock_sensor(sensor)
    name = old.name
    retire_locked(sensor=old, retired_by=replaced_by)
    old = describe_sensor(sensor=old, changes={"name": _name_of_the_old(old)}, described_by=replaced_by)
    new = register_sensor(
        site=old.site,
        gateway=old.gateway,
        name=name,
        line=old.line,
        description=old.description,
        hardware_serial=hardware_serial,
        registered_by=replaced_by,
    )
    if told := {fact: getattr(old, fact) for fact in _SETUP if getattr(old, fact)}:
        set_sensor_setup(sensor=new, changes=told, set_by=replaced_by)  # type: ignore[arg-type]  # by its names
    for one in (old, new):
        record_customer_audit(
            customer=old.customer,
            actor=replaced_by,
            action=AuditAction.SENSOR_REPLACE,
            subject=f"sensor:{one.subject}",
            details={"name": name, "old": old.subject, "old_name": old.name, "new": new.subject},
        )
    return new


def _name_of_the_old(sensor: Sensor) -> str:
    """A label of 32 characters at most, which no other sensor has: the subject is there once."""
    return f"{sensor.name[:20].rstrip('-')}-old-{sensor.subject[2:8]}"
