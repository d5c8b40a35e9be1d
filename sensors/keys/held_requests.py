"""Boxes that wait for their key until somebody has looked."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from sensors.keys.release_decision import FOR_PEOPLE, Outcome
from sensors.models import DiskKeyRelease, KeyPermit, Sensor
from sensors.states import SensorState
from tenants.models import Person
from tenants.roles import Permission


def held_request_of(sensor: Sensor) -> DiskKeyRelease | None:
    """Its last request for its key, if that is held until somebody has looked."""
    last = DiskKeyRelease.objects.filter(sensor=sensor).order_by("-at").first()
    return last if last is not None and is_held(last) else None


def is_held(last: DiskKeyRelease) -> bool:
    return last.outcome == Outcome.HELD and last.reason in FOR_PEOPLE


def waiting_boxes(person: Person, now: datetime) -> QuerySet[Sensor]:
    """Those about which this person may decide and nobody has decided yet; `held` is the key of the request.

    Not a box that came with a code which the person issued: of that somebody else has to make sure.
    """
    last = DiskKeyRelease.objects.filter(sensor=OuterRef("pk")).order_by("-at")
    permitted = KeyPermit.objects.usable(now).filter(sensor=OuterRef("pk"), public_address=OuterRef("asks_from"))
    boxes = Sensor.objects.permitting(person, Permission.DISK_KEY_PERMIT).filter(state=SensorState.IN_SERVICE)
    annotated = boxes.annotate(
        held=Subquery(last.values("pk")[:1]),
        held_outcome=Subquery(last.values("outcome")[:1]),
        held_reason=Subquery(last.values("reason")[:1]),
        asks_from=Subquery(last.values("public_address")[:1]),
    )
    waiting = annotated.filter(held_outcome=Outcome.HELD, held_reason__in=FOR_PEOPLE).exclude(Exists(permitted))
    own = Q(enrolled_anew_with__confirmed_at=None, enrolled_anew_with__issued_by=str(person.actor))
    return waiting.exclude(own).order_by("held")
