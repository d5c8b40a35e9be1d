"""Sensors and cases with what a page shows of them, in a number of queries that does not grow with the fleet."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from sensors.models import Case, Sensor, Session
from tenants.models import Approval


def with_live_state(sensors: QuerySet[Sensor]) -> QuerySet[Sensor]:
    """Adds `current_sessions` and `open_cases` (lists) to each sensor."""
    return sensors.select_related("site__customer", "gateway__contact", "underlay_address", "contact").prefetch_related(
        Prefetch("sessions", queryset=Session.objects.filter(ended_at=None), to_attr="current_sessions"),
        Prefetch("cases", queryset=Case.objects.filter(closed_at=None), to_attr="open_cases"),
    )


def closing_of(case: Case, now: datetime) -> Approval | None:
    """The request to close this case that waits for a second person."""
    return Approval.objects.waiting(now).filter(about=case.about).select_related("requested_by").first()


def approval_of(case: Case) -> Approval | None:
    """The request by which this case was closed."""
    approved = Approval.objects.approved().filter(about=case.about)
    return approved.select_related("requested_by", "decided_by").first()
