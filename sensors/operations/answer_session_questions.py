"""Take in what a gateway says of live sessions, and tell it what it is asked next."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from sensors.models import Gateway, SessionQuestion
from sensors.operations.ask_about_sessions import LIFETIME

MOST_AT_ONCE = 256


def answer_session_questions(*, gateway: Gateway, answers: Iterable[tuple[int, list[dict[str, Any]] | None]]) -> None:
    """Each question is answered once, by the gateway that it was put to, and of the machines that it named.

    No row lock but the question's own is taken: whatever a gateway sends here, it holds up nobody else's request.
    """
    given = dict(answers)
    waiting = SessionQuestion.objects.filter(gateway=gateway, pk__in=given, answered_at=None)
    for number, subjects in waiting.values_list("pk", "subjects"):
        sessions = given[number]
        asked = None if sessions is None else [one for one in sessions if one["subject"] in subjects]
        SessionQuestion.objects.filter(pk=number, answered_at=None).update(answer=asked, answered_at=timezone.now())


def gateways_with_session_questions() -> dict[UUID, bool]:
    """Those that have something to answer."""
    asked = SessionQuestion.objects.filter(answered_at=None, asked_at__gt=timezone.now() - LIFETIME)
    return dict.fromkeys(asked.values_list("gateway_id", flat=True), True)


def waiting_session_questions(*, gateway: Gateway) -> list[dict[str, Any]]:
    """As the contract has them, the oldest first."""
    waiting = SessionQuestion.objects.filter(
        gateway=gateway, answered_at=None, asked_at__gt=timezone.now() - LIFETIME
    ).order_by("pk")
    rows = waiting.values_list("pk", "subjects")[:MOST_AT_ONCE]
    return [{"number": number, "subjects": subjects} for number, subjects in rows]
