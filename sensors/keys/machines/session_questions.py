"""The portal's questions to a gateway: which session holds a sensor's address now."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse

from sensors.fleet.reported_fields import MalformedReport
from sensors.keys.confirmed_sessions import parse_answers
from sensors.keys.operations.answer_session_questions import (
    answer_session_questions,
    gateways_with_session_questions,
    waiting_session_questions,
)
from sensors.machines.bodies import GATEWAY_BYTES, json_object, whole_number
from sensors.machines.identify import Caller, refuse_if_shut_out
from sensors.machines.news_watch import NewsWatch
from sensors.machines.problems import problem
from sensors.machines.waiting_calls import LONGEST_WAIT, WAITING
from sensors.models import Gateway

# Half of it is what a box that wants its key waits on average before an agent hears of the question.
QUESTIONS = NewsWatch("session question", gateways_with_session_questions, interval=0.015)


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
    with WAITING.one_of(kind="session-questions", gateway=gateway.pk, request=request) as call:
        if call and seconds and not questions:
            QUESTIONS.wait(gateway=gateway.pk, is_news=bool, seconds=seconds, goes_on=call.goes_on)
            refuse_if_shut_out(caller)
            questions = waiting_session_questions(gateway=gateway)
    return JsonResponse({"questions": questions})
