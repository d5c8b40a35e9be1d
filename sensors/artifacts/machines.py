"""A box asks what of its settings has changed at base, at the machines' door."""

import re
from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse

from sensors.artifacts.operations.describe_box_settings import NotInService, describe_box_settings
from sensors.machines.bodies import MalformedBody
from sensors.machines.identify import Caller
from sensors.machines.problems import problem
from sensors.models import Sensor

_DIGEST = re.compile(r"\A[0-9a-f]{64}\Z")


def box_settings(request: HttpRequest, caller: Caller) -> HttpResponse:
    """`known` stands in the query, since nginx passes on no header of a machine's."""
    known = request.GET.get("known", "")
    if known and not _DIGEST.match(known):
        raise MalformedBody("known must be the 64 hexadecimal digits of what the box has.")
    try:
        found = describe_box_settings(sensor=cast(Sensor, caller.machine))
    except NotInService:
        return problem(403, "not-in-service", "This machine is not in service.")
    response = HttpResponse(status=204) if known == found.digest else JsonResponse(found.members())
    response["Cache-Control"] = "no-store"
    return response
