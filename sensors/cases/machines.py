"""What a gateway reports at the machines' door: with it cut-offs are confirmed."""

from typing import cast

from django.http import HttpRequest, HttpResponse

from sensors.cases.operations.record_observation import GatewayRevoked, ReportReplayed, record_observation
from sensors.fleet.observations import parse_report
from sensors.fleet.reported_fields import MalformedReport
from sensors.machines.bodies import GATEWAY_BYTES, json_object
from sensors.machines.fair_shares import SHARES
from sensors.machines.identify import Caller, ShutOut
from sensors.machines.problems import problem
from sensors.models import Gateway


def observed(request: HttpRequest, caller: Caller) -> HttpResponse:
    try:
        report = parse_report(json_object(request, GATEWAY_BYTES))
    except MalformedReport as error:
        return problem(400, "malformed", str(error))
    try:
        gateway = cast(Gateway, caller.machine)
        # Its reports take the lock of its row one after the other: they must not do so in all threads.
        with SHARES.one_of(kind="observed", gateway=gateway.pk):
            record_observation(gateway=gateway, report=report)
    except GatewayRevoked:
        raise ShutOut from None
    except ReportReplayed as error:
        return problem(409, "report-replayed", str(error), last_sequence=error.last_sequence)
    return HttpResponse(status=204)
