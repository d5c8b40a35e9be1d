"""What the tests of sensors share, beside the fleet."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from sensors.models import Case
from tenants.models import AuditEntry


def minutes_pass(minutes: int) -> None:
    """For the cases that are open."""
    Case.objects.update(opened_at=F("opened_at") - timedelta(minutes=minutes))


def actions(subject: str) -> list[str]:
    """What the audit trail says of it, the oldest first."""
    return list(AuditEntry.objects.filter(subject=subject).order_by("pk").values_list("action", flat=True))


def last_details(action: str) -> dict[str, Any]:
    details: dict[str, Any] = AuditEntry.objects.filter(action=action).latest("pk").details
    return details


def at_once(work: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each came to, a result or an exception; each in a thread with a connection of its own."""

    def one(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(min(len(work), 16)) as pool:
        return list(pool.map(one, work))
