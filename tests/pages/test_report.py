from typing import Any

import pytest

from notices.models import Mail
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.models import Case, Sensor
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet
from tests.support.signed_in import As


def path_of(sensor: Sensor) -> str:
    return f"/sensors/{sensor.pk}/report/"


def test_asking_shows_the_box_and_the_consequences_and_changes_nothing(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    response = signed_in(fleet.world.owner).get(path_of(sensor))
    text = response.content.decode()
    assert response.status_code == 200
    for words in ("box-1", "Quay 7", "Harbour Logistics", "There is no way back with a click"):
        assert words in text
    assert not Case.objects.exists()
    assert Sensor.objects.get(pk=sensor.pk).state == "in-service"


def test_confirming_cuts_off_and_leads_to_the_case(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    response = signed_in(fleet.world.owner).post(path_of(sensor), {"kind": "stolen"})
    case = Case.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.pk}/")
    assert (case.kind, case.reported_by, case.sensor) == ("stolen", fleet.world.owner, sensor)
    assert Sensor.objects.get(pk=sensor.pk).state == "reported"
    assert AuditEntry.objects.filter(action="case:open", actor="person:owner@example.org").count() == 1


def test_pressing_twice_makes_one_case(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    client = signed_in(fleet.world.owner)
    first, second = (client.post(path_of(sensor), {"kind": "lost"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1
    assert Mail.objects.filter(about=Case.objects.get().about, recipient="owner@example.org").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_report_on_an_open_case_leads_to_it(fleet: Fleet, signed_in: As, method: str):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    response = getattr(signed_in(fleet.world.manager), method)(path_of(sensor), {"kind": "lost"})
    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.pk}/")
    assert Case.objects.get().kind == "stolen"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": ""},
        {"kind": "eaten"},
        {"kind": "stolen", "sensor": "x"},
        {"kind": "stolen", "sensor": "00000000-0000-4000-8000-000000000000"},
        {"kind": "stolen", "site": "\x07"},
    ],
    ids=lambda body: ascii(body)[:40],
)
def test_what_cannot_be_taken_is_asked_again_and_changes_nothing(fleet: Fleet, signed_in: As, body: dict[str, str]):
    sensor = fleet.connected()
    response = signed_in(fleet.world.owner).post(path_of(sensor), body)
    assert response.status_code == 422
    assert b'role="alert"' in response.content
    assert not Case.objects.exists()
    assert Sensor.objects.get(pk=sensor.pk).state == "in-service"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["viewer", "auditor", "stranger"])
def test_who_may_not_report_finds_no_page(fleet: Fleet, signed_in: As, method: str, name: str):
    sensor = fleet.connected()
    response = getattr(signed_in(getattr(fleet.world, name)), method)(path_of(sensor), {"kind": "stolen"})
    assert response.status_code == 404
    assert not Case.objects.exists()


def test_a_retired_box_is_said_to_leave_nothing_to_cut_off(fleet: Fleet, signed_in: As):
    sensor = retire_sensor(sensor=fleet.enrolled(), retired_by=ACTOR)
    response = signed_in(fleet.world.owner).post(path_of(sensor), {"kind": "stolen"})
    assert response.status_code == 422
    assert "there is nothing left to cut off" in response.content.decode()
    assert not Case.objects.exists()


def test_a_registered_box_can_be_reported(fleet: Fleet, signed_in: As):
    response = signed_in(fleet.world.owner).post(path_of(fleet.register()), {"kind": "lost"})
    assert response.status_code == 302


def test_nobody_reports_in_anothers_name_or_for_another_time(fleet: Fleet, signed_in: As):
    body = {"kind": "stolen", "reported_by": fleet.world.stranger.pk, "received_at": "1999-01-01"}
    signed_in(fleet.world.owner).post(path_of(fleet.connected()), body)
    case = Case.objects.get()
    assert case.reported_by == fleet.world.owner
    assert case.received_at.year > 2000


def test_an_address_that_is_no_sensors_is_not_found(fleet: Fleet, signed_in: As):
    client: Any = signed_in(fleet.world.owner)
    for path in ("/sensors/1/report/", "/sensors/../report/", "/sensors/00000000-0000-4000-8000-000000000000/report/"):
        assert client.get(path).status_code == 404
