from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sensors.fleet.operations.describe_sensor import describe_sensor
from sensors.models import Sensor, SensorWords
from tests.support.fleet import ACTOR, Fleet
from tests.support.signed_in import As


def test_it_shows_ones_own_and_no_others(fleet: Fleet, signed_in: As):
    fleet.register("harbour-box")
    fleet.register("meadow-box", fleet.world.dairy)
    for person, mine, other in (
        (fleet.world.viewer, "harbour-box", "meadow-box"),
        (fleet.world.stranger, "meadow-box", "harbour-box"),
    ):
        text = signed_in(person).get("/sensors/").content.decode()
        assert mine in text
        assert other not in text


def test_staff_see_everybodys_with_the_customers_name(fleet: Fleet, signed_in: As):
    fleet.register("harbour-box")
    fleet.register("meadow-box", fleet.world.dairy)
    text = signed_in(fleet.world.auditor).get("/sensors/").content.decode()
    for words in ("harbour-box", "meadow-box", "Harbour Logistics", "Meadow Dairy"):
        assert words in text


def described(fleet: Fleet, name: str, description: str, serial: str = "") -> Sensor:
    sensor = fleet.register(name)
    words: SensorWords = {"description": description, "hardware_serial": serial}
    return describe_sensor(sensor=sensor, changes=words, described_by=ACTOR)


@pytest.mark.parametrize("words", ["box-1", "BOX-1", "rack 2", "SN-77", "  box-1  "])
def test_it_finds_by_name_place_and_serial_number(fleet: Fleet, signed_in: As, words: str):
    described(fleet, "box-1", "grey box in rack 2", "SN-7733")
    described(fleet, "other", "white box on the shelf", "SN-9911")
    text = signed_in(fleet.world.owner).get("/sensors/", {"q": words}).content.decode()
    assert "box-1" in text
    assert "white box on the shelf" not in text


def test_a_search_never_reaches_a_strangers_sensors(fleet: Fleet, signed_in: As):
    fleet.register("secret-name", fleet.world.dairy)
    for words in ("secret", "Meadow", "Dairy", "%", "_", "' OR 1=1 --", "\\"):
        response = signed_in(fleet.world.owner).get("/sensors/", {"q": words})
        assert response.status_code == 200
        assert "secret-name" not in response.content.decode()


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=99999999999999999999", "q=%00", "q=%FF", "seen=x"]
)
def test_an_odd_query_breaks_nothing(fleet: Fleet, signed_in: As, query: str):
    fleet.register()
    assert signed_in(fleet.world.owner).get(f"/?{query}").status_code == 200


def test_what_people_typed_is_shown_as_text(fleet: Fleet, signed_in: As):
    described(fleet, "box-1", "<script>alert(1)</script>", '"><img src=x>')
    client = signed_in(fleet.world.owner)
    sensor = Sensor.objects.get()
    for path in (
        "/sensors/",
        f"/sensors/{sensor.pk}/",
        f"/sensors/{sensor.pk}/report/",
        "/sensors/?q=%22%3E%3Cscript%3Ealert(1)",
    ):
        text = client.get(path).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def queries_of(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_thirty_sensors_cost_as_many_queries_as_three(fleet: Fleet, signed_in: As):
    owner, auditor = signed_in(fleet.world.owner), signed_in(fleet.world.auditor)
    counts = []
    for wanted in (3, 30):
        for number in range(Sensor.objects.count(), wanted):
            fleet.connected(f"box-{number}", fleet.world.dairy if number % 3 == 2 else None)
        counts.append((queries_of(owner, "/sensors/"), queries_of(auditor, "/sensors/")))
    assert counts[0] == counts[1]


def test_ten_open_cases_cost_as_many_queries_as_one(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.owner)
    counts = []
    for wanted in (1, 10):
        for number in range(Sensor.objects.count(), wanted):
            fleet.reported(fleet.connected(f"box-{number}"))
        counts.append((queries_of(client, "/sensors/"), queries_of(client, "/cases/")))
    assert counts[0] == counts[1]


def test_it_offers_a_report_only_to_who_may(fleet: Fleet, signed_in: As):
    link = f"/sensors/{fleet.connected().pk}/report/"
    for person, offered in (
        (fleet.world.owner, True),
        (fleet.world.manager, True),
        (fleet.world.operator, True),
        (fleet.world.viewer, False),
        (fleet.world.auditor, False),
    ):
        for path in ("/sensors/", link.removesuffix("report/")):
            assert (link in signed_in(person).get(path).content.decode()) is offered, (person, path)


def test_it_says_connected_only_of_what_a_gateway_reported(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.owner)
    sensor = fleet.enrolled()
    assert "Not connected" in client.get("/sensors/").content.decode()
    fleet.connected("box-2")
    assert "198.51.100.21" in client.get("/sensors/").content.decode()
    fleet.observe(down=[sensor.subject])
    assert "Not connected" in client.get(f"/sensors/{sensor.pk}/").content.decode()


def test_a_silent_gateways_last_word_is_not_shown_as_a_fact(fleet: Fleet, signed_in: As, monkeypatch: Any):
    sensor = fleet.connected()
    later = timezone.now() + timedelta(minutes=5)
    client = signed_in(fleet.world.owner)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert "Its gateway has stopped reporting." in client.get(f"/sensors/{sensor.pk}/").content.decode()


def test_a_box_that_appears_elsewhere_is_said_to_be_elsewhere(fleet: Fleet, signed_in: As):
    sensor = fleet.connected(public_address="203.0.113.99")
    text = signed_in(fleet.world.owner).get(f"/sensors/{sensor.pk}/").content.decode()
    assert "Not where expected" in text
    assert "203.0.113.99" in text


def test_a_sensors_page_holds_no_secret(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    text = signed_in(fleet.world.administrator).get(f"/sensors/{sensor.pk}/").content.decode()
    assert sensor.subject in text
    for word in ("BEGIN CERT", "BEGIN OpenVPN", "PRIVATE"):
        assert word not in text


@pytest.mark.parametrize("path", ["/sensors/", "/sensors/{}/", "/cases/{}/"])
def test_a_live_part_comes_alone_and_only_when_it_changed(fleet: Fleet, signed_in: As, path: str):
    sensor = fleet.connected()
    case = fleet.reported(fleet.connected("box-2"))
    path = path.format(case.pk if "cases" in path else sensor.pk)
    client = signed_in(fleet.world.owner)
    whole = client.get(path)
    part = client.get(path, headers={"HX-Request": "true"})
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert b'id="live"' in part.content
    assert b"csrfmiddlewaretoken" not in part.content
    seen = part.content.decode().split('name="seen" value="')[1].split('"')[0]
    same = client.get(path, {"seen": seen}, headers={"HX-Request": "true"})
    assert (same.status_code, same.content) == (204, b"")
    fleet.observe(down=[sensor.subject], cuts=[fleet.cut_of(case.sensor)])
    changed = client.get(path, {"seen": seen}, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "HX-Request" in whole["Vary"]
    assert "no-store" in whole["Cache-Control"]


def test_a_live_part_is_no_way_round_the_permissions(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    case = fleet.reported(fleet.connected("box-2"))
    for path in (f"/sensors/{sensor.pk}/", f"/sensors/{sensor.pk}/report/", f"/cases/{case.pk}/"):
        response = signed_in(fleet.world.stranger).get(path, {"seen": "x"}, headers={"HX-Request": "true"})
        assert response.status_code == 404
        assert "box-" not in response.content.decode()
