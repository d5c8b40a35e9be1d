"""Another person agrees: the box is at its new place."""

from uuid import UUID

from django.db import transaction

from sensors.cases.operations.move_sensor import check_move, lock_gateways_of_move, put_elsewhere
from sensors.cases.operations.request_move import ACTION
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Gateway, Sensor
from tenants.models import Approval, Person, Site
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.roles import Permission


@transaction.atomic(durable=True)
def agree_to_move(*, approval: UUID, approved_by: Person) -> Sensor:
    """`approval` names what `approved_by` has read. People are told, and have their time to object, as of any move.

    Raises ValidationError, also if the box was reported or moved meanwhile.
    """
    asked = Approval.objects.undecided().filter(pk=approval, action=ACTION).first()
    if asked is None:
        raise ApprovalRefused("This was decided meanwhile.")
    sensor = lock_sensor(Sensor.objects.get(pk=asked.details["sensor"]))
    gateway = Gateway.objects.get(pk=asked.details["gateway"])
    gateway = lock_gateways_of_move(sensor=sensor, gateway=gateway)
    with using_approval(
        approval=approval,
        about=asked.about,
        approved_by=approved_by,
        agreeing_needs=Permission.SENSOR_MANAGE,
        still_needs=Permission.SENSOR_MANAGE,
    ) as agreed:
        site = check_move(sensor=sensor, site=Site.objects.get(pk=agreed.details["site"]), gateway=gateway)
        return put_elsewhere(
            sensor=sensor, site=site, gateway=gateway, moved_by=agreed.requested_by.actor, agreed=agreed
        )
