"""Boxes that wait for their key until somebody has looked."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from sensors.keys.held_keys import decisions_that_wait_for_people
from sensors.keys.release_decision import FOR_PEOPLE, Outcome
from sensors.models import DiskKeyRelease, KeyPermit, Sensor
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
    boxes = Sensor.objects.permitting(person, Permission.DISK_KEY_PERMIT).filter(
        pk__in=decisions_that_wait_for_people().values("sensor")
    )
    annotated = boxes.annotate(
        held=Subquery(last.values("pk")[:1]), asks_from=Subquery(last.values("public_address")[:1])
    )
    waiting = annotated.exclude(Exists(permitted))
    own = Q(enrolled_anew_with__confirmed_at=None, enrolled_anew_with__issued_by=str(person.actor))
    return waiting.exclude(own).order_by("held")
