"""What every page knows."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from sensors.desk.waiting_count import waiting_count
from tenants.models import Person


def portal(request: HttpRequest) -> dict[str, str | Callable[[], int]]:
    """`decisions_waiting` is asked by whole pages alone: what keeps itself up to date does not name it."""

    def decisions_waiting() -> int:
        person = getattr(request, "user", None)
        return waiting_count(person, timezone.now()) if isinstance(person, Person) else 0

    return {"provider_name": settings.PROVIDER_NAME, "decisions_waiting": decisions_waiting}
