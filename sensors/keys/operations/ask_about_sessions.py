"""Ask a gateway which sessions hold some machines' addresses now."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from database.repeated import RepeatedQueries
from database.repeated_writes import RepeatedInsert
from sensors.models import SessionQuestion

FORGOTTEN_AFTER = timedelta(minutes=1)


def _answered(questions: tuple[int, ...]) -> QuerySet[Any, Any]:
    answered = SessionQuestion.objects.filter(pk__in=questions, answered_at__isnull=False)
    return answered.values_list("pk", "answer")


_ANSWERED: RepeatedQueries[tuple[int, Any]] = RepeatedQueries(lambda number, answer: (number, answer), _answered, int)
_ASK = RepeatedInsert(SessionQuestion)


def ask_about_sessions(*, gateway: UUID, subjects: Collection[str]) -> int:
    """The question's number. Committed at once, so that the gateway's waiting call finds it."""
    return _ASK.returning_key(
        gateway_id=gateway, subjects=sorted(subjects), asked_at=timezone.now(), answered_at=None, answer=None
    )


def read_answers(*, questions: Collection[int]) -> dict[int, Any]:
    """Those that have come, by number: lists of sessions, None where the gateway could not see.

    Asked for a hundred times a second while boxes wait.
    """
    return dict(_ANSWERED.all(list(questions)))


def forget_session_questions() -> None:
    """What nobody waits for any more."""
    SessionQuestion.objects.filter(asked_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
