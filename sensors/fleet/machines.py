"""What a sensor tells of itself at the machines' door."""

from typing import cast

from django.http import HttpRequest, HttpResponse

from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.machines.bodies import SENSOR_BYTES, MalformedBody, json_object, text_field
from sensors.machines.identify import Caller
from sensors.models import Sensor
from sensors.states import DiskState


def heartbeat(request: HttpRequest, caller: Caller) -> HttpResponse:
    data = json_object(request, SENSOR_BYTES)
    disk = text_field(data, "disk", 10)
    if disk not in set(DiskState):
        raise MalformedBody(f"disk must be one of: {', '.join(DiskState)}.")
    kit_version = text_field(data, "kit_version", 40)
    if not kit_version.isprintable():
        raise MalformedBody("kit_version holds a control character.")
    record_heartbeat(sensor=cast(Sensor, caller.machine), disk=disk, kit_version=kit_version)
    return HttpResponse(status=204)
