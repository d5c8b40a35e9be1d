"""Ask a gateway which sessions hold some machines' addresses now."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from sensors.models import SessionQuestion

# Of use to somebody: a request waits for a second.
LIFETIME = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(minutes=1)


def ask_about_sessions(*, gateway: UUID, subjects: Collection[str]) -> int:
    """The question's number. Committed at once, so that the gateway's waiting call finds it."""
    question = SessionQuestion.objects.create(gateway_id=gateway, subjects=sorted(subjects))
    return int(question.pk)


def read_answers(*, questions: Collection[int]) -> dict[int, Any]:
    """Those that have come, by number: lists of sessions, None where the gateway could not see."""
    answered = SessionQuestion.objects.filter(pk__in=questions, answered_at__isnull=False)
    return dict(answered.values_list("pk", "answer"))


def forget_session_questions() -> None:
    """What nobody waits for any more."""
    SessionQuestion.objects.filter(asked_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
