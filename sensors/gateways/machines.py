"""What a gateway asks of the machines' door: what is wanted of it, and its key for new boxes."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse

from pki.escrow.tls_crypt_v2 import server_key_to_pem
from pki.escrow.vault import get_or_create_tls_crypt_v2_server_key
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state, gateway_generations
from sensors.machines.bodies import whole_number
from sensors.machines.fair_shares import SHARES
from sensors.machines.identify import Caller, refuse_if_shut_out
from sensors.machines.news_watch import NewsWatch
from sensors.machines.waiting_calls import LONGEST_WAIT, WAITING
from sensors.models import Gateway

# Half of it is what a change waits on average before an agent hears of it.
GENERATIONS = NewsWatch("generation", gateway_generations, interval=0.03)


def tls_crypt_v2_key(_request: HttpRequest, caller: Caller) -> HttpResponse:
    pem = server_key_to_pem(get_or_create_tls_crypt_v2_server_key(subject=caller.certificate.subject))
    response = HttpResponse(pem, content_type="application/x-pem-file")
    response["Cache-Control"] = "no-store"
    return response


def state(request: HttpRequest, caller: Caller) -> HttpResponse:
    since = whole_number(request.GET.get("since", "0"), "since", 2**62)
    seconds = whole_number(request.GET.get("wait", "0"), "wait", LONGEST_WAIT)
    gateway = cast(Gateway, caller.machine)
    with WAITING.one_of(kind="state", gateway=gateway.pk, request=request) as call:
        if call and seconds and since == gateway.generation:
            GENERATIONS.wait(gateway=gateway.pk, is_news=lambda now: now > since, seconds=seconds, goes_on=call.goes_on)
            refuse_if_shut_out(caller)
    with SHARES.one_of(kind="state", gateway=gateway.pk):
        return JsonResponse(describe_gateway_state(gateway=gateway, since=since))
