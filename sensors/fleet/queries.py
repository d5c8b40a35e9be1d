"""Sensors and cases with what a page shows of them, in a number of queries that does not grow with the fleet."""

from datetime import datetime, timedelta

from django.db.models import F, Prefetch, Q, QuerySet

from sensors.models import Case, Sensor, Session
from sensors.states import READABLE, SensorState
from tenants.models import Approval

# A box tells of itself every five minutes.
QUIET_AFTER = timedelta(minutes=15)
# A gateway's report of a session can come after the box's first words over it; no box restarts in so short a time.
REPORTED_LATE = timedelta(seconds=5)


def with_live_state(sensors: QuerySet[Sensor]) -> QuerySet[Sensor]:
    """Adds `current_sessions` and `open_cases` (lists) to each sensor."""
    return sensors.select_related("site__customer", "gateway__contact", "underlay_address", "contact").prefetch_related(
        Prefetch("sessions", queryset=tunnels_that_are_up(), to_attr="current_sessions"),
        Prefetch("cases", queryset=Case.objects.filter(closed_at=None), to_attr="open_cases"),
    )


def tunnels_that_are_up() -> QuerySet[Session]:
    """As each sensor's own gateway says: at most one of each."""
    return Session.objects.current().filter(gateway=F("sensor__gateway"))


def of_sensors_in_service(sessions: QuerySet[Session]) -> QuerySet[Session]:
    return sessions.filter(sensor__state=SensorState.IN_SERVICE)


def disk_is_readable() -> Q:
    """Of a session: as its box has told since its tunnel came up."""
    told = Q(sensor__contact__last_heartbeat_at__gte=F("noted_at") - REPORTED_LATE)
    return told & Q(sensor__contact__disk__in=READABLE)


def is_quiet(now: datetime) -> Q:
    """Of a session: its box has told nothing of itself for long."""
    since = now - QUIET_AFTER
    return Q(noted_at__lt=since) & ~Q(sensor__contact__last_heartbeat_at__gte=since)


def closing_of(case: Case, now: datetime) -> Approval | None:
    """The request to close this case that waits for a second person."""
    return Approval.objects.waiting(now).filter(about=case.about).select_related("requested_by").first()


def approval_of(case: Case) -> Approval | None:
    """The request by which this case was closed."""
    approved = Approval.objects.approved().filter(about=case.about)
    return approved.select_related("requested_by", "decided_by").first()
