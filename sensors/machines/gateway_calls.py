"""What a gateway may ask of the machines' door."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse

from pki.escrow import get_or_create_tls_crypt_v2_server_key
from pki.tls_crypt_v2 import server_key_to_pem
from sensors.machines.bodies import GATEWAY_BYTES, json_object, whole_number
from sensors.machines.generation_watch import wait_for_generation
from sensors.machines.identify import Caller
from sensors.machines.problems import problem
from sensors.models import Gateway
from sensors.observations import MalformedReport, parse_report
from sensors.operations.describe_gateway_state import describe_gateway_state
from sensors.operations.record_observation import ReportReplayed, record_observation

LONGEST_WAIT = 60  # seconds


def tls_crypt_v2_key(_request: HttpRequest, caller: Caller) -> HttpResponse:
    pem = server_key_to_pem(get_or_create_tls_crypt_v2_server_key(subject=caller.certificate.subject))
    response = HttpResponse(pem, content_type="application/x-pem-file")
    response["Cache-Control"] = "no-store"
    return response


def state(request: HttpRequest, caller: Caller) -> HttpResponse:
    since = whole_number(request.GET.get("since", "0"), "since", 2**62)
    seconds = whole_number(request.GET.get("wait", "0"), "wait", LONGEST_WAIT)
    gateway = cast(Gateway, caller.machine)
    if seconds and since == gateway.generation:
        wait_for_generation(gateway=gateway, above=since, seconds=seconds)
    return JsonResponse(describe_gateway_state(gateway=gateway, since=since))


def observed(request: HttpRequest, caller: Caller) -> HttpResponse:
    try:
        report = parse_report(json_object(request, GATEWAY_BYTES))
    except MalformedReport as error:
        return problem(400, "malformed", str(error))
    try:
        record_observation(gateway=cast(Gateway, caller.machine), report=report)
    except ReportReplayed as error:
        return problem(409, "report-replayed", str(error), last_sequence=error.last_sequence)
    return HttpResponse(status=204)
