"""What the tests of sensors share, beside the fleet."""

from datetime import timedelta
from typing import Any

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
