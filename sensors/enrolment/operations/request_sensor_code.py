"""Ask for an enrolment code, where the customer's policy wants two people for one."""

from django.db import transaction

from sensors.enrolment.operations.issue_enrolment_code import check_enrollable
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Sensor
from tenants.models import Approval, Person
from tenants.operations.request_change import request_change

ACTION = "sensor:enrolment-code:issue"


@transaction.atomic
def request_sensor_code(*, sensor: Sensor, reason: str, requested_by: Person) -> Approval:
    """No code is made until another person agrees. Raises ValidationError.

    The caller has made sure that `requested_by` may issue codes for the sensor.
    """
    sensor = lock_sensor(sensor)
    check_enrollable(sensor)
    return request_change(
        customer=sensor.customer,
        action=ACTION,
        about=f"enrolment-code:{sensor.subject}",
        wanted=f"an enrolment code for sensor {sensor.name} at {sensor.site.name}",
        details={"sensor": str(sensor.pk), "name": sensor.name},
        reason=reason,
        requested_by=requested_by,
    )
