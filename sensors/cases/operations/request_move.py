"""Ask for a box to be moved, where that takes two people."""

from django.db import transaction

from sensors.cases.operations.move_sensor import check_move, why_two_people
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Gateway, Sensor
from tenants.models import Approval, Person, Site
from tenants.operations.request_change import request_change

ACTION = "sensor:move"


@transaction.atomic
def request_move(*, sensor: Sensor, site: Site, gateway: Gateway, reason: str, requested_by: Person) -> Approval:
    """Nothing changes until another person agrees. Raises ValidationError.

    The caller has made sure that `requested_by` may manage the sensor.
    """
    sensor = lock_sensor(sensor)
    site = check_move(sensor=sensor, site=site, gateway=gateway)
    warnings = " ".join(why_two_people(sensor=sensor, site=site)[:-1])
    return request_change(
        customer=sensor.customer,
        action=ACTION,
        about=f"sensor-move:{sensor.subject}",
        wanted=f"sensor {sensor.name} to go from {sensor.site.name}, gateway {sensor.gateway}, to {site.name}, gateway"
        f" {gateway}. {warnings}",
        details={"sensor": str(sensor.pk), "name": sensor.name, "site": str(site.pk), "gateway": str(gateway.pk)},
        reason=reason,
        requested_by=requested_by,
    )
