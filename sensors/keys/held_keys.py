"""Sensors in service whose key is held back, by the last decision on it."""

from django.db.models import Exists, OuterRef, QuerySet

from sensors.keys.release_decision import FOR_PEOPLE, Outcome
from sensors.models import DiskKeyRelease
from sensors.states import SensorState


def last_decisions_that_hold() -> QuerySet[DiskKeyRelease]:
    """From the few that hold, not from all sensors: each is looked after whether there is a later one."""
    later = DiskKeyRelease.objects.filter(sensor=OuterRef("sensor"), at__gt=OuterRef("at"))
    held = DiskKeyRelease.objects.filter(outcome=Outcome.HELD, sensor__state=SensorState.IN_SERVICE)
    return held.filter(~Exists(later))


def decisions_that_wait_for_people() -> QuerySet[DiskKeyRelease]:
    """Those that hold until somebody has looked."""
    return last_decisions_that_hold().filter(reason__in=FOR_PEOPLE)
