"""What a gateway may ask of the machines' door."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse

from pki.escrow.tls_crypt_v2 import server_key_to_pem
from pki.escrow.vault import get_or_create_tls_crypt_v2_server_key
from sensors.cases.operations.record_observation import GatewayRevoked, ReportReplayed, record_observation
from sensors.enrolment.operations.request_gateway_renewal import request_gateway_renewal
from sensors.fleet.observations import parse_report
from sensors.fleet.recalled_serials import parse_recalled_serials
from sensors.fleet.reported_fields import MalformedReport
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state, gateway_generations
from sensors.gateways.operations.take_recalled_serials import take_recalled_serials
from sensors.keys.confirmed_sessions import parse_answers
from sensors.keys.operations.answer_session_questions import (
    answer_session_questions,
    gateways_with_session_questions,
    waiting_session_questions,
)
from sensors.machines.bodies import GATEWAY_BYTES, json_object, whole_number
from sensors.machines.fair_shares import FairShares
from sensors.machines.identify import Caller, ShutOut, refuse_if_shut_out
from sensors.machines.news_watch import NewsWatch
from sensors.machines.problems import problem
from sensors.machines.renewals import answer_renewal
from sensors.machines.waiting_calls import WaitingCalls
from sensors.models import Gateway

LONGEST_WAIT = 60  # seconds
_WAITING = WaitingCalls()
_SHARES = FairShares()
# Half of an interval is what a change, or a box that wants its key, waits on average before an agent hears of it.
_GENERATIONS = NewsWatch("generation", gateway_generations, interval=0.03)
_QUESTIONS = NewsWatch("session question", gateways_with_session_questions, interval=0.015)


def tls_crypt_v2_key(_request: HttpRequest, caller: Caller) -> HttpResponse:
    pem = server_key_to_pem(get_or_create_tls_crypt_v2_server_key(subject=caller.certificate.subject))
    response = HttpResponse(pem, content_type="application/x-pem-file")
    response["Cache-Control"] = "no-store"
    return response


def certificate(request: HttpRequest, caller: Caller) -> HttpResponse:
    gateway = cast(Gateway, caller.machine)
    return answer_renewal(request, lambda csr, proof: request_gateway_renewal(gateway=gateway, csr=csr, proof=proof))


def state(request: HttpRequest, caller: Caller) -> HttpResponse:
    since = whole_number(request.GET.get("since", "0"), "since", 2**62)
    seconds = whole_number(request.GET.get("wait", "0"), "wait", LONGEST_WAIT)
    gateway = cast(Gateway, caller.machine)
    with _WAITING.one_of(kind="state", gateway=gateway.pk, request=request) as call:
        if call and seconds and since == gateway.generation:
            _GENERATIONS.wait(
                gateway=gateway.pk, is_news=lambda now: now > since, seconds=seconds, goes_on=call.goes_on
            )
            refuse_if_shut_out(caller)
    with _SHARES.one_of(kind="state", gateway=gateway.pk):
        return JsonResponse(describe_gateway_state(gateway=gateway, since=since))


def session_questions(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Answers to questions that were asked before, and back with the next ones, as soon as there are any."""
    seconds = whole_number(request.GET.get("wait", "0"), "wait", LONGEST_WAIT)
    gateway = cast(Gateway, caller.machine)
    try:
        answers = list(parse_answers(json_object(request, GATEWAY_BYTES)))
    except MalformedReport as error:
        return problem(400, "malformed", str(error))
    if answers:
        answer_session_questions(gateway=gateway, answers=answers)
    questions = waiting_session_questions(gateway=gateway)
    with _WAITING.one_of(kind="session-questions", gateway=gateway.pk, request=request) as call:
        if call and seconds and not questions:
            _QUESTIONS.wait(gateway=gateway.pk, is_news=bool, seconds=seconds, goes_on=call.goes_on)
            refuse_if_shut_out(caller)
            questions = waiting_session_questions(gateway=gateway)
    return JsonResponse({"questions": questions})


def revoked_serials(request: HttpRequest, caller: Caller) -> HttpResponse:
    try:
        told = parse_recalled_serials(json_object(request, GATEWAY_BYTES))
    except MalformedReport as error:
        return problem(400, "malformed", str(error))
    take_recalled_serials(gateway=cast(Gateway, caller.machine), **told._asdict())
    return HttpResponse(status=204)


def observed(request: HttpRequest, caller: Caller) -> HttpResponse:
    try:
        report = parse_report(json_object(request, GATEWAY_BYTES))
    except MalformedReport as error:
        return problem(400, "malformed", str(error))
    try:
        gateway = cast(Gateway, caller.machine)
        # Its reports take the lock of its row one after the other: they must not do so in all threads.
        with _SHARES.one_of(kind="observed", gateway=gateway.pk):
            record_observation(gateway=gateway, report=report)
    except GatewayRevoked:
        raise ShutOut from None
    except ReportReplayed as error:
        return problem(409, "report-replayed", str(error), last_sequence=error.last_sequence)
    return HttpResponse(status=204)
