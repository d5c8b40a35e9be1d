"""Take in what a gateway says of live sessions, and tell it what it is asked next."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from database.repeated import RepeatedQuery
from database.repeated_writes import RepeatedUpdate
from sensors.models import Gateway, SessionQuestion

MOST_AT_ONCE = 256


def _waiting(gateway: UUID) -> QuerySet[Any, Any]:
    waiting = SessionQuestion.objects.filter(gateway=gateway, gateway__revoked_at=None, answered_at=None)
    return waiting.order_by("pk").values_list("pk", "subjects")[:MOST_AT_ONCE]


_WAITING: RepeatedQuery[tuple[int, list[str]]] = RepeatedQuery(
    lambda number, subjects: (number, subjects), _waiting, UUID, one=False
)
_ANSWER = RepeatedUpdate(SessionQuestion, where="id", changes=("answer", "answered_at"), while_null="answered_at")


def answer_session_questions(*, gateway: Gateway, answers: Iterable[tuple[int, list[dict[str, Any]] | None]]) -> None:
    """Each question is answered once, by the gateway that it was put to, and of the machines that it named.

    No row lock but the question's own is taken: whatever a gateway sends here, it holds up nobody else's request.
    """
    given = dict(answers)
    for number, subjects in _WAITING.all(gateway.pk):
        if number in given:
            sessions = given[number]
            asked = None if sessions is None else [one for one in sessions if one["subject"] in subjects]
            _ANSWER(number, asked, timezone.now())


def _asked() -> QuerySet[Any, Any]:
    asked = SessionQuestion.objects.filter(gateway=OuterRef("pk"), answered_at=None)
    return Gateway.objects.filter(Exists(asked) | Q(revoked_at__isnull=False)).order_by().values_list("pk")


_ASKED = RepeatedQuery(lambda gateway: UUID(str(gateway)), _asked, one=False)


def gateways_with_session_questions() -> dict[UUID, bool]:
    """Those that have something to answer, and those that were revoked: who waits for such a one is woken."""
    return dict.fromkeys(_ASKED.all(), True)


def waiting_session_questions(*, gateway: Gateway) -> list[dict[str, Any]]:
    """As the contract has them, the oldest first. Also what nobody waits for any more: its answer shows who is back."""
    return [{"number": number, "subjects": subjects} for number, subjects in _WAITING.all(gateway.pk)]
