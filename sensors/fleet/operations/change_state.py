"""The one writer of `Sensor.state`."""

from database.repeated_writes import RepeatedUpdate
from sensors.models import Sensor
from sensors.states import SensorState, check_change
from tenants.actors import Actor
from tenants.audit.record_audit import record_customer_audit

_SET_STATE = RepeatedUpdate(Sensor, where="id", changes=("state",))


def change_state(*, sensor: Sensor, to: SensorState, changed_by: Actor) -> None:
    """The caller holds the sensor's row lock. Raises ImpossibleChange."""
    before = SensorState(sensor.state)
    check_change(before, to)
    sensor.state = to
    _SET_STATE(sensor.pk, to.value)
    record_customer_audit(
        customer=sensor.customer,
        actor=changed_by,
        action="sensor:state:change",
        subject=f"sensor:{sensor.subject}",
        details={"from": before, "to": to},
    )
