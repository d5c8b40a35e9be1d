"""Sensors with all that a page shows of them, in a number of queries that does not grow with the fleet."""

from django.db.models import Prefetch, QuerySet

from sensors.models import Case, Sensor, Session


def with_live_state(sensors: QuerySet[Sensor]) -> QuerySet[Sensor]:
    """Adds `current_sessions` and `open_cases` (lists) to each sensor."""
    return sensors.select_related("site__customer", "gateway__contact", "underlay_address", "contact").prefetch_related(
        Prefetch("sessions", queryset=Session.objects.filter(ended_at=None), to_attr="current_sessions"),
        Prefetch("cases", queryset=Case.objects.filter(closed_at=None), to_attr="open_cases"),
    )
