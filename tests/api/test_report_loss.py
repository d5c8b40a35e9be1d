from typing import Any

import pytest

from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.models import Case, Sensor
from tests.support.fleet import ACTOR, Fleet, seen
from tests.support.signed_in import As


def report(client: Any, sensor: Sensor, **body: Any) -> Any:
    return client.post(
        f"/api/v1/sensors/{sensor.pk}/report-loss/", {"kind": "stolen"} | body, content_type="application/json"
    )


def test_a_report_cuts_off_and_answers_with_the_case(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    response = report(signed_in(fleet.world.owner), sensor, note="from the rack", callback_phone="+1 555 0100")
    body = response.json()
    assert response.status_code == 201
    assert (body["sensor"], body["kind"], body["note"]) == (str(sensor.pk), "stolen", "from the rack")
    assert body["confirmed_at"] is None
    done = {measure["kind"]: measure["done_at"] is not None for measure in body["measures"]}
    assert done == {
        "key-withheld": True,
        "certificate-revoked": True,
        "session-ended": False,
        "firewall-closed": False,
    }
    assert Sensor.objects.get(pk=sensor.pk).state == "reported"


def test_a_report_sent_twice_makes_one_case(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    client = signed_in(fleet.world.owner)
    first, second = report(client, sensor), report(client, sensor, kind="lost")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["kind"] == "stolen"
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "eaten"), ("kind", None), ("kind", ["stolen"]), ("note", "x" * 4001), ("note", "a\0b"),
     ("note", "a\x1bb"), ("callback_phone", "1" * 41), ("callback_phone", "\x07")],
    ids=ascii,
)  # fmt: skip
def test_a_malformed_report_is_refused_and_changes_nothing(fleet: Fleet, signed_in: As, name: str, value: Any):
    sensor = fleet.connected()
    response = report(signed_in(fleet.world.owner), sensor, **{name: value})
    assert response.status_code == 400
    assert name in response.json()["errors"]
    assert not Case.objects.exists()


def test_a_retired_box_cannot_be_reported(fleet: Fleet, signed_in: As):
    sensor = retire_sensor(sensor=fleet.enrolled(), retired_by=ACTOR)
    response = report(signed_in(fleet.world.owner), sensor)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_the_reporter_is_who_is_signed_in_whatever_the_body_says(fleet: Fleet, signed_in: As):
    report(
        signed_in(fleet.world.owner), fleet.connected(), reported_by=fleet.world.stranger.pk, received_at="1999-01-01"
    )
    case = Case.objects.get()
    assert case.reported_by == fleet.world.owner
    assert case.received_at.year > 2000


def test_a_case_shows_its_sightings_to_its_own_people(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    seen(case)
    body = signed_in(fleet.world.viewer).get(f"/api/v1/cases/{case.pk}/").json()
    assert [each["source_address"] for each in body["sightings"]] == ["203.0.113.7"]
