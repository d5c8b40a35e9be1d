"""The sensors that somebody has found, as a spreadsheet."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from limits.budget import Budget
from limits.spending import OutOfBudget, spend
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.keys.standings.tally import TALLY
from sensors.keys.standings.wanted import find_sensors, read_wanted
from sensors.models import Sensor
from sensors.pages.signed_in import person_of
from sensors.pages.spreadsheet import answer_spreadsheet
from tenants.models import Person

AT_ONCE = 500
EXPORTS_OF_PERSON = Budget("sensors:export", burst=10, refill=60)
COLUMNS = (
    "customer", "site", "sensor", "description", "serial number", "subject", "state", "reason", "public address",
    "connected since", "underlay address", "gateway", "last heard of", "open case",
)  # fmt: skip


@require_safe
@login_required
def sensors_as_spreadsheet(request: HttpRequest) -> HttpResponseBase:
    """429 for too many: each holds a thread of the door until it is read to its end."""
    person, now = person_of(request), timezone.now()
    wanted = read_wanted(request.GET, person)
    try:
        spend(EXPORTS_OF_PERSON.of(str(person.pk)))
    except OutOfBudget:
        context = {"back": f"{reverse('sensors')}?{wanted.address()}"}
        return render(request, "sensors/sensors_too_often.html", context, status=429)
    found = find_sensors(wanted, person, tally=TALLY.get(), now=now)
    return answer_spreadsheet(
        f"sensors-{now:%Y%m%dT%H%M%SZ}.csv", _rows(person, list(found.values_list("pk", flat=True)))
    )


def _rows(person: Person, found: list[UUID]) -> Iterator[list[str]]:
    """Some at a time, each time as they are then: a download that takes long holds nothing in the database."""
    yield list(COLUMNS)
    for first in range(0, len(found), AT_ONCE):
        keys = found[first : first + AT_ONCE]
        sensors = {
            sensor.pk: sensor for sensor in with_live_state(Sensor.objects.visible_to(person).filter(pk__in=keys))
        }
        yield from (_row(sensors[key]) for key in keys if key in sensors)


def _row(sensor: Sensor) -> list[str]:
    card = sensor_card(sensor)
    contact = getattr(sensor, "contact", None)
    return [
        sensor.customer.name,
        sensor.site.name,
        sensor.name,
        sensor.description,
        sensor.hardware_serial,
        sensor.subject,
        card.status.label,
        card.status.reason,
        card.session.public_address if card.session else "",
        _written(card.session.since if card.session else None),
        sensor.address,
        sensor.gateway.name,
        _written(contact.last_heartbeat_at if contact else None),
        str(card.case.pk) if card.case else "",
    ]


def _written(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
